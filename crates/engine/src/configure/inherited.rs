//! Settings of one's own, those of the level above, and the ways between the two.

use super::fresh;
use crate::Engine;
use catalogue::Integration;
use jiff::Timestamp;
use serde_json::Map;
use store::settings::{self, Level, SettingsRow, Standing};
use store::{Sql, StoreError};

impl Engine {
    /// Lets the settings above hold for a level, which gives up its own; `None` when there are none
    /// above.
    pub async fn inherit(
        &self,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Option<Standing>, StoreError> {
        let now = self.parts.clock.now();
        let inherit = move |sql: &mut dyn Sql| {
            let mut standing = settings::standing(sql, level, integration.slug)?;
            if standing.above.is_none() {
                return Ok(None);
            }
            let own = standing.own.take();
            let link = SettingsRow {
                inherits: true,
                triggers: Map::new(),
                ..emptied(
                    own.unwrap_or_else(|| fresh(level, integration.slug, now)),
                    now,
                )
            };
            standing.own = Some(settings::put(sql, &link)?);
            Ok(Some(standing))
        };
        self.parts.store.write(inherit).await
    }

    /// Switches an integration off for a level and forgets its values, whether they were its own or
    /// came from above; `None` when it was never set.
    pub async fn reset(
        &self,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Option<SettingsRow>, StoreError> {
        let now = self.parts.clock.now();
        let reset = move |sql: &mut dyn Sql| {
            let standing = settings::standing(sql, level, integration.slug)?;
            match begin(level, standing, now) {
                Some(row) => settings::put(sql, &emptied(row, now)).map(Some),
                None => Ok(None),
            }
        };
        self.parts.store.write(reset).await
    }
}

/// What a level's own settings begin with: its own values, or a copy of those it inherits.
///
/// Secrets are not copied: who may set up a project need not know those of the group above it, and
/// could send them elsewhere.
pub(super) fn begin(level: Level, standing: Standing, now: Timestamp) -> Option<SettingsRow> {
    let Standing { own, above } = standing;
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
        learned: Map::new(),
        updated_at: now,
        ..row
    }
}
