//! A project has one issue tracker at a time, by whatever way another would become active.

use crate::harness::Server;
use outbound::Method;
use serde_json::{Value, json};

const IN_USE: &str = "Another issue tracker is already in use";
const GROUP: &str = "/api/v4/groups/group/integrations";

fn jira() -> Value {
    json!({"url": "https://jira.test", "username": "u", "password": "p"})
}

fn custom(host: &str) -> Value {
    json!({
        "project_url": format!("https://{host}/"),
        "issues_url": format!("https://{host}/:id"),
        "new_issue_url": format!("https://{host}/new"),
    })
}

const TRACKERS: [&str; 9] = [
    "bugzilla",
    "clickup",
    "custom-issue-tracker",
    "ewm",
    "jira",
    "linear",
    "phorge",
    "redmine",
    "youtrack",
];

/// The issue trackers that are active for the project, by slug.
async fn active(server: &Server, project: i64) -> Vec<String> {
    let path = format!("/api/v4/projects/{project}/integrations");
    let list = server.get(&path).await;
    let rows = list.as_array().unwrap().iter();
    let mut slugs: Vec<String> = rows
        .map(|row| row["slug"].as_str().unwrap().to_owned())
        .collect();
    slugs.sort();
    slugs
}

#[tokio::test]
async fn a_second_tracker_is_refused_whichever_way_it_comes() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    let own = format!("{base}/jira");
    let other = format!("{base}/custom-issue-tracker");
    server.put(&own, jira()).await;
    server
        .put(
            &format!("{GROUP}/custom-issue-tracker"),
            custom("issues.test"),
        )
        .await;
    let inherit = json!({"use_inherited_settings": true});
    for body in [custom("own.test"), inherit.clone()] {
        let answer = server.call(Method::Put, &other, Some(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains(IN_USE), "{}", answer.body);
    }
    let apply = async |entries: Value| {
        let body = json!({"settings": {"projects": {"group/p": {"integrations": entries}}}});
        server
            .call(Method::Post, "/api/crosstie/v1/apply", Some(body))
            .await
    };
    for entry in [custom("own.test"), json!({"inherit": true})] {
        let answer = apply(json!({"custom-issue-tracker": entry})).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        let error = &answer.json().unwrap()["errors"][0];
        assert_eq!(
            error["path"],
            json!([
                "projects",
                "group/p",
                "integrations",
                "custom-issue-tracker"
            ])
        );
        assert!(error["message"].as_str().unwrap().contains(IN_USE));
    }
    assert_eq!(active(&server, project).await, ["jira"]);

    // One document may exchange the one for the other.
    let exchanged =
        apply(json!({"custom-issue-tracker": {"inherit": true}, "jira": {"active": false}})).await;
    assert_eq!(exchanged.status, 200, "{}", exchanged.body);
    assert_eq!(active(&server, project).await, ["custom-issue-tracker"]);
    let back = server.call(Method::Put, &own, Some(jira())).await;
    assert_eq!(back.status, 400, "{}", back.body);
}

#[tokio::test]
async fn all_issue_trackers_count() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    for (slug, first) in TRACKERS
        .into_iter()
        .zip([vec![true], vec![false; 8]].concat())
    {
        let mut body = custom("issues.test");
        if let Value::Object(body) = &mut body {
            body.extend(jira().as_object().cloned().unwrap());
            body.insert("workspace_url".into(), "https://linear.app/example".into());
        }
        let answer = server
            .call(Method::Put, &format!("{base}/{slug}"), Some(body))
            .await;
        assert_eq!(answer.status == 200, first, "{slug}: {}", answer.body);
        assert_eq!(
            answer.body.contains(IN_USE),
            !first,
            "{slug}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn one_that_comes_from_above_gives_way_to_what_is_nearer() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let base = format!("/api/v4/projects/{project}/integrations");
    server
        .put(
            "/api/crosstie/v1/integrations/custom-issue-tracker",
            custom("issues.test"),
        )
        .await;
    assert_eq!(active(&server, project).await, ["custom-issue-tracker"]);
    server.put(&format!("{GROUP}/jira"), jira()).await;
    assert_eq!(active(&server, project).await, ["jira"]);
    let own = format!("{base}/custom-issue-tracker");
    server.put(&own, custom("own.test")).await;
    assert_eq!(active(&server, project).await, ["custom-issue-tracker"]);
    let shown = server.get(&format!("{base}/jira")).await;
    assert_eq!(
        (&shown["active"], &shown["inherited"]),
        (&json!(false), &json!(true)),
        "{shown}"
    );
    let path = format!("/api/crosstie/v1/projects/{project}/integrations/jira/effective");
    assert_eq!(server.get(&path).await["active"], false);
    let text = json!({"text": "#7 and AB-1", "gfm": true, "project": "group/p"});
    let html = server.post("/api/v4/markdown", text).await;
    let html = html["html"].as_str().unwrap();
    assert!(html.contains("https://own.test/7"), "{html}");
    assert!(!html.contains("jira.test"), "{html}");

    server.call(Method::Delete, &own, None).await;
    assert_eq!(active(&server, project).await, ["jira"]);
    let of_group = format!("{GROUP}/jira");
    server.call(Method::Delete, &of_group, None).await;
    server
        .put(&own, json!({"use_inherited_settings": true}))
        .await;
    assert_eq!(active(&server, project).await, ["custom-issue-tracker"]);
}
