//! `cargo xtask deny`: the dependency policy of `deny.toml`. It needs a tool and the network, so
//! it is no part of `cargo xtask test`.

use std::path::Path;

use crate::sh::{self, Outcome};

/// Checks the policy with cargo-deny.
pub(crate) fn run(root: &Path) -> Outcome {
    if sh::read(&mut sh::cargo(root, &["deny", "--version"])).is_err() {
        return Err("cargo-deny is not there: `cargo install --locked cargo-deny`".to_owned());
    }
    sh::run(&mut sh::cargo(root, &["deny", "check"]))
}
