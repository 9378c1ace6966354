//! What is read from the surroundings: the environment's variables and where we stand.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[expect(
    clippy::disallowed_methods,
    reason = "xtask is no part of the server; this is the one place where it reads its environment"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether nobody sits at the terminal: what cannot be set up then is a failure, not a skip.
pub(crate) fn in_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false" && value != "0")
}

/// The cargo that runs us.
pub(crate) fn cargo() -> OsString {
    variable("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The workspace's folder. Asked at run time, because clones may share one build cache and
/// with it one `xtask` binary.
pub(crate) fn root() -> PathBuf {
    let manifest = variable("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = manifest.as_deref().and_then(Path::parent);
    root.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The build cache: this program lies in its folder `debug`.
pub(crate) fn target_folder() -> Result<PathBuf, String> {
    let program =
        std::env::current_exe().map_err(|e| format!("cannot find the build cache: {e}"))?;
    let folder = program.parent().and_then(Path::parent);
    folder
        .map(Path::to_path_buf)
        .ok_or_else(|| "cannot find the build cache".to_owned())
}

/// The variables `cargo run` has set for us. A cargo we start must not see them: build scripts
/// (ring's among them) watch some of these, and would compile anew under each caller.
pub(crate) fn set_by_cargo_run() -> Vec<OsString> {
    let names = std::env::vars_os().map(|(name, _)| name);
    names
        .filter(|name| name.to_str().is_some_and(is_set_by_cargo_run))
        .collect()
}

fn is_set_by_cargo_run(name: &str) -> bool {
    const WHOLE: [&str; 4] = [
        "CARGO",
        "CARGO_CRATE_NAME",
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
    ];
    const BEGINNINGS: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"];
    WHOLE.contains(&name)
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cargo_run_sets_is_taken_away() {
        for ours in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "OUT_DIR"] {
            assert!(is_set_by_cargo_run(ours), "{ours}");
        }
        for users in [
            "CARGO_TARGET_DIR",
            "CARGO_HOME",
            "CARGO_PROFILE_DEV_DEBUG",
            "PATH",
        ] {
            assert!(!is_set_by_cargo_run(users), "{users}");
        }
    }
}
