//! `cargo xtask conformance`: what we take and send against recorded payloads and official API
//! descriptions, which lie outside the repository.

use std::path::Path;

use crate::sh::{self, Outcome};
use crate::{env, setup};

/// Runs the suite with the data in `shared`. Without data there is nothing to run, which in CI
/// is a failure.
pub(crate) fn run(root: &Path, shared: &Path) -> Outcome {
    let Ok(shared) = shared.canonicalize() else {
        return without_data(shared, env::in_ci());
    };
    // The same package selection as `cargo xtask test`, so that nothing is built twice.
    let suite = ["test", "--workspace", "--test", "stories", "conformance::"];
    let mut command = sh::cargo(root, &suite);
    setup::peers()?.announce(&mut command);
    sh::run(command.env("CROSSTIE_SHARED", shared))
}

fn without_data(shared: &Path, in_ci: bool) -> Outcome {
    let what = format!(
        "no conformance data in {}; name its folder with --shared",
        shared.display()
    );
    if in_ci {
        return Err(what);
    }
    println!("NOT TESTED: {what}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_data_fails_in_ci_alone() {
        let why = without_data(Path::new("nowhere"), true).expect_err("CI must not skip");
        assert!(why.contains("no conformance data in nowhere"), "{why}");
        assert_eq!(without_data(Path::new("nowhere"), false), Ok(()));
    }
}
