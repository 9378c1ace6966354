//! GitLab's own clients, unmodified: what each sets up, it reads back, finds in the list and
//! switches off, for every integration; and its own kind of error tells what the server says.
//!
//! go-gitlab and Terraform's provider are replayed: see `recorded`. The Rust crate `gitlab` has no
//! calls for integrations.

mod plan;
mod recorded;

use crate::harness::{Server, TOKEN};
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What the set-up has told of a client; without it the test is skipped aloud, or fails in CI.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner tells the tests its set-up through the environment"
)]
fn told(variable: &str, what: &str) -> Option<String> {
    let place = std::env::var(variable).ok();
    if place.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "{what} has to be there: run cargo xtask test"
        );
        println!("skipped: {what} is not set up (cargo xtask test does it)");
    }
    place
}

/// The Python of the test environment.
pub(crate) fn python() -> Option<String> {
    told("CROSSTIE_PYTHON", "the Python environment")
}

/// Node, which finds the packages of the test environment.
fn node() -> Option<Command> {
    let modules = told("CROSSTIE_NODE_MODULES", "the Node environment")?;
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules);
    Some(node)
}

/// A script of this folder.
fn script(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stories/clients");
    format!("{folder}/{name}")
}

/// Runs a client's script with that input, and expects it to end well; answers what it said.
fn run(command: &mut Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that has failed early does not read, and its complaint says more than this error.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    said
}

/// Lets a client manage all integrations of a server.
async fn manage_every_integration(client: &mut Command) {
    let server = server();
    let plan = plan::plan(&server).await;
    let said = run(client, &plan.to_string());
    let count = plan["integrations"].as_array().unwrap().len();
    assert!(count >= 50, "only {count} integrations");
    assert_eq!(said, format!("all is well: {count} integrations\n"));
}

/// A server that offers all integrations.
fn server() -> Server {
    Server::start_with(&[("CROSSTIE_ENV", "development")])
}

#[test]
fn python_gitlab_manages_identity_and_settings() {
    let Some(python) = python() else { return };
    let server = Server::start();
    let mut python = Command::new(python);
    python.args([&script("python_identity.py"), &server.url, TOKEN]);
    assert_eq!(run(&mut python, ""), "all is well\n");
}

#[tokio::test]
async fn python_gitlab_manages_every_integration() {
    let Some(python) = python() else { return };
    let mut python = Command::new(python);
    manage_every_integration(python.arg(script("python_library.py"))).await;
}

#[tokio::test]
async fn the_command_gitlab_manages_every_integration() {
    let Some(python) = python() else { return };
    let mut python = Command::new(python);
    manage_every_integration(python.arg(script("gitlab_command.py"))).await;
}

#[tokio::test]
async fn gitbeaker_manages_every_integration() {
    let Some(mut node) = node() else { return };
    manage_every_integration(node.arg(script("gitbeaker.cjs"))).await;
}
