//! Inheriting settings from the level above, resetting them, and what own settings start from.

use super::SaveError;
use super::rows::{begin, emptied, fresh};
use crate::{Engine, effective};
use catalogue::Integration;
use serde_json::Map;
use std::sync::Arc;
use store::audit::Actor;
use store::settings::{self, Inheritance, Level, SettingsRow};

impl Engine {
    /// Drops a level's own settings, so that those above apply.
    pub async fn inherit(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Inheritance, SaveError> {
        let engine = Arc::clone(self);
        let now = self.parts.clock.now();
        self.change_settings(move |sql| {
            let mut stored = settings::stored_inheritance(sql, level, integration.slug)?;
            let above = stored.above.as_ref().ok_or(SaveError::NothingToInherit)?;
            if above.active
                && let Some(error) = effective::conflicting_tracker(sql, level, integration)?
            {
                return Err(SaveError::Invalid(vec![error]));
            }
            let own = stored.own.take();
            let own = own.unwrap_or_else(|| fresh(level, integration.slug, now));
            let link = SettingsRow {
                inherits: true,
                triggers: Map::new(),
                ..emptied(own.clone(), now)
            };
            engine.audit_reset(sql, actor.clone(), integration, (&own, &link))?;
            stored.own = Some(settings::put(sql, &link)?);
            Ok(stored)
        })
        .await
    }

    /// Disables an integration for a level and drops its values, own or inherited.
    /// `unmodified_since` is a second since 1970 that its last change must not be after.
    pub async fn reset(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
        unmodified_since: Option<i64>,
    ) -> Result<(), SaveError> {
        let engine = Arc::clone(self);
        let now = self.parts.clock.now();
        self.change_settings(move |sql| {
            let stored = settings::stored_inheritance(sql, level, integration.slug)?;
            let shown = stored.clone().into_effective().ok_or(SaveError::NotSetUp)?;
            if integration.stays_on {
                return Err(SaveError::StaysOn);
            }
            if unmodified_since.is_some_and(|since| since < shown.updated_at.as_second()) {
                return Err(SaveError::Modified);
            }
            let row = begin(level, stored, now).ok_or(SaveError::NotSetUp)?;
            let empty = emptied(row.clone(), now);
            engine.audit_reset(sql, actor.clone(), integration, (&row, &empty))?;
            settings::put(sql, &empty)?;
            Ok(())
        })
        .await
    }
}
