//! From a settings row to values: the one place where secrets are opened.

use catalogue::{Integration, Values};
use model::Secret;
use serde_json::Value;
use std::collections::BTreeMap;
use store::settings::SettingsRow;
use store::{Keyring, SecretsError};

/// Secrets that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the secrets of {slug} cannot be read: {source}; enter them again")]
pub struct UnsealError {
    slug: String,
    source: SecretsError,
}

/// The values of a row.
pub fn unseal(
    integration: &'static Integration,
    row: &SettingsRow,
    keyring: &Keyring,
) -> Result<Values, UnsealError> {
    let secrets = match &row.secrets {
        None => BTreeMap::new(),
        Some(sealed) => open(row, sealed, keyring).map_err(|source| UnsealError {
            slug: row.slug.clone(),
            source,
        })?,
    };
    Ok(Values::new(
        integration.settings,
        row.fields.clone(),
        secrets,
        row.tool_state.clone(),
    ))
}

fn open(
    row: &SettingsRow,
    sealed: &[u8],
    keyring: &Keyring,
) -> Result<BTreeMap<String, Secret>, SecretsError> {
    let plain = keyring.open(&row.level.seal_context(&row.slug), sealed)?;
    let map: BTreeMap<String, Value> =
        serde_json::from_slice(&plain).map_err(|_| SecretsError::Damaged)?;
    let secrets = map.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, Secret::new(text))),
        _ => None,
    });
    Ok(secrets.collect())
}
