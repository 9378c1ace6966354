//! Who changed what: told for every change, without a secret in it.

use crate::harness::{HOOK_SECRET, JIRA_PASSWORD, Server, binary};
use outbound::Method;
use serde_json::{Value, json};
use std::process::Command;

const LOG: &str = "/api/crosstie/v1/audit_events";

/// The entries of a list, newest first.
async fn entries(server: &Server, query: &str) -> Vec<Value> {
    let list = server.get(&format!("{LOG}{query}")).await;
    list.as_array().unwrap().clone()
}

/// A change of a list, by its name.
#[track_caller]
fn change<'a>(entry: &'a Value, name: &str) -> &'a Value {
    let changes = entry["changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {entry}"))
}

fn plain(name: &str, old: Value, new: Value) -> Value {
    json!({ "name": name, "old": old, "new": new })
}

fn secret(name: &str, became: &str) -> Value {
    json!({ "name": name, "old": null, "new": null, "secret": became })
}

async fn user(server: &Server, name: &str) -> (Value, String) {
    let body = json!({"username": name, "name": name, "email": format!("{name}@x.test")});
    let id = server.post("/api/v4/users", body).await["id"].clone();
    let path = format!("/api/v4/users/{id}/personal_access_tokens");
    let token = json!({"name": format!("{name}'s"), "scopes": ["api"]});
    let token = server.post(&path, token).await["token"].clone();
    (id, token.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn settings_and_sources_say_who_changed_what() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let first = json!({"url": "https://jira.test/a", "username": "u", "password": JIRA_PASSWORD, "commit_events": false});
    server.put(&path, first.clone()).await;
    server.put(&path, first).await;
    server
        .put(
            &path,
            json!({"url": "https://jira.test/b", "username": "u", "password": "other-secret"}),
        )
        .await;
    let refused = json!({"url": "nonsense", "username": "u", "password": "x"});
    assert_eq!(
        server.call(Method::Put, &path, Some(refused)).await.status,
        400
    );
    server.call(Method::Delete, &path, None).await;
    let source = format!("/api/crosstie/v1/projects/{project}/source");
    server
        .put(
            &source,
            json!({"kind": "gitlab", "web_url": "https://git.test/p", "secret": HOOK_SECRET}),
        )
        .await;

    let own = format!("/api/crosstie/v1/projects/{project}/audit_events");
    let all = server.get(&own).await;
    let actions: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["action"])
        .collect();
    let wanted = [
        "source.saved",
        "integration.reset",
        "integration.saved",
        "integration.saved",
        "source.saved",
        "project.created",
    ];
    assert_eq!(
        actions, wanted,
        "a save that changes nothing, or is refused, is not told"
    );

    let [moved, reset, second, first, made, _] = [0, 1, 2, 3, 4, 5].map(|place| &all[place]);
    assert_eq!(
        first["about"],
        json!({"level": "project", "id": project, "path": "group/p"})
    );
    assert_eq!(
        (&first["integration"], &first["actor"]["name"]),
        (&json!("jira"), &json!("root"))
    );
    assert_eq!(first["address"], "127.0.0.1");
    assert_eq!(
        change(first, "url"),
        &plain("url", json!(null), json!("https://jira.test/a"))
    );
    assert_eq!(
        change(first, "commit_events"),
        &plain("commit_events", json!(null), json!(false))
    );
    assert_eq!(
        change(first, "active"),
        &plain("active", json!(false), json!(true))
    );
    assert_eq!(change(first, "password"), &secret("password", "set"));
    assert_eq!(
        second["changes"],
        json!([
            plain(
                "url",
                json!("https://jira.test/a"),
                json!("https://jira.test/b")
            ),
            secret("password", "changed")
        ])
    );
    assert_eq!(change(reset, "password"), &secret("password", "removed"));
    assert_eq!(
        change(reset, "active"),
        &plain("active", json!(true), json!(false))
    );
    assert_eq!(change(made, "secret"), &secret("secret", "set"));
    assert_eq!(
        moved["changes"],
        json!([plain("web_url", json!(""), json!("https://git.test/p"))])
    );
    for hidden in [JIRA_PASSWORD, "other-secret", HOOK_SECRET] {
        assert!(!all.to_string().contains(hidden), "{hidden}");
    }
    assert_eq!(
        entries(&server, "?project=group%2Fp&integration=jira")
            .await
            .len(),
        3
    );
    let later = first["created_at"].as_str().unwrap();
    assert!(
        entries(&server, &format!("?created_after={later}&integration=jira"))
            .await
            .contains(first)
    );
    assert!(
        entries(&server, "?created_before=2001-02-03")
            .await
            .is_empty()
    );
    assert_eq!(
        server
            .call(Method::Get, &format!("{LOG}?created_after=soon"), None)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn people_tokens_and_projects_are_told_even_when_they_are_gone() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let (id, token) = user(&server, "dev").await;
    let members = format!("/api/v4/projects/{project}/members");
    server
        .post(&members, json!({"user_id": id, "access_level": 30}))
        .await;
    server
        .put(&format!("{members}/{id}"), json!({"access_level": 40}))
        .await;
    let own = "/api/v4/personal_access_tokens/self";
    assert_eq!(
        server
            .call_as(&token, Method::Delete, own, None)
            .await
            .status,
        204
    );
    server
        .call(Method::Delete, &format!("{members}/{id}"), None)
        .await;
    server
        .call(Method::Delete, &format!("/api/v4/projects/{project}"), None)
        .await;
    let made = Command::new(binary())
        .args([
            "token", "create", "--user", "dev", "--scopes", "api", "--data",
        ])
        .arg(server.data())
        .output()
        .unwrap();
    assert!(made.status.success());

    let told: Vec<String> = entries(&server, "")
        .await
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["actor"]["name"].as_str().unwrap(),
                entry["action"].as_str().unwrap(),
                entry["about"]["path"].as_str().unwrap()
            )
        })
        .collect();
    let wanted = [
        "command line token.created dev",
        "root project.deleted group/p",
        "root member.removed group/p",
        "dev token.revoked dev",
        "root member.changed group/p",
        "root member.added group/p",
        "root token.created dev",
        "root user.created dev",
        "root source.saved group/p",
        "root project.created group/p",
        "root group.created group",
    ];
    assert_eq!(told, wanted);
    let changed = &entries(&server, "?action=member.changed").await[0]["changes"][0];
    let level =
        |number: i64| json!({"username": "dev", "access_level": number, "expires_at": null});
    assert_eq!(changed, &plain("member", level(30), level(40)));
    for (query, count) in [
        ("?user=dev", 1),
        ("?group=GROUP", 1),
        ("?project=group%2Fp", 6),
    ] {
        assert_eq!(entries(&server, query).await.len(), count, "{query}");
    }
    let page = server
        .call(Method::Get, &format!("{LOG}?per_page=2&page=2"), None)
        .await;
    assert_eq!(
        (page.header("x-total"), page.header("x-next-page")),
        (Some("11"), Some("3"))
    );
}

#[tokio::test]
async fn the_log_is_for_administrators_and_a_projects_part_for_its_maintainers() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let (id, token) = user(&server, "dev").await;
    let members = format!("/api/v4/projects/{project}/members");
    server
        .post(&members, json!({"user_id": id, "access_level": 30}))
        .await;
    let own = format!("/api/crosstie/v1/projects/{project}/audit_events");
    for path in [LOG, &own] {
        assert_eq!(
            server.call_as(&token, Method::Get, path, None).await.status,
            403,
            "{path}"
        );
    }
    server
        .put(&format!("{members}/{id}"), json!({"access_level": 40}))
        .await;
    assert_eq!(
        server.call_as(&token, Method::Get, &own, None).await.status,
        200
    );
    assert_eq!(
        server.call_as(&token, Method::Get, LOG, None).await.status,
        403
    );
}
