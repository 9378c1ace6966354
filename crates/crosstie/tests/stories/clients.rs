//! GitLab's own clients, unmodified.

use crate::harness::{Server, TOKEN};
use std::process::Command;

/// The Python of the test environment; without it the test is skipped aloud, or fails in CI.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner tells the tests its set-up through the environment"
)]
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("CROSSTIE_PYTHON").ok();
    if python.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "the Python environment has to be there: run cargo xtask test"
        );
        println!("skipped: the Python environment is not set up (cargo xtask test does it)");
    }
    python
}

#[test]
fn python_gitlab_manages_identity_and_settings() {
    let Some(python) = python() else { return };
    let server = Server::start();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/stories/python_gitlab.py"
    );
    let output = Command::new(python)
        .args([script, &server.url, TOKEN])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("all is well"));
}
