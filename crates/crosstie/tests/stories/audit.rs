//! Who changed what: told for every change, without a secret in it.

use crate::browser::Browser;
use crate::harness::{HOOK_SECRET, JIRA_PASSWORD, Server, binary};
use outbound::Method;
use serde_json::{Value, json};
use std::process::Command;

const LOG: &str = "/api/crosstie/v1/audit_events";
/// A password that replaces another.
const OTHER: &str = "story-other-password";

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

fn plain(name: &str, [old, new]: [Value; 2]) -> Value {
    Value::from_iter([("name", name.into()), ("old", old), ("new", new)])
}

/// A list has a change of that name, and it is that.
#[track_caller]
fn changed(entry: &Value, name: &str, values: [Value; 2]) {
    assert_eq!(change(entry, name), &plain(name, values));
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

/// Saves Jira's settings twice over, moves them, fails to, resets them, and changes the source.
async fn change_all(server: &Server, project: i64) {
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let first = json!({"url": "https://jira.test/a", "username": "u", "password": JIRA_PASSWORD, "commit_events": false});
    server.put(&path, first.clone()).await;
    server.put(&path, first).await;
    let moved = json!({"url": "https://jira.test/b", "username": "u", "password": OTHER});
    server.put(&path, moved).await;
    let refused = json!({"url": "nonsense", "username": "u", "password": "x"});
    let refused = server.call(Method::Put, &path, Some(refused)).await;
    assert_eq!(refused.status, 400);
    server.call(Method::Delete, &path, None).await;
    let source = format!("/api/crosstie/v1/projects/{project}/source");
    let moved = json!({"kind": "gitlab", "web_url": "https://git.test/p", "secret": HOOK_SECRET});
    server.put(&source, moved).await;
}

#[tokio::test]
async fn settings_and_sources_say_who_changed_what() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    change_all(&server, project).await;
    let own = format!("/api/crosstie/v1/projects/{project}/audit_events");
    let all = server.get(&own).await;
    let [moved, reset, second, first, made, _] = &all.as_array().unwrap()[..] else {
        panic!("a save that changes nothing, or is refused, is not told: {all}");
    };
    let about = json!({"level": "project", "id": project, "path": "group/p"});
    assert_eq!(first["about"], about);
    assert_eq!(first["integration"], "jira");
    assert_eq!(first["actor"]["name"], "root");
    assert_eq!(first["address"], "127.0.0.1");
    let [a, b, web] = ["jira.test/a", "jira.test/b", "git.test/p"];
    let [a, b, web] = [a, b, web].map(|rest| json!(format!("https://{rest}")));
    changed(first, "url", [json!(null), a.clone()]);
    changed(first, "commit_events", [json!(null), json!(false)]);
    changed(first, "active", [json!(false), json!(true)]);
    assert_eq!(change(first, "password"), &secret("password", "set"));
    let wanted = json!([plain("url", [a, b]), secret("password", "changed")]);
    assert_eq!(second["changes"], wanted);
    assert_eq!(reset["action"], "integration.reset");
    changed(reset, "active", [json!(true), json!(false)]);
    assert_eq!(change(reset, "password"), &secret("password", "removed"));
    assert_eq!(change(made, "secret"), &secret("secret", "set"));
    assert_eq!(moved["action"], "source.saved");
    assert_eq!(
        moved["changes"],
        json!([plain("web_url", [json!(""), web])])
    );
    for hidden in [JIRA_PASSWORD, OTHER, HOOK_SECRET] {
        assert!(!all.to_string().contains(hidden), "{hidden}");
    }
}

#[tokio::test]
async fn entries_are_found_by_what_they_are_about_and_when() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    change_all(&server, project).await;
    let jira = entries(&server, "?project=group%2Fp&integration=jira").await;
    assert_eq!(jira.len(), 3);
    let first = &jira[2];
    let when = first["created_at"].as_str().unwrap();
    let later = entries(&server, &format!("?created_after={when}&integration=jira")).await;
    assert!(later.contains(first));
    let before = entries(&server, "?created_before=2001-02-03").await;
    assert!(before.is_empty());
    let odd = format!("{LOG}?created_after=soon");
    let odd = server.call(Method::Get, &odd, None).await;
    assert_eq!(
        (odd.status, odd.body.as_str()),
        (400, r#"{"error":"created_after is invalid"}"#)
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
    let edited = &entries(&server, "?action=member.changed").await[0];
    let level =
        |number: i64| json!({"username": "dev", "access_level": number, "expires_at": null});
    changed(edited, "member", [level(30), level(40)]);
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
async fn projects_groups_and_protected_branches_are_told_with_what_changed() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}");
    let described = json!({"description": "what it is", "default_branch": "trunk"});
    server.put(&path, described.clone()).await;
    server.put(&path, described).await;
    server.post(&format!("{path}/archive"), json!({})).await;
    let group = json!({"name": "Other", "path": "other"});
    server.put("/api/v4/groups/group", group).await;
    let branches = format!("{path}/protected_branches");
    server
        .post(&branches, json!({"name": "v*", "push_access_level": 0}))
        .await;
    let one = format!("{branches}/v%2A");
    assert_eq!(server.call(Method::Delete, &one, None).await.status, 204);
    assert_eq!(server.call(Method::Delete, &one, None).await.status, 404);

    let told = entries(&server, "?created_after=2001-02-03").await;
    let actions: Vec<&str> = told
        .iter()
        .take(5)
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    let wanted = [
        "protected_branch.removed",
        "protected_branch.added",
        "group.changed",
        "project.changed",
        "project.changed",
    ];
    assert_eq!(actions, wanted, "what changes nothing is not told");
    let branch = json!({"name": "v*", "push_access_level": 0, "merge_access_level": 40, "allow_force_push": false});
    changed(&told[1], "protected_branch", [json!(null), branch]);
    changed(&told[2], "path", [json!("group"), json!("other")]);
    changed(&told[3], "archived", [json!(false), json!(true)]);
    changed(&told[4], "default_branch", [json!("main"), json!("trunk")]);
    for (action, count) in [("project.changed", 2), ("group.changed", 1)] {
        let found = entries(&server, &format!("?action={action}")).await;
        assert_eq!(found.len(), count, "{action}");
    }
}

#[tokio::test]
async fn sign_ins_are_told_with_the_address_and_without_what_was_typed() {
    let server = Server::start();
    let typed = "story-typed-into-the-wrong-field";
    let mut browser = Browser::new(&server.url);
    for (name, password, status) in [
        ("Root", "wrong", 422),
        (typed, "wrong", 422),
        ("root", "story-password", 303),
    ] {
        browser.try_password(name, password, "").is(status);
    }
    let told = entries(&server, "").await;
    let shown: Vec<String> = told
        .iter()
        .map(|entry| {
            format!(
                "{} {} {} {}",
                entry["actor"]["name"].as_str().unwrap(),
                entry["action"].as_str().unwrap(),
                entry["about"]["level"].as_str().unwrap(),
                entry["about"]["path"].as_str().unwrap(),
            )
        })
        .collect();
    let wanted = [
        "root sign_in.succeeded user root",
        "somebody sign_in.failed instance ",
        "somebody sign_in.failed user root",
    ];
    assert_eq!(shown, wanted);
    for entry in &told {
        assert_eq!(entry["address"], "127.0.0.1");
        assert!(!entry.to_string().contains(typed));
    }
    assert_eq!(entries(&server, "?action=sign_in.failed").await.len(), 2);
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
