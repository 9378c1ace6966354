//! `crosstie token`: access tokens made from the shell, on the machine that holds the data.

use crate::ambient::{SystemBytes, SystemClock};
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use jiff::civil::Date;
use model::access::Scope;
use model::ambient::token_text;
use model::{Clock, Random};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use store::audit::{self, Actor, Entry, Subject};
use store::identity::{self, NewToken};
use store::{Sqlite, Store};

/// What can be done with tokens.
#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once
    Create {
        /// The user it authenticates
        #[arg(long, value_name = "NAME")]
        user: String,
        /// What it may be used for, separated by commas: api, `read_api`, `read_user`
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// First day on which it is no longer good, such as 2027-01-31
        #[arg(long, value_name = "DATE")]
        expires: Option<Date>,
        /// What it is for
        #[arg(
            long,
            value_name = "TEXT",
            default_value = "made by crosstie token create"
        )]
        name: String,
        /// Folder of the server's data
        #[arg(long, env = "CROSSTIE_DATA", value_name = "DIR")]
        data: PathBuf,
    },
}

/// Does it.
pub(crate) async fn run(command: TokenCommand) -> Result<()> {
    let TokenCommand::Create {
        user,
        scopes,
        expires,
        name,
        data,
    } = command;
    let scopes = scopes
        .iter()
        .map(|scope| parse_scope(scope.trim()))
        .collect::<Result<Vec<_>>>()?;
    let file = data.join("crosstie.db");
    if !file.exists() {
        bail!(
            "{} is not there: start the server once with this data folder",
            file.display()
        );
    }
    let store = Store::new(Arc::new(
        Sqlite::open(&file).context("the database cannot be opened")?,
    ));
    let random = SystemBytes::new();
    let text = format!("glpat-{}", token_text(&random as &dyn Random, 20));
    let digest = identity::digest(&text);
    let now = SystemClock.now();
    let made = store.write(move |sql| {
        let Some(owner) = identity::user_by_name(sql, &user)? else {
            return Ok(Err(user.clone()));
        };
        let new = NewToken {
            user_id: owner.id,
            name: &name,
            description: None,
            scopes: &scopes,
            expires_at: expires,
        };
        let token = identity::add_token(sql, &new, &digest, now)?;
        let entry = Entry {
            at: now,
            actor: Actor::command_line(),
            action: "token.created",
            subject: Subject::User(owner.id),
            integration: None,
            changes: token.as_changes(),
        };
        audit::add(sql, &entry)?;
        Ok(Ok(token))
    });
    match made.await? {
        Ok(_) => writeln!(std::io::stdout(), "{text}").context("the token cannot be printed"),
        Err(user) => bail!("there is no user {user}"),
    }
}

fn parse_scope(name: &str) -> Result<Scope> {
    let names = Scope::ALL.map(|(_, name)| name).join(", ");
    Scope::from_name(name).with_context(|| format!("{name} is no scope; the scopes are {names}"))
}
