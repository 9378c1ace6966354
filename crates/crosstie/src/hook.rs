//! `crosstie hook`: reports the pushes to a bare repository.
//!
//! Git runs the post-receive script after a push; the script runs
//! `crosstie hook run`. That reads the pushed commits from the repository
//! ([`collect`]), builds GitLab's webhook bodies ([`event`]), stores them in
//! the repository ([`spool`]) and sends them to the server ([`send`]). It never
//! makes a push fail, and delays it by at most a few seconds.

mod changes;
mod collect;
mod commits;
mod compare;
pub(crate) mod durable;
mod event;
mod git;
mod install;
mod line;
mod objects;
mod pusher;
mod refs;
mod report;
mod repository;
mod script;
mod send;
mod spool;
mod target;
#[cfg(test)]
mod tests;

pub(crate) use compare::LocalRepositories;
pub(crate) use pusher::Pusher;

use anyhow::Context as _;
use clap::builder::{StringValueParser, TypedValueParser as _};
use model::{Clock, Random, Secret};
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Subcommands of `crosstie hook`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum HookCommand {
    /// Report every push to a local repository to a Crosstie server
    ///
    /// Writes the hook `post-receive` and `crosstie/hook.json`, which only the
    /// repository's owner can read. An existing hook is renamed and runs
    /// first. Install again to change the settings.
    Install {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
        /// The project's full path on the server, such as group/app
        #[arg(long, env = "CROSSTIE_PROJECT", value_name = "PATH")]
        project: String,
        /// The server's URL, such as http://127.0.0.1:8080
        #[arg(long, env = "CROSSTIE_SERVER", value_name = "URL")]
        server: String,
        /// The secret of the project's source; in the environment it is hidden from other users
        #[arg(long, env = "CROSSTIE_SECRET", hide_env_values = true, value_name = "SECRET", value_parser = StringValueParser::new().map(Secret::new))]
        secret: Secret,
    },
    /// Report one push, given as `old new ref` lines on stdin; called by the hook
    #[command(hide = true)]
    Run {
        /// The repository's git folder
        #[arg(long, value_name = "DIR")]
        repo: PathBuf,
    },
    /// Send the events that were queued while the server was unreachable
    Flush {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
    },
    /// Remove the hook and restore the previous one
    Uninstall {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
    },
}

impl HookCommand {
    /// The command to install the hook.
    pub(crate) fn install(repo: &Path, project: &str, server: &str, secret: &str) -> Self {
        Self::Install {
            repo: repo.to_owned(),
            project: project.to_owned(),
            server: server.to_owned(),
            secret: Secret::new(secret),
        }
    }
}

/// Runs the command and prints its result to stderr, which git shows to the pusher.
///
/// Returns errors for the caller to print; `Run` never returns one.
pub(crate) async fn run(
    command: HookCommand,
    pusher: &Pusher,
    random: &dyn Random,
    clock: &dyn Clock,
) -> anyhow::Result<ExitCode> {
    match command {
        HookCommand::Install {
            repo,
            project,
            server,
            secret,
        } => {
            let target = target::Target::new(&server, &project, &secret)?;
            let binary = std::env::current_exe().context("cannot find the path of this program")?;
            print(&install::install(&repo, &target, &binary).await?);
            Ok(ExitCode::SUCCESS)
        }
        HookCommand::Run { repo } => {
            if let Some(line) = run_hook(&repo, pusher, random, clock).await {
                print(&line);
            }
            Ok(ExitCode::SUCCESS)
        }
        HookCommand::Flush { repo } => {
            let (summary, clean) = report::flush(&repo, send::AT_FLUSH).await?;
            print(&summary);
            Ok(ExitCode::from(u8::from(!clean)))
        }
        HookCommand::Uninstall { repo } => {
            print(&install::uninstall(&repo).await?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run_hook(
    repo: &Path,
    pusher: &Pusher,
    random: &dyn Random,
    clock: &dyn Clock,
) -> Option<String> {
    let mut input = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut input);
    let git_dir = read.and_then(|_| std::fs::canonicalize(repo));
    match git_dir {
        Ok(git_dir) => {
            let push = report::Push::new(&git_dir, &input, pusher, random, clock);
            push.report().await
        }
        Err(error) => Some(line::one_line(&[format!(
            "this push is not reported: {}: {error}",
            repo.display()
        )])),
    }
}

/// Prints to stderr; a failure cannot be reported anywhere.
fn print(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
