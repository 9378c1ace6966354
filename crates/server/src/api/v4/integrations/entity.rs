//! The JSON of one integration's settings.

use crate::answer;
use catalogue::Integration;
use model::Trigger;
use serde_json::{Map, Value};
use store::settings::{Inheritance, SettingsRow};

/// An integration as a level has it.
pub(super) struct Shown {
    pub(super) integration: &'static Integration,
    /// the effective values
    pub(super) row: SettingsRow,
    /// whether they come from above
    inherited: bool,
}

impl Shown {
    /// The effective settings at a level, under the id of the level's own row where it has one; `None`
    /// when the integration is set up neither there nor above.
    pub(super) fn of(integration: &'static Integration, stored: Inheritance) -> Option<Self> {
        Some(Self {
            integration,
            inherited: stored.is_inherited(),
            row: stored.into_effective()?,
        })
    }

    /// A level's own row.
    pub(super) fn own(integration: &'static Integration, row: SettingsRow) -> Self {
        Self {
            integration,
            row,
            inherited: false,
        }
    }

    /// The basic entity: every event switch, whatever the integration has.
    pub(super) fn basic(&self) -> Map<String, Value> {
        let (integration, row) = (self.integration, &self.row);
        let mut entity = Map::new();
        let mut put = |name: &str, value: Value| entity.insert(name.to_owned(), value);
        put("id", row.id.0.into());
        put("title", integration.title.into());
        put("slug", row.slug.as_str().into());
        put("created_at", answer::time(row.created_at).into());
        put("updated_at", answer::time(row.updated_at).into());
        put("active", row.active.into());
        let shown =
            |trigger: &Trigger| !HIDDEN.contains(trigger) && *trigger != Trigger::Vulnerability;
        for trigger in Trigger::ALL.iter().map(|row| row.0).filter(shown) {
            put(trigger.field(), switch(integration, row, trigger));
        }
        put(
            "comment_on_event_enabled",
            row.fields
                .get("comment_on_event_enabled")
                .cloned()
                .unwrap_or(true.into()),
        );
        put("inherited", self.inherited.into());
        put(
            Trigger::Vulnerability.field(),
            switch(integration, row, Trigger::Vulnerability),
        );
        entity
    }

    /// The detail entity: the basic one and the properties, secrets left out.
    pub(super) fn detail(&self) -> Value {
        let (integration, row) = (self.integration, &self.row);
        let mut entity = self.basic();
        let shown = integration
            .settings
            .iter()
            .filter(|setting| !setting.secret && !setting.top_level);
        let properties = shown.map(|setting| {
            let set = row
                .fields
                .get(setting.name)
                .filter(|value| !value.is_null());
            (
                setting.name.to_owned(),
                set.cloned().unwrap_or_else(|| setting.default_json()),
            )
        });
        entity.insert("properties".into(), Value::Object(properties.collect()));
        Value::Object(entity)
    }
}

/// Switches that can be set, but that GitLab's entity does not show.
const HIDDEN: [Trigger; 3] = [
    Trigger::GroupMention,
    Trigger::GroupConfidentialMention,
    Trigger::ArchiveTrace,
];

fn switch(integration: &Integration, row: &SettingsRow, trigger: Trigger) -> Value {
    match row.triggers.get(trigger.field()) {
        Some(Value::Bool(on)) => (*on).into(),
        _ => integration.is_enabled_by_default(trigger).into(),
    }
}
