//! Settings as a file declares them: the row they result in, and how it differs from the present one.

use super::rows::fresh;
use super::{Change, SaveError, Secrets, drop_secrets_bound_elsewhere, split};
use crate::Engine;
use catalogue::Integration;
use model::secret::constant_time_eq;
use serde_json::{Map, Value};
use store::audit::{self, Actor, Entry};
use store::settings::{self, Level, SettingsRow};
use store::{Sql, StoreError};

/// An integration's declared settings at one level.
#[derive(Clone, Debug)]
pub struct Declared {
    /// whether events are delivered
    pub active: bool,
    /// whether the settings of the level above apply; all else is ignored then
    pub inherits: bool,
    /// The values, already of the declared types. A plain one that is left out has its default; a
    /// secret that is left out stays as it is, and an empty one is removed.
    pub values: Change,
}

/// The resulting row.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// to be stored if there is any difference
    pub row: SettingsRow,
    /// in the order of the declaration
    pub differences: Vec<Difference>,
}

/// One value that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// the setting, the trigger, `active` or `inherit`
    pub name: &'static str,
    /// the present value; none if the row is new
    pub old: Option<Shown>,
    /// the new value
    pub new: Shown,
}

/// A value as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// as it is
    Plain(Value),
    /// whether a secret is set
    Secret(bool),
}

impl Engine {
    /// The row that a declaration results in, validated. Nothing is stored.
    pub fn declare(
        &self,
        level: Level,
        integration: &'static Integration,
        present: Option<&SettingsRow>,
        declared: Declared,
    ) -> Result<Outcome, SaveError> {
        let now = self.parts.clock.now();
        let before = present
            .cloned()
            .unwrap_or_else(|| fresh(level, integration.slug, now));
        let mut row = before.clone();
        row.inherits = declared.inherits;
        let mut differences = Vec::new();
        if !declared.inherits {
            row.active = declared.active;
            let (old, new) = self.values_of(integration, &before, &mut row, declared.values)?;
            differences = values_differ(integration, (&before, &old), (&row, &new));
            let secret_changed = differences
                .iter()
                .any(|difference| matches!(difference.new, Shown::Secret(_)));
            if secret_changed {
                row.secrets = self.seal(&row, &new)?;
            }
        }
        let flags = [
            ("inherit", before.inherits, row.inherits),
            ("active", before.active, row.active),
        ];
        for (name, old, new) in flags {
            if old != new || (present.is_none() && (name == "active") != row.inherits) {
                let difference = Difference {
                    name,
                    old: Some(Shown::Plain(old.into())),
                    new: Shown::Plain(new.into()),
                };
                differences.insert(0, difference);
            }
        }
        if present.is_none() {
            for difference in &mut differences {
                difference.old = None;
            }
        }
        if !differences.is_empty() {
            row.tool_state = Map::new();
            row.updated_at = now;
        }
        Ok(Outcome { row, differences })
    }

    /// Puts the declared values into the row; returns the secrets before and after.
    fn values_of(
        &self,
        integration: &'static Integration,
        before: &SettingsRow,
        row: &mut SettingsRow,
        declared: Change,
    ) -> Result<(Secrets, Secrets), SaveError> {
        let (entered, plain) = split(integration, declared.fields);
        let declared_fields = plain.into_iter().filter(|(_, value)| !value.is_null());
        row.fields = declared_fields.collect();
        row.triggers = declared.triggers;
        let mut old = self.secrets_of(integration, before);
        old.retain(|_, secret| !secret.is_empty());
        let mut new = old.clone();
        drop_secrets_bound_elsewhere(integration, before, row, &mut new);
        new.extend(entered);
        new.retain(|_, secret| !secret.is_empty());
        let mut errors = self.errors(integration, row, &new, row.active);
        if !row.active {
            // An inactive integration may be incomplete.
            errors.retain(|error| error.message != "can't be blank");
        }
        if errors.is_empty() {
            Ok((old, new))
        } else {
            Err(SaveError::Invalid(errors))
        }
    }

    /// Writes a declared row, with its audit entry.
    pub fn put_declared(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        row: &SettingsRow,
        changes: Vec<audit::Change>,
    ) -> Result<(), StoreError> {
        let (level, slug) = (row.level, row.slug.as_str());
        self.audit_declared(sql, actor, ("integration.saved", level, slug), changes)?;
        settings::put(sql, row).map(drop)
    }

    /// Deletes the row of an integration that is no longer declared, with its audit entry.
    pub fn delete_declared(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        level: Level,
        slug: &str,
    ) -> Result<(), StoreError> {
        self.audit_declared(sql, actor, ("integration.reset", level, slug), Vec::new())?;
        settings::delete(sql, level, slug)
    }

    fn audit_declared(
        &self,
        sql: &mut dyn Sql,
        actor: Actor,
        (action, level, slug): (&'static str, Level, &str),
        changes: Vec<audit::Change>,
    ) -> Result<(), StoreError> {
        let entry = Entry {
            at: self.parts.clock.now(),
            actor,
            action,
            subject: level.into(),
            integration: Some(slug.to_owned()),
            changes,
        };
        audit::add(sql, &entry)
    }
}

/// The differences among settings and triggers. Unset and set to the default are the same.
fn values_differ(
    integration: &'static Integration,
    (before, old): (&SettingsRow, &Secrets),
    (after, new): (&SettingsRow, &Secrets),
) -> Vec<Difference> {
    let settings = integration.settings.iter().filter_map(|setting| {
        if setting.secret {
            return secret_differs(setting.name, old, new);
        }
        let value = |row: &SettingsRow| match row.fields.get(setting.name) {
            Some(value) if !value.is_null() => value.clone(),
            _ => setting.default_json(),
        };
        differs(setting.name, value(before), value(after))
    });
    let switches = integration.triggers.iter().filter_map(|trigger| {
        let switch = |row: &SettingsRow| match row.triggers.get(trigger.field()) {
            Some(Value::Bool(on)) => Value::Bool(*on),
            _ => integration.is_enabled_by_default(*trigger).into(),
        };
        differs(trigger.field(), switch(before), switch(after))
    });
    settings.chain(switches).collect()
}

fn differs(name: &'static str, old: Value, new: Value) -> Option<Difference> {
    (old != new).then(|| Difference {
        name,
        old: Some(Shown::Plain(old)),
        new: Shown::Plain(new),
    })
}

fn secret_differs(name: &'static str, old: &Secrets, new: &Secrets) -> Option<Difference> {
    let (old, new) = (old.get(name), new.get(name));
    let same = match (old, new) {
        (Some(old), Some(new)) => {
            constant_time_eq(old.expose().as_bytes(), new.expose().as_bytes())
        }
        (old, new) => old.is_none() && new.is_none(),
    };
    (!same).then(|| Difference {
        name,
        old: Some(Shown::Secret(old.is_some())),
        new: Shown::Secret(new.is_some()),
    })
}

#[cfg(test)]
mod tests;
