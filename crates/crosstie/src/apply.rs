//! `crosstie apply`: applies settings from a file to a running server.

mod document;
mod json;
mod problem;
mod show;
mod yaml;

use crate::config;
use crate::remote::{Server, Where};
use anyhow::{Context, Result, bail};
use clap::Args;
use document::Document;
use model::visible::line;
use outbound::Method;
use problem::Problem;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `--detailed-exitcode` answers when there is something to change.
const SOMETHING_TO_CHANGE: u8 = 2;

/// What it takes.
#[derive(Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(crate) struct Options {
    /// The settings, in YAML
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Exit with 2 when there is something to change, and with 0 when there is not
    #[arg(long, requires = "dry_run")]
    detailed_exitcode: bool,
    /// Remove the integrations that the file does not name, where it has a list of them
    #[arg(long)]
    prune: bool,
    /// Change without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    #[command(flatten)]
    place: Where,
}

/// Shows what changes, asks, and changes it.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let text = std::fs::read_to_string(&options.file)
        .with_context(|| format!("{} cannot be read", options.file.display()))?;
    let document = match Document::read(&text, &secret) {
        Ok(document) => document,
        Err(problem) => return refused(&options.file, &[problem]),
    };
    let server = Server::reached(options.place, "an administrator")?;
    let mut request = json!({
        "settings": document.settings,
        "prune": options.prune,
        "dry_run": true,
    });
    let answer = server.send(Method::Post, "apply", Some(&request)).await?;
    let problems = document.problems_with(&answer.json().unwrap_or_default());
    if !problems.is_empty() {
        return refused(&options.file, &problems);
    }
    let plan = server.success(&answer)?;
    print(&show::plan(&plan))?;
    let count = plan["changes"].as_array().map_or(0, Vec::len);
    if options.dry_run && options.detailed_exitcode && count > 0 {
        return Ok(ExitCode::from(SOMETHING_TO_CHANGE));
    }
    if options.dry_run || count == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    if !options.yes && !confirmed()? {
        bail!("nothing was changed");
    }
    request["dry_run"] = json!(false);
    request["fingerprint"] = plan["fingerprint"].clone();
    let answer = server.send(Method::Post, "apply", Some(&request)).await?;
    server.success(&answer)?;
    print("Done.\n")?;
    Ok(ExitCode::SUCCESS)
}

/// The secret that a reference resolves to, or what is wrong with it.
fn secret(reference: &str) -> Result<String, String> {
    if let Some(name) = reference.strip_prefix("env:") {
        return config::referred(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("the variable {name} is not set"));
    }
    if let Some(path) = reference.strip_prefix("file:") {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("the file {path} cannot be read: {error}"))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        return if text.is_empty() {
            Err(format!("the file {path} is empty"))
        } else {
            Ok(text.to_owned())
        };
    }
    Err("is a secret, which does not belong in this file: write env:NAME for a variable, or file:PATH".into())
}

/// Tells what is wrong, line by line.
fn refused(file: &Path, problems: &[Problem]) -> Result<ExitCode> {
    let mut text = String::new();
    for problem in problems {
        let at = problem.at;
        // Writing into a string does not fail.
        let _ = writeln!(
            text,
            "{}:{}:{}: {}",
            file.display(),
            at.line,
            at.column,
            line(&problem.message)
        );
    }
    std::io::stderr()
        .write_all(text.as_bytes())
        .context("what is wrong cannot be printed")?;
    bail!("nothing was changed: {} to mend", counted(problems.len()))
}

fn counted(count: usize) -> String {
    if count == 1 {
        "one error".into()
    } else {
        format!("{count} errors")
    }
}

/// Asks at the terminal.
fn confirmed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        bail!("nothing was changed: there is nobody to ask here, so --yes is needed");
    }
    print("Make these changes? [y/N] ")?;
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .context("the answer cannot be read")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("the answer cannot be printed")
}
