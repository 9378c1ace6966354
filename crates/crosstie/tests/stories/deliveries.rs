//! `crosstie deliveries`: the log from the shell.

use crate::harness::{Server, Stand, TOKEN, binary, push, sha};
use sandbox::jira::{Fault, Flavour};
use serde_json::Value;
use std::process::{Command, Output};

/// Runs it in an empty folder; what it says, and whether it went well.
fn deliveries(server: &str, token: &str, arguments: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary());
    command
        .arg("deliveries")
        .args(arguments)
        .current_dir(folder.path())
        .env("CROSSTIE_SERVER", server)
        .env("CROSSTIE_TOKEN", token);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = [stdout, stderr].concat();
    (status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_listed_shown_and_retried() {
    let server = Server::start_with(&[("CROSSTIE_RETRY_SCHEDULE", "0s")]);
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    stand.jira.set_fault(Fault::ServerError);
    server
        .hook("group/p", &push("work", &sha(1), "AB-1"), "1")
        .await;
    server
        .hook("group/p", &push("work", &sha(2), "no key"), "2")
        .await;
    let rows = server.settled(project, 2).await;
    stand.jira.set_fault(Fault::None);
    let ask = |arguments: &[&str]| {
        let (well, said) = deliveries(&server.url, TOKEN, arguments);
        assert!(well, "{arguments:?}: {said}");
        said
    };

    let list = ask(&["list", "--project", "group/p"]);
    let lines: Vec<_> = list.lines().collect();
    assert!(lines[0].starts_with("ID") && lines.len() == 3, "{list}");
    assert!(
        lines[1].contains("skipped") && lines[1].contains("no issue key"),
        "{list}"
    );
    let failed = ask(&[
        "list",
        "--project",
        "group/p",
        "--status",
        "failed",
        "--integration",
        "jira",
        "--limit",
        "5",
        "--json",
    ]);
    let failed: Value = serde_json::from_str(&failed).unwrap();
    assert_eq!(
        (failed.as_array().unwrap().len(), &failed[0]["id"]),
        (1, &rows[1]["id"])
    );

    let id = rows[1]["id"].to_string();
    let shown = ask(&["show", &id]);
    for words in [
        "status: failed",
        "attempt 1 at 2",
        "GET http://127.0.0.1",
        "-> 500",
        "answered: ",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(ask(&["retry", &id]).contains("tried again"));
    server.settled(project, 2).await;
    assert!(ask(&["show", &id]).contains("status: delivered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_what_to_do() {
    let mut server = Server::start();
    server.project("p", "gitlab").await;
    let list = ["list", "--project", "group/p"];
    let refused = |url: &str, token: &str, arguments: &[&str]| {
        let (well, said) = deliveries(url, token, arguments);
        assert!(
            !well && said.starts_with("crosstie: ") && said.lines().count() == 1,
            "{said}"
        );
        said
    };
    assert!(refused(&server.url, "glpat-wrong", &list).contains("refused the token"));
    assert!(refused(&server.url, "", &list).contains("set CROSSTIE_TOKEN"));
    assert!(refused(&server.url, TOKEN, &["show", "99"]).contains("404 Delivery Not Found"));
    assert!(
        refused(&server.url, TOKEN, &["list", "--project", "no/such"])
            .contains("404 Project Not Found")
    );
    assert!(server.stop().success());
    assert!(
        refused(&server.url, TOKEN, &list).contains("start it, or name another one with --server")
    );
}
