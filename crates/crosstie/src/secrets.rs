//! `crosstie secrets`: another key for the secrets at rest.

use crate::ambient::{SystemBytes, SystemClock};
use crate::config::{self, Given, non_blank};
use crate::data_dir::DataDir;
use crate::keys::{self, FILE, LENGTH, NEXT, Present};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use model::ambient::token_text;
use model::{Clock, Random};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::audit::{self, Actor, Change, Entry, Subject};
use store::{Keyring, Resealed, Sqlite, Store};

/// What can be done with the secrets at rest.
#[derive(Subcommand)]
pub(crate) enum SecretsCommand {
    /// Seal all secrets with a new key, while the server is stopped
    ///
    /// The key is changed where it is: in the data folder, where one is made unless it is given,
    /// or in CROSSTIE_SECRET_KEY, which you set to the new one afterwards.
    Rotate(Rotation),
}

/// How the key is changed.
#[derive(clap::Args)]
pub(crate) struct Rotation {
    /// File with the new key, at least 32 characters
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<PathBuf>,
    /// The new key
    #[arg(
        long,
        env = "CROSSTIE_NEW_SECRET_KEY",
        hide = true,
        hide_env_values = true,
        conflicts_with = "new_key_file"
    )]
    new_secret_key: Option<String>,
    /// The present key, if it is not in the data folder
    #[arg(long, env = "CROSSTIE_SECRET_KEY", hide = true, hide_env_values = true)]
    secret_key: Option<String>,
    /// Folder of the server's data
    #[arg(long, env = "CROSSTIE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Does it.
pub(crate) async fn run(command: SecretsCommand) -> Result<()> {
    let SecretsCommand::Rotate(rotation) = command;
    let (folder, secret_key) = config::sealed(rotation.data.clone(), rotation.secret_key.clone())?;
    let file = folder.join("crosstie.db");
    if !file.exists() {
        bail!(
            "{} is not there: start the server once with this data folder",
            file.display()
        );
    }
    let data = DataDir::open(&folder)?;
    let database = Sqlite::open(&data.database()).context("the database cannot be opened")?;
    let store = Store::new(Arc::new(database));
    let random: Arc<dyn Random> = Arc::new(SystemBytes::new());
    let given = Given {
        secret_key,
        ..Given::default()
    };
    let Present { keyring, in_folder } = keys::present(&store, &data, &given, &*random).await?;
    let chosen = rotation.new_key()?;
    let made = chosen.is_none();
    let next = match chosen {
        Some(key) => key,
        None => token_text(&*random, LENGTH),
    };
    let new = Keyring::new(&next).context("the new key")?;
    let (old_id, new_id) = (keyring.id(), new.id());
    if old_id == new_id {
        bail!("the new key is the present one: nothing was changed");
    }
    if in_folder || made {
        data.write(NEXT, &next)?;
    }
    let done = change(&store, keyring, new, random).await?;
    if in_folder || made {
        keys::finish(&data, &new_id)?;
    }
    report(&folder, (&old_id, &new_id), &done, (in_folder, made))
}

impl Rotation {
    /// The key that was given, if one was.
    fn new_key(&self) -> Result<Option<String>> {
        match &self.new_key_file {
            Some(path) => std::fs::read_to_string(path)
                .map(|text| Some(text.trim().to_owned()))
                .with_context(|| format!("{} cannot be read", path.display())),
            None => Ok(non_blank(self.new_secret_key.clone())),
        }
    }
}

/// Encrypts everything again in one transaction, so that one key opens all of it at any moment.
async fn change(
    store: &Store,
    old: Keyring,
    new: Keyring,
    random: Arc<dyn Random>,
) -> Result<Resealed> {
    let now = SystemClock.now();
    let work = store.write(move |sql| {
        let done = store::reseal(sql, (&old, &new), &*random)?;
        keys::note_change(sql, &new.id(), now)?;
        let entry = Entry {
            at: now,
            actor: Actor::command_line(),
            action: "secret_key.rotated",
            subject: Subject::Instance,
            integration: None,
            changes: Change::value("key_id", old.id(), new.id())
                .into_iter()
                .collect(),
        };
        audit::add(sql, &entry)?;
        Ok(done)
    });
    work.await
        .context("nothing was changed, the present key still holds")
}

fn report(
    folder: &Path,
    (old_id, new_id): (&str, &str),
    done: &Resealed,
    (in_folder, made): (bool, bool),
) -> Result<()> {
    let file = folder.join(FILE);
    let file = file.display();
    let next = match (in_folder, made) {
        (true, _) => format!(
            "It is in {file}; the one before is in {file}.{old_id}: keep that one with the backups made with it, else delete it."
        ),
        (false, true) => format!(
            "It was made and is in {file}: unset CROSSTIE_SECRET_KEY before you start the server."
        ),
        (false, false) => "Set CROSSTIE_SECRET_KEY to it before you start the server.".to_owned(),
    };
    let sealed = format!("{} secrets are sealed with key {new_id} now.", done.count);
    let left = done
        .unreadable
        .iter()
        .map(|place| format!("Not readable with the key before, and left as it was: {place}"));
    let lines: Vec<String> = [sealed, next].into_iter().chain(left).collect();
    std::io::stdout()
        .write_all(format!("{}\n", lines.join("\n")).as_bytes())
        .context("the result cannot be printed")
}
