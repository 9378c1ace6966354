//! Starting and stopping: what is made once, what is refused, and what is said.

use crate::harness::{Server, binary, command};
use outbound::Method;
use std::process::{Command, Output};

/// Starts a server that cannot start, and answers what it said.
fn refusal(mut command: Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[test]
fn options_that_are_wrong_are_named() {
    let data = tempfile::tempdir().unwrap();
    for (variable, value, words) in [
        ("CROSSTIE_EXTERNAL_URL", "nonsense", "--external-url"),
        ("CROSSTIE_RETRY_SCHEDULE", "often", "--retry-schedule"),
        ("CROSSTIE_SECRET_KEY", "short", "CROSSTIE_SECRET_KEY"),
    ] {
        let mut command = command(data.path(), "127.0.0.1:0");
        command.env(variable, value);
        let said = refusal(command);
        assert!(said.contains(words), "{said}");
    }
    std::fs::write(data.path().join("crosstie.toml"), "lisen = 'x'").unwrap();
    let said = refusal(command(data.path(), "127.0.0.1:0"));
    assert!(
        said.contains("crosstie.toml") && said.contains("lisen"),
        "{said}"
    );
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let server = Server::start();
    let said = refusal(command(server.data(), "127.0.0.1:0"));
    assert!(said.contains("another Crosstie"), "{said}");
}

#[tokio::test]
async fn credentials_that_were_not_given_are_made_once_and_told_by_file() {
    let data = tempfile::tempdir().unwrap();
    let mut first = command(data.path(), "127.0.0.1:0");
    first
        .env_remove("CROSSTIE_ROOT_TOKEN")
        .env_remove("CROSSTIE_ROOT_PASSWORD")
        .env("CROSSTIE_LISTEN", "127.0.0.1:0");
    first.stderr(std::process::Stdio::piped());
    let mut child = first.spawn().unwrap();
    let mut said = String::new();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    while !said.contains("ready") {
        said.push_str(&lines.next().unwrap().unwrap());
        said.push('\n');
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for name in ["root_token", "root_password", "secret_key"] {
        let path = data.path().join(name);
        assert!(said.contains(path.to_str().unwrap()), "{name}: {said}");
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&path).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{name}");
        assert!(
            !said.contains(std::fs::read_to_string(&path).unwrap().trim()),
            "{name} is in the log"
        );
    }
}

#[tokio::test]
async fn operators_are_answered() {
    let server = Server::start();
    for (path, words) in [
        ("/-/health", "OK"),
        ("/-/liveness", "\"ok\""),
        ("/-/readiness", "\"ok\""),
        ("/-/metrics", "crosstie_pending_deliveries 0"),
        ("/-/openapi.json", "/api/v4/projects/{id}/integrations/jira"),
    ] {
        let answer = server.call_as("", Method::Get, path, None).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
        assert!(answer.header("x-request-id").is_some());
    }
}

#[test]
fn tokens_are_made_from_the_shell() {
    let server = Server::start();
    let output = Command::new(binary())
        .args([
            "token",
            "create",
            "--user",
            "root",
            "--scopes",
            "read_api",
            "--expires",
            "2099-01-31",
            "--data",
        ])
        .arg(server.data())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let token = String::from_utf8(output.stdout).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let token = token.trim();
        assert_eq!(
            server
                .call_as(token, Method::Get, "/api/v4/user", None)
                .await
                .status,
            200
        );
        let answer = server
            .call_as(
                token,
                Method::Post,
                "/api/v4/groups",
                Some(serde_json::json!({"name": "x", "path": "x"})),
            )
            .await;
        assert_eq!(answer.status, 403, "read_api cannot write");
    });
}
