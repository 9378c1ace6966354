//! `crosstie hook`: reports the pushes to a bare repository.
//!
//! Git runs our post-receive script after a push; the script runs
//! `crosstie hook run`. That asks the repository what the push brought
//! ([`collect`]), writes it as GitLab would ([`event`]), keeps it beside the
//! repository ([`spool`]) and brings it to the server ([`send`]). A push never
//! fails or waits long because of it.

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

/// What can be done with the hook of a bare repository.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum HookCommand {
    /// Report every push to a repository on this machine to a Crosstie server
    ///
    /// Writes the hook `post-receive` and, readable for the repository's owner
    /// alone, `crosstie/hook.json`. A hook that is there already is kept and runs
    /// first. Installing again renews the settings.
    Install {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
        /// The project's full path on the server, such as group/app
        #[arg(long, env = "CROSSTIE_PROJECT", value_name = "PATH")]
        project: String,
        /// The server's address, such as http://127.0.0.1:8080
        #[arg(long, env = "CROSSTIE_SERVER", value_name = "URL")]
        server: String,
        /// The secret of the project's source; other users of the machine do not see it in the environment
        #[arg(long, env = "CROSSTIE_SECRET", hide_env_values = true, value_name = "SECRET", value_parser = StringValueParser::new().map(Secret::new))]
        secret: Secret,
    },
    /// Report one push: what the hook calls, with `old new ref` lines on stdin
    #[command(hide = true)]
    Run {
        /// The repository's git folder
        #[arg(long, value_name = "DIR")]
        repo: PathBuf,
    },
    /// Send the events that were kept while the server was away
    Flush {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
    },
    /// Take the hook away and put an earlier one back
    Uninstall {
        /// The repository, bare or not
        #[arg(value_name = "REPO.git")]
        repo: PathBuf,
    },
}

impl HookCommand {
    /// The command that installs the hook.
    pub(crate) fn install(repo: &Path, project: &str, server: &str, secret: &str) -> Self {
        Self::Install {
            repo: repo.to_owned(),
            project: project.to_owned(),
            server: server.to_owned(),
            secret: Secret::new(secret),
        }
    }
}

/// Does what the command says, and tells it on stderr, which git shows to who pushes.
///
/// An error is for the caller to print; `Run` gives none, whatever happens.
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
            let binary = std::env::current_exe().context("cannot tell where this program lies")?;
            tell(&install::install(&repo, &target, &binary).await?);
            Ok(ExitCode::SUCCESS)
        }
        HookCommand::Run { repo } => {
            if let Some(line) = run_hook(&repo, pusher, random, clock).await {
                tell(&line);
            }
            Ok(ExitCode::SUCCESS)
        }
        HookCommand::Flush { repo } => {
            let (summary, clean) = report::flush(&repo, send::AT_FLUSH).await?;
            tell(&summary);
            Ok(ExitCode::from(u8::from(!clean)))
        }
        HookCommand::Uninstall { repo } => {
            tell(&install::uninstall(&repo).await?);
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

/// Nobody is left to tell when stderr itself is gone.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
