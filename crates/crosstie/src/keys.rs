//! The key that secrets are sealed with: which one is used, and where it is.
//!
//! The database contains the id of its key. A new key is put beside the old one before the
//! database is changed (`secret_key.new`), so that the key that opens it is there at any moment.

use crate::config::Given;
use crate::data_dir::{DataDir, announced};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use model::Random;
use store::{Keyring, Sql, Store, StoreError, instance};

/// The file of the present key.
pub(crate) const FILE: &str = "secret_key";
/// The file of the key that follows.
pub(crate) const NEXT: &str = "secret_key.new";
/// Characters of a key that is made, six bits each.
pub(crate) const LENGTH: usize = 43;

/// The name of the row with the id of the key that secrets are encrypted with.
const KEY_ID: &str = "secret_key_id";
/// Since when it is that key, if there was another before.
const CHANGED_AT: &str = "secret_key_changed_at";

/// A key and where it was found.
pub(crate) struct Present {
    /// seals and opens
    pub keyring: Keyring,
    /// whether it is in the data folder
    pub in_folder: bool,
}

/// The key the database was sealed with; made at the first start. A change of the key that was
/// broken off after the database was changed is brought to its end.
pub(crate) async fn present(
    store: &Store,
    data: &DataDir,
    given: &Given,
    random: &dyn Random,
) -> Result<Present> {
    let key_id = store.read(|sql| instance::get(sql, KEY_ID)).await?;
    if given.secret_key.is_none()
        && let Some(key_id) = &key_id
    {
        finish(data, key_id)?;
    }
    let in_folder = given.secret_key.is_none();
    let text = match (&given.secret_key, data.read(FILE)?, &key_id) {
        (Some(key), _, _) => key.clone(),
        (None, Some(key), _) => key,
        (None, None, Some(_)) => bail!(
            "the file secret_key is missing from the data folder, and the database holds secrets sealed with it: restore the file, or set CROSSTIE_SECRET_KEY"
        ),
        (None, None, None) => announced(
            data.read_or_make(FILE, "", LENGTH, random)?,
            "the key that secrets are sealed with",
        ),
    };
    let keyring = Keyring::new(&text).context("CROSSTIE_SECRET_KEY")?;
    match key_id {
        Some(key_id) if key_id != keyring.id() => bail!(wrong(store, &keyring, &key_id).await?),
        Some(_) => {}
        None => {
            let id = keyring.id();
            store
                .write(move |sql| instance::set(sql, KEY_ID, &id))
                .await?;
        }
    }
    Ok(Present { keyring, in_folder })
}

/// What to do about a key that is not the database's.
async fn wrong(store: &Store, keyring: &Keyring, key_id: &str) -> Result<String> {
    let changed = store.read(|sql| instance::get(sql, CHANGED_AT)).await?;
    let named = format!(
        "the secret key is not the one the database was sealed with (this is key {}, the database has key {key_id})",
        keyring.id()
    );
    Ok(match changed {
        Some(when) => format!(
            "{named}: `crosstie secrets rotate` changed it at {when}; set CROSSTIE_SECRET_KEY to the new key, or leave the variable unset if the new key is in the file secret_key"
        ),
        None => format!(
            "{named}: restore the file secret_key, or set CROSSTIE_SECRET_KEY to the earlier key"
        ),
    })
}

/// Stores the new key's id in the transaction that encrypts everything again.
pub(crate) fn note_change(
    sql: &mut dyn Sql,
    key_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    instance::set(sql, KEY_ID, key_id)?;
    instance::set(sql, CHANGED_AT, &now.to_string())
}

/// Puts the key that follows into the place of the present one, if the database has it already.
/// The one before stays, under its name, for backups made with it.
pub(crate) fn finish(data: &DataDir, key_id: &str) -> Result<()> {
    let id = |name: &str| -> Result<Option<String>> {
        let text = data.read(name)?;
        Ok(text.and_then(|text| Keyring::new(&text).ok().map(|keyring| keyring.id())))
    };
    if id(NEXT)?.as_deref() != Some(key_id) {
        return Ok(());
    }
    if let (Some(text), Some(id)) = (data.read(FILE)?, id(FILE)?)
        && id != key_id
    {
        data.write(&format!("{FILE}.{id}"), &text)?;
    }
    data.replace(FILE, NEXT)
}
