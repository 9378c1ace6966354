//! The one path on which settings are saved, inherited, reset and declared: for the API, `apply` and
//! pages.
//!
//! Values are merged, validated and encrypted, and the audit log is written, in one transaction, so
//! that concurrent saves never mix.

mod audit;
mod declared;
mod inherit;
mod rows;

pub use declared::{Declared, Difference, Outcome, Shown};

use crate::{Engine, effective, unseal};
use catalogue::{FieldError, Integration, Kind, Setting, Values};
use model::Secret;
use rows::{begin, fresh};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::audit::Actor;
use store::settings::{self, Level, SettingsRow};
use store::{Reason, Sql, StoreError};
use url::Url;

/// Decrypted secrets by setting name.
type Secrets = BTreeMap<String, Secret>;

/// What a client sent, coerced to the declared types.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// settings by name; one that was not sent keeps its value
    pub fields: Map<String, Value>,
    /// triggers by field name
    pub triggers: Map<String, Value>,
}

/// Why settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// invalid values, with the field of each
    #[error("{}", .0.iter().map(|error| format!("{} {}", error.field, error.message)).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// the integration has to be set up elsewhere first; how
    #[error("cannot be created here: {0}")]
    SetUpElsewhere(&'static str),
    /// the integration cannot be disabled
    #[error("cannot be disabled")]
    StaysOn,
    /// the integration is not set up at this level or above
    #[error("is not set up")]
    NotSetUp,
    /// no level above has settings
    #[error("there are no settings to inherit")]
    NothingToInherit,
    /// the settings were changed since the client read them
    #[error("has been changed since")]
    Modified,
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Saves settings as the level's own and makes the integration active.
    pub async fn save(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
        change: Change,
    ) -> Result<SettingsRow, SaveError> {
        let engine = Arc::clone(self);
        self.change_settings(move |sql| {
            let stored = settings::stored_inheritance(sql, level, integration.slug)?;
            if let (Some(how), None) = (integration.not_by_api, stored.effective()) {
                return Err(SaveError::SetUpElsewhere(how));
            }
            let before = stored.own.clone();
            let row = begin(level, stored, engine.parts.clock.now())
                .unwrap_or_else(|| fresh(level, integration.slug, engine.parts.clock.now()));
            let row = engine.merge(integration, row, change.clone())?;
            if row.active
                && let Some(error) = effective::conflicting_tracker(sql, level, integration)?
            {
                return Err(SaveError::Invalid(vec![error]));
            }
            engine.audit_save(sql, actor.clone(), integration, (before.as_ref(), &row))?;
            Ok(settings::put(sql, &row)?)
        })
        .await
    }

    /// Runs a change in one transaction, which is rolled back only if the store fails: checks come
    /// before writes.
    async fn change_settings<T: Send + 'static>(
        &self,
        mut change: impl FnMut(&mut dyn Sql) -> Result<T, SaveError> + Send + 'static,
    ) -> Result<T, SaveError> {
        let changed = self.parts.store.write(move |sql| match change(sql) {
            Err(SaveError::Store(error)) => Err(error),
            result => Ok(result),
        });
        changed.await?
    }

    /// The row with a change merged in and validated.
    fn merge(
        &self,
        integration: &'static Integration,
        mut row: SettingsRow,
        change: Change,
    ) -> Result<SettingsRow, SaveError> {
        let before = row.clone();
        let mut secrets = self.secrets_of(integration, &row);
        let (entered, plain) = split(integration, change.fields);
        row.fields.extend(plain);
        row.triggers.extend(change.triggers);
        drop_secrets_bound_elsewhere(integration, &before, &row, &mut secrets);
        drop_secrets_of_blank_settings(integration, &row, &mut secrets);
        secrets.extend(entered);
        secrets.retain(|_, secret| !secret.is_empty());
        let errors = self.errors(integration, &row, &secrets, true);
        if !errors.is_empty() {
            return Err(SaveError::Invalid(errors));
        }
        row.tool_state = Map::new();
        row.secrets = self.seal(&row, &secrets)?;
        row.active |= integration.not_by_api.is_none();
        row.inherits = false;
        row.updated_at = self.parts.clock.now();
        Ok(row)
    }

    /// What is wrong with a row's values; rules that concern several settings count if it is active.
    fn errors(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        secrets: &Secrets,
        active: bool,
    ) -> Vec<FieldError> {
        let (fields, secrets) = (row.fields.clone(), secrets.clone());
        let values = Values::new(integration.settings, fields, secrets, Map::new());
        let mut errors = values.check(&self.parts.outbound.allow());
        if active {
            errors.extend((integration.validate)(&values));
        }
        errors
    }

    /// The secrets of a row; one that cannot be decrypted counts as not set and must be entered again.
    fn secrets_of(&self, integration: &'static Integration, row: &SettingsRow) -> Secrets {
        let names = integration.settings.iter().filter(|setting| setting.secret);
        match unseal(integration, row, &self.parts.keyring) {
            Ok(values) => names
                .map(|setting| (setting.name.to_owned(), values.secret(setting.name)))
                .collect(),
            Err(_) => BTreeMap::new(),
        }
    }

    fn seal(&self, row: &SettingsRow, secrets: &Secrets) -> Result<Option<Vec<u8>>, StoreError> {
        if secrets.is_empty() {
            return Ok(None);
        }
        let plain = secrets
            .iter()
            .map(|(name, secret)| (name.clone(), Value::from(secret.expose())));
        let plain = Value::Object(plain.collect()).to_string();
        let seal_context = row.level.seal_context(&row.slug);
        let sealed = self
            .parts
            .keyring
            .seal(&*self.parts.random, &seal_context, plain.as_bytes());
        sealed
            .map(Some)
            .map_err(|error| StoreError::Secret(Reason::new(error.to_string(), error)))
    }
}

/// Drops all secrets if one of the addresses they are sent to changes its scheme, host or port: they
/// were entered for another host and must not be sent to this one.
fn drop_secrets_bound_elsewhere(
    integration: &Integration,
    before: &SettingsRow,
    after: &SettingsRow,
    secrets: &mut Secrets,
) {
    if !origins(integration, &after.fields).is_subset(&origins(integration, &before.fields)) {
        secrets.clear();
    }
}

/// Drops secrets whose companion setting is blank, such as the password without a user name.
fn drop_secrets_of_blank_settings(
    integration: &Integration,
    row: &SettingsRow,
    secrets: &mut Secrets,
) {
    for setting in integration.settings.iter().filter(|setting| setting.secret) {
        if setting.goes_with.is_some_and(|other| is_blank(row, other)) {
            secrets.remove(setting.name);
        }
    }
}

fn is_blank(row: &SettingsRow, name: &str) -> bool {
    let value = row.fields.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim().is_empty()
}

/// Splits values into secrets and plain values; lists lose blanks and duplicates.
fn split(
    integration: &Integration,
    fields: Map<String, Value>,
) -> (BTreeMap<String, Secret>, Map<String, Value>) {
    let mut secrets = BTreeMap::new();
    let mut plain = Map::new();
    for (name, value) in fields {
        let Some(setting) = integration
            .settings
            .iter()
            .find(|setting| setting.name == name)
        else {
            continue;
        };
        if setting.secret {
            secrets.insert(name, Secret::new(value.as_str().unwrap_or_default()));
        } else if setting.kind == Kind::TextList {
            plain.insert(name, tidy_list(&value));
        } else {
            plain.insert(name, value);
        }
    }
    (secrets, plain)
}

fn tidy_list(value: &Value) -> Value {
    let mut texts: Vec<Value> = Vec::new();
    for text in value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let text = Value::from(text.trim());
        if text != "" && !texts.contains(&text) {
            texts.push(text);
        }
    }
    Value::Array(texts)
}

/// Scheme, host and port of every address that secrets are sent to, defaults included.
fn origins(integration: &Integration, fields: &Map<String, Value>) -> BTreeSet<String> {
    let binding = integration
        .settings
        .iter()
        .filter(|setting| setting.binds_secrets);
    binding
        .filter_map(|setting| {
            // A blank setting has its default, if there is one.
            let set = fields.get(setting.name).and_then(Value::as_str);
            let set = set.map(str::trim).filter(|text| !text.is_empty());
            let default = setting.default_json();
            Url::parse(&absolute(setting, set.or(default.as_str())?)).ok()
        })
        .map(|url| url.origin().ascii_serialization())
        .collect()
}

/// A URL unchanged; a host name, or the part of it that can be set, as a URL.
fn absolute(setting: &Setting, text: &str) -> String {
    if setting.kind == Kind::Url {
        return text.to_owned();
    }
    format!("https://{text}")
}

#[cfg(test)]
mod tests;
