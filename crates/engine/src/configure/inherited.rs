//! Settings of one's own, those of the level above, and the ways between the two.

use super::{SaveError, fresh};
use crate::{Engine, trackers};
use catalogue::Integration;
use jiff::Timestamp;
use serde_json::Map;
use std::sync::Arc;
use store::audit::Actor;
use store::settings::{self, Inheritance, Level, SettingsRow};
use store::{Sql, StoreError};

impl Engine {
    /// Lets the settings above hold for a level, which gives up its own; `None` when there are none
    /// above. A second issue tracker is refused.
    pub async fn inherit(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Option<Inheritance>, SaveError> {
        let engine = Arc::clone(self);
        let now = self.parts.clock.now();
        let inherit = move |sql: &mut dyn Sql| {
            let mut inheritance = settings::stored_inheritance(sql, level, integration.slug)?;
            let Some(above) = &inheritance.above else {
                return Ok(Ok(None));
            };
            if above.active
                && let Some(error) = trackers::conflicting_tracker(sql, level, integration)?
            {
                return Ok(Err(SaveError::Invalid(vec![error])));
            }
            let own = inheritance.own.take();
            let own = own.unwrap_or_else(|| fresh(level, integration.slug, now));
            let link = SettingsRow {
                inherits: true,
                triggers: Map::new(),
                ..emptied(own.clone(), now)
            };
            engine.note_reset(sql, actor.clone(), integration, (&own, &link))?;
            inheritance.own = Some(settings::put(sql, &link)?);
            Ok(Ok(Some(inheritance)))
        };
        self.parts.store.write(inherit).await?
    }

    /// Switches an integration off for a level and forgets its values, whether they were its own or
    /// came from above; `None` when it was never set.
    pub async fn reset(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Option<SettingsRow>, StoreError> {
        let engine = Arc::clone(self);
        let now = self.parts.clock.now();
        let reset = move |sql: &mut dyn Sql| {
            let inheritance = settings::stored_inheritance(sql, level, integration.slug)?;
            let Some(row) = begin(level, inheritance, now) else {
                return Ok(None);
            };
            let empty = emptied(row.clone(), now);
            engine.note_reset(sql, actor.clone(), integration, (&row, &empty))?;
            settings::put(sql, &empty).map(Some)
        };
        self.parts.store.write(reset).await
    }
}

/// What a level's own settings begin with: its own values, or a copy of those it inherits.
///
/// Secrets are not copied: who may set up a project need not know those of the group above it, and
/// could send them elsewhere.
pub(super) fn begin(level: Level, inheritance: Inheritance, now: Timestamp) -> Option<SettingsRow> {
    let Inheritance { own, above, .. } = inheritance;
    match own {
        Some(own) if !own.inherits => Some(own),
        link => {
            let above = above?;
            let own = link.unwrap_or_else(|| fresh(level, &above.slug, now));
            Some(SettingsRow {
                inherits: false,
                active: above.active,
                triggers: above.triggers,
                fields: above.fields,
                ..own
            })
        }
    }
}

/// The row without its values, and off.
fn emptied(row: SettingsRow, now: Timestamp) -> SettingsRow {
    SettingsRow {
        inherits: false,
        active: false,
        fields: Map::new(),
        secrets: None,
        tool_state: Map::new(),
        updated_at: now,
        ..row
    }
}
