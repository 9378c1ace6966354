//! Settings that are wrong, or come from somebody who may not: told by name.

use crate::harness::{Server, binary};
use outbound::Method;
use serde_json::{Value, json};
use std::process::Command;

fn jira() -> Value {
    json!({"url": "https://jira.test", "username": "u", "password": "p"})
}

#[tokio::test]
async fn an_unknown_integration_is_named_and_an_unknown_parameter_is_told_in_a_header() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    let unknown = server
        .call(Method::Get, &format!("{base}/jirra"), None)
        .await;
    assert_eq!(
        (unknown.status, unknown.body.as_str()),
        (400, r#"{"error":"slug does not have a valid value"}"#)
    );
    let mut body = jira();
    body["issues_enabeld"] = json!(true);
    let answer = server
        .call(Method::Put, &format!("{base}/jira"), Some(body))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        answer.header("x-crosstie-ignored-parameters"),
        Some("issues_enabeld")
    );
    assert!(!answer.body.contains("enabeld"), "{}", answer.body);
}

#[tokio::test]
async fn a_list_of_too_many_channels_is_refused_by_the_name_of_its_event() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/slack");
    let many: Vec<String> = (0..50).map(|number| format!("#c{number}")).collect();
    let body = json!({"webhook": "https://hooks.slack.test/x", "push_channel": many.join(",")});
    let answer = server.call(Method::Put, &path, Some(body)).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(
        answer
            .body
            .contains(":push_channel=>[\\\"cannot have more than"),
        "{}",
        answer.body
    );
    let body = json!({"webhook": "https://hooks.slack.test/x", "push_channel": ["#a", "#b"]});
    let answer = server.call(Method::Put, &path, Some(body)).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (400, r#"{"error":"push_channel is invalid"}"#)
    );
    let irker = format!("/api/v4/projects/{project}/integrations/irker");
    let body = json!({"server_host": "irc.test", "recipients": "dev talk"});
    let answer = server.call(Method::Put, &irker, Some(body)).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(
        answer.body.contains(":recipients=>[\\\"are all invalid"),
        "{}",
        answer.body
    );
    assert_eq!(server.call(Method::Get, &path, None).await.status, 404);
}

#[tokio::test]
async fn tokens_that_are_too_small_or_over_are_told_why() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let token = async |scopes: Value| {
        let body = json!({"name": "t", "scopes": scopes});
        let made = server.post("/api/v4/users/1/personal_access_tokens", body);
        let made = made.await;
        (
            made["id"].clone(),
            made["token"].as_str().unwrap().to_owned(),
        )
    };
    let (_, small) = token(json!(["read_api"])).await;
    let answer = server
        .call_as(&small, Method::Put, &path, Some(jira()))
        .await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(answer.json().unwrap()["error"], "insufficient_scope");
    assert_eq!(answer.json().unwrap()["scope"], "api read_api");
    let (id, revoked) = token(json!(["api"])).await;
    server
        .call(
            Method::Delete,
            &format!("/api/v4/personal_access_tokens/{id}"),
            None,
        )
        .await;
    let answer = server
        .call_as(&revoked, Method::Put, &path, Some(jira()))
        .await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(answer.body.contains("revoked"), "{}", answer.body);
    let made = Command::new(binary())
        .args(["token", "create", "--user", "root", "--scopes", "api"])
        .args(["--expires", "2001-02-03", "--data"])
        .arg(server.data())
        .output()
        .unwrap();
    let expired = String::from_utf8(made.stdout).unwrap();
    let answer = server
        .call_as(expired.trim(), Method::Put, &path, Some(jira()))
        .await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(answer.body.contains("expired"), "{}", answer.body);
    assert_eq!(server.call(Method::Get, &path, None).await.status, 404);
}
