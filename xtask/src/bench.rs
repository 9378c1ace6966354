//! `cargo xtask bench`: builds the server and the benchmarks in release mode and runs these.

use std::path::Path;

use crate::sh::{self, Outcome};

/// Runs the benchmarks with these arguments.
pub(crate) fn run(root: &Path, args: &[&str]) -> Outcome {
    let build = ["build", "--release", "-p", "crosstie", "-p", "bench"];
    sh::run(&mut sh::cargo(root, &build))?;
    let run = ["run", "--quiet", "--release", "-p", "bench", "--"];
    sh::run(&mut sh::cargo(root, &[&run, args].concat()))
}
