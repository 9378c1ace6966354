//! `cargo xtask bench`: benchmarks, each an example program of the `crosstie` crate.

use std::path::Path;

use crate::sh::{self, Outcome};

/// The benchmarks: `crates/crosstie/examples/NAME.rs`.
const BENCHES: &[&str] = &[];

/// Runs them all in release mode.
pub(crate) fn run(root: &Path) -> Outcome {
    run_all(root, BENCHES)
}

fn run_all(root: &Path, benches: &[&str]) -> Outcome {
    if benches.is_empty() {
        println!("no benchmarks yet");
    }
    for name in benches {
        println!("\n=== {name}");
        let args = [
            "run",
            "--quiet",
            "--release",
            "-p",
            "crosstie",
            "--example",
            name,
        ];
        sh::run(&mut sh::cargo(root, &args))?;
    }
    Ok(())
}
