//! The audit log entries of changed settings.

use crate::Engine;
use catalogue::Integration;
use std::collections::BTreeSet;
use store::audit::{self, Actor, Change, Entry};
use store::settings::SettingsRow;
use store::{Sql, StoreError};

impl Engine {
    /// Records that settings were saved, if any changed.
    pub(super) fn audit_save(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        integration: &'static Integration,
        (before, after): (Option<&SettingsRow>, &SettingsRow),
    ) -> Result<(), StoreError> {
        let changes = self.differences(integration, before, after);
        self.audit(sql, actor, "integration.saved", after, changes)
    }

    /// Records that settings were reset, if there were any.
    pub(super) fn audit_reset(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        integration: &'static Integration,
        (before, after): (&SettingsRow, &SettingsRow),
    ) -> Result<(), StoreError> {
        let changes = self.differences(integration, Some(before), after);
        self.audit(sql, actor, "integration.reset", after, changes)
    }

    fn audit(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        action: &'static str,
        row: &SettingsRow,
        changes: Vec<Change>,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            at: self.parts.clock.now(),
            actor,
            action,
            subject: row.level.into(),
            integration: Some(row.slug.clone()),
            changes,
        };
        audit::add_if_changed(sql, &entry)
    }

    fn differences(
        &self,
        integration: &'static Integration,
        before: Option<&SettingsRow>,
        after: &SettingsRow,
    ) -> Vec<Change> {
        let none = super::rows::fresh(after.level, &after.slug, after.created_at);
        let before = before.unwrap_or(&none);
        let flags = [
            Change::value("active", before.active, after.active),
            Change::value("use_inherited_settings", before.inherits, after.inherits),
        ];
        let mut changes: Vec<Change> = flags.into_iter().flatten().collect();
        changes.extend(Change::between(&before.fields, &after.fields));
        changes.extend(Change::between(&before.triggers, &after.triggers));
        changes.extend(self.differing_secrets(integration, before, after));
        changes
    }

    fn differing_secrets(
        &self,
        integration: &'static Integration,
        before: &SettingsRow,
        after: &SettingsRow,
    ) -> Vec<Change> {
        let old = self.secrets_of(integration, before);
        let new = self.secrets_of(integration, after);
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differing = names.into_iter().filter_map(|name| {
            let [old, new] = [&old, &new].map(|secrets| {
                let secret = secrets.get(name).filter(|secret| !secret.is_empty());
                secret.map(|secret| secret.expose().as_bytes())
            });
            Change::secret(name, old, new)
        });
        differing.collect()
    }
}
