//! Jira's settings over GitLab's API: what is taken, what is refused, what is never shown.

use crate::harness::{Server, Stand};
use outbound::Method;
use sandbox::jira::Flavour;
use serde_json::{Value, json};

#[tokio::test]
async fn set_read_list_and_reset() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    assert_eq!(
        server
            .call(Method::Get, &format!("{base}/jira"), None)
            .await
            .status,
        404
    );
    assert_eq!(server.get(&base).await, json!([]));

    let mut settings = stand.settings();
    settings["project_keys"] = json!(["AB", " AB ", ""]);
    settings["commit_events"] = json!("0");
    let saved = server.put(&format!("{base}/jira"), settings).await;
    assert_eq!(
        (&saved["slug"], &saved["active"], &saved["commit_events"]),
        (&json!("jira"), &json!(true), &json!(false))
    );
    assert_eq!(saved["properties"]["project_keys"], json!(["AB"]));
    assert_eq!(saved["properties"]["jira_auth_type"], json!(0));
    assert_eq!(
        saved["properties"].get("password"),
        None,
        "a secret is missing, not masked"
    );
    assert_eq!(
        server.get("/api/v4/projects/group%2Fp/services/jira").await,
        saved
    );
    let list = server.get(&base).await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0].get("properties"), None);

    assert_eq!(
        server
            .call(Method::Delete, &format!("{base}/jira"), Some(json!({})))
            .await
            .status,
        204
    );
    let reset = server.get(&format!("{base}/jira")).await;
    assert_eq!(
        (&reset["active"], &reset["properties"]["url"]),
        (&json!(false), &json!(null))
    );
    assert_eq!(reset["commit_events"], json!(false), "switches survive");
    assert_eq!(server.get(&base).await, json!([]));
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_name_and_nothing_is_saved() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let good = json!({"url": "https://jira.test", "username": "u", "password": "p"});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let cases = [
        (json!({}), "url is missing, password is missing"),
        (
            with("jira_auth_type", json!(7)),
            "jira_auth_type does not have a valid value",
        ),
        (
            with("jira_auth_type", json!("x")),
            "jira_auth_type is invalid",
        ),
        (with("project_keys", json!("AB")), "project_keys is invalid"),
        (
            with("url", json!("ftp://jira.test")),
            "is blocked: Only allowed schemes are http, https",
        ),
        (with("url", json!("https://u:p@jira.test")), "own fields"),
        (with("url", json!("http://10.0.0.1")), "--outbound-allow"),
        (with("url", json!("")), ":url=>[\"can't be blank\"]"),
        (
            with("username", json!("")),
            ":username=>[\"can't be blank\"]",
        ),
        (
            with("password", json!("")),
            ":password=>[\"can't be blank\"]",
        ),
        (with("jira_issue_regex", json!("(")), "jira_issue_regex"),
        (with("jira_issue_regex", json!("(?=x)")), "jira_issue_regex"),
        (
            with("jira_issue_regex", json!("a".repeat(256))),
            "jira_issue_regex",
        ),
        (with("jira_issue_prefix", json!("[")), "jira_issue_prefix"),
        (
            with("jira_issue_transition_id", json!("none")),
            "IDs must be a list of numbers",
        ),
    ];
    for (body, words) in cases {
        let answer = server.call(Method::Put, &path, Some(body.clone())).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        let said = answer.json().unwrap();
        let said = said["message"]
            .as_str()
            .or(said["error"].as_str())
            .unwrap()
            .to_owned();
        assert!(said.contains(words), "{body}: {said}");
    }
    assert_eq!(
        server.call(Method::Get, &path, None).await.status,
        404,
        "nothing half-saved"
    );
}

#[tokio::test]
async fn a_secret_is_not_carried_over_to_another_host() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    server
        .put(
            &path,
            json!({"url": "https://jira.test/a", "username": "u", "password": "p"}),
        )
        .await;
    // A client that leaves the password out is told so before anything else.
    let moved = server
        .call(
            Method::Put,
            &path,
            Some(json!({"url": "https://evil.test", "username": "u"})),
        )
        .await;
    assert_eq!(
        (moved.status, moved.body.contains("password is missing")),
        (400, true),
        "{}",
        moved.body
    );
    let kept = server.get(&path).await;
    assert_eq!(kept["properties"]["url"], "https://jira.test/a");
}

#[tokio::test]
async fn the_test_says_what_jira_says() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Cloud).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let path = format!("/api/crosstie/v1/projects/{project}/integrations/jira/test");
    let good = server.post(&path, json!({})).await;
    assert_eq!(good["success"], json!(true), "{good}");
    assert_eq!(good["result"]["deploymentType"], "Cloud");
    let mut wrong = stand.settings();
    wrong["password"] = json!("wrong");
    server
        .put(
            &format!("/api/v4/projects/{project}/integrations/jira"),
            wrong,
        )
        .await;
    let bad = server.post(&path, json!({})).await;
    assert_eq!(bad["success"], json!(false));
    assert!(
        bad["result"].as_str().unwrap().contains("credentials"),
        "{bad}"
    );
}

#[tokio::test]
async fn rights_come_before_values() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    assert_eq!(
        server
            .call_as("nonsense", Method::Put, &path, Some(json!({})))
            .await
            .status,
        401
    );
    let user = server.post("/api/v4/users", json!({"username": "dev", "name": "Dev", "email": "dev@x.test", "password": "a long password"})).await;
    let token = server
        .post(
            &format!("/api/v4/users/{}/personal_access_tokens", user["id"]),
            json!({"name": "t", "scopes": ["api"]}),
        )
        .await;
    let token = token["token"].as_str().unwrap();
    assert_eq!(
        server
            .call_as(token, Method::Put, &path, Some(json!({})))
            .await
            .status,
        404,
        "a private project is absent"
    );
    server
        .post(
            &format!("/api/v4/projects/{project}/members"),
            json!({"user_id": user["id"], "access_level": 30}),
        )
        .await;
    assert_eq!(
        server
            .call_as(token, Method::Put, &path, Some(json!({})))
            .await
            .status,
        403
    );
    assert_eq!(
        server
            .call_as(
                token,
                Method::Get,
                &format!("/api/crosstie/v1/projects/{project}/deliveries"),
                None
            )
            .await
            .status,
        403
    );
}
