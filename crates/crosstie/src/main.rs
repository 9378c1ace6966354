//! The `crosstie` command.

mod ambient;
mod apply;
mod config;
mod data_dir;
mod deliveries;
mod demo;
mod export;
mod hook;
mod housekeeping;
mod keys;
mod log;
mod reference;
mod remote;
mod secrets;
mod serve;
mod token;

use ambient::{SystemBytes, SystemClock};
use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::runtime::Runtime;

/// One server that ties Git projects to the tools around them.
///
/// Every option of `serve` is also CROSSTIE_<OPTION> in the environment and a key in crosstie.toml.
#[derive(Parser)]
#[command(name = "crosstie", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve {
        #[command(flatten)]
        options: Box<config::Options>,
        /// Configuration file [default: crosstie.toml in this folder, if it is there]
        #[arg(long, env = "CROSSTIE_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// See it work: a server, a stand-in of Jira, and a real git push, all on this machine
    Demo(demo::Options),
    /// Connect a bare Git repository
    #[command(subcommand)]
    Hook(hook::HookCommand),
    /// Read the delivery log of a running server, and retry
    #[command(subcommand)]
    Deliveries(deliveries::DeliveriesCommand),
    /// Change the key that secrets are sealed with
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    /// Apply settings from a file to a running server, after showing what changes
    Apply(apply::Options),
    /// Print the settings of a running server as a file for `crosstie apply`
    Export(export::Options),
    /// Manage access tokens
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Write the generated reference documents into a folder
    #[command(hide = true)]
    Reference {
        /// Where to write
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let ended = Runtime::new()
        .context("no threads to work with")
        .and_then(|runtime| {
            let ended = runtime.block_on(run(command));
            // Looking up a name cannot be called off: nobody waits for it.
            runtime.shutdown_background();
            ended
        });
    ended.unwrap_or_else(|error| {
        // Without a terminal there is nowhere to report it.
        let _ = writeln!(std::io::stderr(), "crosstie: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Serve { options, config } => {
            serve::run(config::load(*options, config.as_deref())?).await?;
        }
        Command::Demo(options) => demo::run(options).await?,
        Command::Hook(command) => {
            return hook::run(
                command,
                &config::pusher(),
                &SystemBytes::new(),
                &SystemClock,
            )
            .await;
        }
        Command::Deliveries(command) => deliveries::run(command).await?,
        Command::Secrets(command) => secrets::run(command).await?,
        Command::Apply(options) => return apply::run(options).await,
        Command::Export(options) => export::run(options).await?,
        Command::Token(command) => token::run(command).await?,
        Command::Reference { folder } => reference::write(&folder)?,
    }
    Ok(ExitCode::SUCCESS)
}
