//! `cargo xtask test`: everything a change must pass, the quickest first.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::setup::{self, Peers};
use crate::sh::{self, Outcome};
use crate::{generate, tidy};

/// Runs all steps; with arguments, only `cargo test` with these.
pub(crate) fn run(root: &Path, args: &[&str]) -> Outcome {
    let mut steps = Steps::default();
    let peers = if args.is_empty() {
        everything(root, &mut steps)?
    } else {
        let peers = steps.step("set-up", setup::peers)?;
        steps.step("test", || tests(root, &peers, args))?;
        peers
    };
    steps.summary(&peers);
    Ok(())
}

fn everything(root: &Path, steps: &mut Steps) -> Outcome<Peers> {
    steps.step("tidy", || tidy::run(root))?;
    steps.step("format", || format(root))?;
    let peers = steps.step("set-up", setup::peers)?;
    steps.step("clippy", || clippy(root))?;
    // The conformance suite has a command of its own, which brings the data it needs.
    let but_conformance = ["--", "--skip", "conformance::"];
    steps.step("test", || tests(root, &peers, &but_conformance))?;
    steps.step("generated documents", || generate::check(root))?;
    Ok(peers)
}

/// Checks every tracked file: `cargo fmt` misses modules that a macro declares.
fn format(root: &Path) -> Outcome {
    let files = sh::read(
        Command::new("git")
            .current_dir(root)
            .args(["ls-files", "*.rs"]),
    )?;
    let files = String::from_utf8_lossy(&files);
    let mut rustfmt = Command::new("rustfmt");
    rustfmt
        .current_dir(root)
        .args(["--check", "--edition", "2024"])
        .args(files.lines().filter(|file| root.join(file).is_file()));
    sh::run(&mut rustfmt)
        .map_err(|_| "format with `rustfmt --edition 2024 $(git ls-files '*.rs')`".to_owned())
}

fn clippy(root: &Path) -> Outcome {
    let args = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    sh::run(&mut sh::cargo(root, &args))
}

fn tests(root: &Path, peers: &Peers, args: &[&str]) -> Outcome {
    let mut command = sh::cargo(root, &["test", "--workspace"]);
    peers.announce(&mut command);
    sh::run(command.args(args))
}

/// The steps done so far, and how long each took.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    fn step<T>(&mut self, name: &'static str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        println!("\n=== {name}");
        let start = Instant::now();
        let outcome = work().map_err(|why| format!("{name}: {why}"))?;
        let took = start.elapsed();
        println!("--- {name}: {:.1} s", took.as_secs_f64());
        self.done.push((name, took));
        Ok(outcome)
    }

    fn summary(&self, peers: &Peers) {
        println!("\n=== all passed");
        for (name, took) in &self.done {
            println!("{:>8.1} s  {name}", took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:>8.1} s  together", total.as_secs_f64());
        for skipped in &peers.skipped {
            println!("NOT TESTED against {skipped}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named_and_not_counted_as_done() {
        let mut steps = Steps::default();
        assert_eq!(steps.step("first", || Ok(1)), Ok(1));
        let failed: Outcome = steps.step("second", || Err("it broke".to_owned()));
        assert_eq!(failed, Err("second: it broke".to_owned()));
        assert_eq!(
            steps.done.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["first"]
        );
    }
}
