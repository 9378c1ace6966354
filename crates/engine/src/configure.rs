//! Saving an integration's settings: values put together, checked and sealed in one
//! transaction, so that two who save at once never mix.

mod declared;

pub use declared::{Declared, Difference, Outcome, Shown};

use crate::{Engine, unseal};
use catalogue::{FieldError, Integration, Kind, Values};
use jiff::Timestamp;
use model::Secret;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::settings::{self, Level, SettingsRow};
use store::{Sql, StoreError};
use url::Url;

/// What a client sent, already of the declared types.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// settings by name; one that was not sent keeps its value
    pub fields: Map<String, Value>,
    /// event switches by field name
    pub triggers: Map<String, Value>,
}

/// Why settings were not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// values that cannot be
    #[error("{}", .0.iter().map(|error| format!("{} {}", error.field, error.message)).collect::<Vec<_>>().join(", "))]
    Invalid(Vec<FieldError>),
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Saves settings and makes the integration active.
    pub async fn save(
        self: &Arc<Self>,
        level: Level,
        integration: &'static Integration,
        change: Change,
    ) -> Result<SettingsRow, SaveError> {
        let engine = Arc::clone(self);
        let saved = self.parts.store.write(move |sql| {
            let present = settings::get(sql, level, integration.slug)?;
            match engine.changed(level, integration, present, change) {
                Ok(row) => settings::put(sql, &row).map(Ok),
                Err(SaveError::Store(error)) => Err(error),
                Err(invalid) => Ok(Err(invalid)),
            }
        });
        saved.await?
    }

    /// Switches an integration off and forgets its values; `None` when it was never set.
    pub async fn reset(
        &self,
        level: Level,
        integration: &'static Integration,
    ) -> Result<Option<SettingsRow>, StoreError> {
        let now = self.parts.clock.now();
        let reset = move |sql: &mut dyn Sql| {
            let Some(row) = settings::get(sql, level, integration.slug)? else {
                return Ok(None);
            };
            let empty = SettingsRow {
                active: false,
                fields: Map::new(),
                secrets: None,
                learned: Map::new(),
                updated_at: now,
                ..row
            };
            settings::put(sql, &empty).map(Some)
        };
        self.parts.store.write(reset).await
    }

    fn changed(
        &self,
        level: Level,
        integration: &'static Integration,
        present: Option<SettingsRow>,
        change: Change,
    ) -> Result<SettingsRow, SaveError> {
        let mut row =
            present.unwrap_or_else(|| fresh(level, integration.slug, self.parts.clock.now()));
        let before = origins(integration, &row.fields);
        let mut secrets = self.secrets_of(integration, &row);
        let (sealed, plain) = split(integration, change.fields);
        row.fields.extend(plain);
        row.triggers.extend(change.triggers);
        if !origins(integration, &row.fields).is_subset(&before) {
            // They were entered for another host, and must not be sent to this one.
            secrets.clear();
        }
        secrets.extend(sealed);
        secrets.retain(|_, secret| !secret.is_empty());
        row.learned = Map::new();
        let values = Values::new(
            integration.settings,
            row.fields.clone(),
            secrets.clone(),
            Map::new(),
        );
        let mut errors = values.check(&self.parts.outbound.allow());
        errors.extend((integration.validate)(&values));
        if !errors.is_empty() {
            return Err(SaveError::Invalid(errors));
        }
        row.secrets = self.seal(&row, &secrets)?;
        row.active = true;
        row.inherits = false;
        row.updated_at = self.parts.clock.now();
        Ok(row)
    }

    /// The secrets of a row; what cannot be opened counts as not set, and has to be entered again.
    fn secrets_of(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
    ) -> BTreeMap<String, Secret> {
        let names = integration.settings.iter().filter(|setting| setting.secret);
        match unseal(integration, row, &self.parts.keyring) {
            Ok(values) => names
                .map(|setting| (setting.name.to_owned(), values.secret(setting.name)))
                .collect(),
            Err(_) => BTreeMap::new(),
        }
    }

    fn seal(
        &self,
        row: &SettingsRow,
        secrets: &BTreeMap<String, Secret>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        if secrets.is_empty() {
            return Ok(None);
        }
        let plain = secrets
            .iter()
            .map(|(name, secret)| (name.clone(), Value::from(secret.expose())));
        let plain = Value::Object(plain.collect()).to_string();
        let place = row.level.place(&row.slug);
        let sealed = self
            .parts
            .keyring
            .seal(&*self.parts.random, &place, plain.as_bytes());
        sealed
            .map(Some)
            .map_err(|error| StoreError::Secret(error.to_string()))
    }
}

fn fresh(level: Level, slug: &str, now: Timestamp) -> SettingsRow {
    SettingsRow {
        id: 0,
        level,
        slug: slug.to_owned(),
        inherits: false,
        active: false,
        triggers: Map::new(),
        fields: Map::new(),
        secrets: None,
        learned: Map::new(),
        created_at: now,
        updated_at: now,
    }
}

/// Parts what was sent into secrets and plain values; lists lose blanks and repeats.
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
    let mut kept: Vec<Value> = Vec::new();
    for text in value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let text = Value::from(text.trim());
        if text != "" && !kept.contains(&text) {
            kept.push(text);
        }
    }
    Value::Array(kept)
}

/// Scheme, host and port of every address that secrets go to.
fn origins(integration: &Integration, fields: &Map<String, Value>) -> BTreeSet<String> {
    let binding = integration
        .settings
        .iter()
        .filter(|setting| setting.binds_secrets);
    binding
        .filter_map(|setting| fields.get(setting.name)?.as_str())
        .filter_map(|text| Url::parse(text.trim()).ok())
        .map(|url| url.origin().ascii_serialization())
        .collect()
}

#[cfg(test)]
mod tests;
