//! Saving an integration's settings: values put together, checked and sealed in one
//! transaction, so that two who save at once never mix.

mod audit;
mod declared;
mod inherited;

pub use declared::{Declared, Difference, Outcome, Shown};

use crate::{Engine, trackers, unseal};
use catalogue::{FieldError, Integration, Kind, Setting, Values};
use jiff::Timestamp;
use model::Secret;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::StoreError;
use store::audit::Actor;
use store::settings::{self, Level, SettingsRow};
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
    /// Saves settings as the level's own and makes the integration active.
    pub async fn save(
        self: &Arc<Self>,
        actor: Actor,
        level: Level,
        integration: &'static Integration,
        change: Change,
    ) -> Result<SettingsRow, SaveError> {
        let engine = Arc::clone(self);
        let saved = self.parts.store.write(move |sql| {
            let inheritance = settings::stored_inheritance(sql, level, integration.slug)?;
            let before = inheritance.own.clone();
            let present = inherited::begin(level, inheritance, engine.parts.clock.now());
            match engine.changed(level, integration, present, change.clone()) {
                Ok(row) => {
                    if row.active
                        && let Some(error) = trackers::conflicting_tracker(sql, level, integration)?
                    {
                        return Ok(Err(SaveError::Invalid(vec![error])));
                    }
                    engine.note_save(sql, actor.clone(), integration, (before.as_ref(), &row))?;
                    settings::put(sql, &row).map(Ok)
                }
                Err(SaveError::Store(error)) => Err(error),
                Err(invalid) => Ok(Err(invalid)),
            }
        });
        saved.await?
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
        for setting in integration.settings.iter().filter(|setting| setting.secret) {
            if setting.goes_with.is_some_and(|other| is_blank(&row, other)) {
                secrets.remove(setting.name);
            }
        }
        secrets.extend(sealed);
        secrets.retain(|_, secret| !secret.is_empty());
        row.tool_state = Map::new();
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
        row.active |= integration.not_by_api.is_none();
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
        let place = row.level.seal_context(&row.slug);
        let sealed = self
            .parts
            .keyring
            .seal(&*self.parts.random, &place, plain.as_bytes());
        sealed
            .map(Some)
            .map_err(|error| StoreError::Secret(error.to_string()))
    }
}

fn is_blank(row: &SettingsRow, name: &str) -> bool {
    let value = row.fields.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim().is_empty()
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
        tool_state: Map::new(),
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

/// Scheme, host and port of every address that secrets go to; those that hold by default too.
fn origins(integration: &Integration, fields: &Map<String, Value>) -> BTreeSet<String> {
    let binding = integration
        .settings
        .iter()
        .filter(|setting| setting.binds_secrets);
    binding
        .filter_map(|setting| {
            // What is blank has its default, where there is one.
            let set = fields.get(setting.name).and_then(Value::as_str);
            let set = set.map(str::trim).filter(|text| !text.is_empty());
            let default = setting.default_json();
            Url::parse(&absolute(setting, set.or(default.as_str())?)).ok()
        })
        .map(|url| url.origin().ascii_serialization())
        .collect()
}

/// A URL as it is; the name of a host, or the part of it that can be set, as the URL of that host.
fn absolute(setting: &Setting, text: &str) -> String {
    if setting.kind == Kind::Url {
        return text.to_owned();
    }
    format!("https://{text}")
}

#[cfg(test)]
mod tests;
