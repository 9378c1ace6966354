//! New and emptied settings rows.

use jiff::Timestamp;
use model::id::SettingsId;
use serde_json::Map;
use store::settings::{Inheritance, Level, SettingsRow};

/// A row without values.
pub(super) fn fresh(level: Level, slug: &str, now: Timestamp) -> SettingsRow {
    SettingsRow {
        id: SettingsId(0),
        level,
        slug: slug.to_owned(),
        inherits: false,
        active: false,
        triggers: Map::new(),
        fields: Map::new(),
        secrets: None,
        tool_state: Map::new(),
        created_at: now,
        updated_at: now,
    }
}

/// What a level's own settings start from: its own values, or a copy of those it inherits.
///
/// Secrets are not copied: a Maintainer of a project must not learn those of the group above, and could
/// send them to another host.
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

/// The row without its values, inactive.
pub(super) fn emptied(row: SettingsRow, now: Timestamp) -> SettingsRow {
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
