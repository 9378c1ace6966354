//! Input that is wrong, huge or hostile: a clear answer, nothing lost, nothing half-saved.

use crate::harness::{HOOK_SECRET, Server, Stand, push, sha};
use outbound::{Answer, Request};
use sandbox::jira::Flavour;
use serde_json::{Value, json};

async fn raw(server: &Server, body: String) -> Answer {
    let mut request = Request::post(format!("{}/hooks/group%2Fp", server.url));
    request.headers.push(("x-gitlab-token", HOOK_SECRET.into()));
    request.body = Some(("application/json", body));
    server.send(request).await
}

#[tokio::test]
async fn bodies_that_are_no_events_are_named() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    for (body, words) in [
        ("", "not valid JSON"),
        ("{\"object_kind\":", "not valid JSON"),
        ("[]", "not valid JSON"),
        ("{}", "unknown event"),
        (r#"{"object_kind":"coffee"}"#, "coffee"),
        (r#"{"object_kind":"push","commits":"many"}"#, "push event"),
        (r#"{"object_kind":"push","commits":[{"id":7}]}"#, "line 1"),
    ] {
        let answer = raw(&server, body.into()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.body.contains(words), "{body}: {}", answer.body);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(raw(&server, deep).await.status, 400);
    assert_eq!(
        server
            .get(&format!("/api/crosstie/v1/projects/{project}/events"))
            .await,
        json!([])
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_below_is_taken() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let with_padding = |length: usize| {
        format!(
            r#"{{"object_kind":"push","padding":"{}"}}"#,
            "x".repeat(length)
        )
    };
    let answer = raw(&server, with_padding(26 * 1024 * 1024)).await;
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert_eq!(
        raw(&server, with_padding(24 * 1024 * 1024)).await.status,
        202
    );
    let events = server
        .get(&format!("/api/crosstie/v1/projects/{project}/events"))
        .await;
    assert_eq!(events.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn huge_and_hostile_messages_reach_jira_tamed() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let hostile =
        "AB-1 [x|javascript:alert(1)] {html}<script>{html} !http://x/y.png! \u{202e}abc\u{0}";
    let huge = format!("AB-2 huge\n\n{}", "lorem ipsum ".repeat(90_000));
    server
        .hook("group/p", &push("wip|]{quote}", &sha(1), hostile), "1")
        .await;
    server
        .hook("group/p", &push("work", &sha(2), &huge), "2")
        .await;
    let rows = server.settled(project, 2).await;
    assert!(
        rows.iter().all(|row| row["status"] == "delivered"),
        "{rows:#?}"
    );
    let issue = stand.jira.issue("AB-1").unwrap();
    let said = &issue.comments[0].text;
    assert!(
        said.contains(r"\[x\|javascript:alert(1)\]") && !said.contains("{html}<"),
        "{said}"
    );
    assert_eq!(stand.jira.issue("AB-2").unwrap().comments.len(), 1);
}

#[tokio::test]
async fn ten_thousand_commits_are_taken_and_what_is_left_out_is_told() {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let mut event = push("work", &sha(0), "");
    let commits: Vec<Value> = (0..10_000)
        .map(|number| json!({"id": sha(number), "message": format!("AB-{} change {number}", number % 9 + 1), "author": {"name": "Ada"}}))
        .collect();
    event["commits"] = commits.into();
    event["total_commits_count"] = json!(10_000);
    assert_eq!(server.hook("group/p", &event, "many").await.status, 202);
    let rows = server.settled(project, 1).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");
    assert!(
        rows[0]["reason"]
            .as_str()
            .unwrap()
            .contains("9900 oldest of 10000"),
        "{rows:#?}"
    );
}

#[tokio::test]
async fn the_api_answers_nonsense_in_gitlabs_shapes() {
    let server = Server::start();
    let answer = async |path: &str, body: &str| {
        let mut request = Request::post(format!("{}{path}", server.url));
        request
            .headers
            .push(("private-token", crate::harness::TOKEN.into()));
        request.body = Some(("application/json", body.to_owned()));
        server.send(request).await
    };
    let broken = answer("/api/v4/groups", "{\"name\":").await;
    assert_eq!(broken.status, 400);
    assert!(
        broken.json().unwrap()["error"]
            .as_str()
            .unwrap()
            .contains("valid application/json")
    );
    assert_eq!(
        answer(
            "/api/v4/groups",
            "{\"name\": \"a\\u0000b\", \"path\": \"x\"}"
        )
        .await
        .status,
        400
    );
    assert_eq!(answer("/api/v4/nothing", "{}").await.status, 404);
    assert_eq!(answer("/api/v4/version", "{}").await.status, 405);
    let huge = format!("{{\"name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(answer("/api/v4/groups", &huge).await.status, 413);
}
