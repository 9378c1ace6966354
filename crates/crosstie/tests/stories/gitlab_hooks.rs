//! GitLab's own bodies come in; repeats and strangers are told apart.

use crate::harness::{HOOK_SECRET, SYSTEM_SECRET, Server, Stand, hook_request, push, sha};
use outbound::{Method, Request};
use sandbox::jira::Flavour;
use serde_json::{Value, json};

async fn setup() -> (Server, Stand, i64) {
    let server = Server::start();
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    (server, stand, project)
}

fn merge_request(action: &str) -> Value {
    json!({
        "object_kind": "merge_request", "user": {"name": "Ada", "username": "ada"},
        "project": {"name": "P", "path_with_namespace": "group/p", "web_url": "https://git.test/group/p", "default_branch": "main"},
        "object_attributes": {
            "iid": 7, "title": "AB-1 better baskets", "description": "Closes AB-2", "action": action,
            "url": "https://git.test/group/p/-/merge_requests/7", "source_branch": "work", "target_branch": "main",
            "state": if action == "merge" { "merged" } else { "opened" },
        },
    })
}

#[tokio::test]
async fn a_merge_request_is_announced_when_opened_and_closes_when_merged() {
    let (server, stand, project) = setup().await;
    for (number, action) in ["open", "update", "approved", "merge"]
        .into_iter()
        .enumerate()
    {
        let answer = server
            .hook("group/p", &merge_request(action), &format!("key-{number}"))
            .await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        server.settled(project, number + 1).await;
    }
    let mentioned = stand.jira.issue("AB-1").unwrap();
    assert_eq!(
        (mentioned.comments.len(), mentioned.links.len()),
        (1, 1),
        "{mentioned:?}"
    );
    assert!(mentioned.comments[0].text.contains("a merge request"));
    assert!(
        mentioned.links[0].resolved,
        "a merged merge request is struck through"
    );
    let closed = stand.jira.issue("AB-2").unwrap();
    assert_eq!(closed.status, "Done");
    assert!(
        closed
            .comments
            .iter()
            .any(|comment| comment.text.contains("Issue solved with")),
        "{closed:?}"
    );
}

#[tokio::test]
async fn a_repeat_is_answered_with_the_same_event_and_delivers_nothing_again() {
    let (server, stand, project) = setup().await;
    let body = push("work", &sha(1), "AB-3 once");
    let first = server.hook("group/p", &body, "same-key").await;
    let second = server.hook("group%2Fp", &body, "same-key").await;
    let by_id = server.hook(&project.to_string(), &body, "same-key").await;
    assert_eq!((first.status, second.status, by_id.status), (202, 200, 200));
    assert_eq!(first.json(), second.json());
    assert_eq!(first.json(), by_id.json());
    server.settled(project, 1).await;
    let other = server.hook("group/p", &body, "other-key").await;
    assert_eq!(other.status, 202);
    let rows = server.settled(project, 2).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        stand.jira.issue("AB-3").unwrap().comments.len(),
        1,
        "the same commit says nothing new"
    );
}

#[tokio::test]
async fn strangers_are_refused_and_nothing_is_kept() {
    let (server, _, project) = setup().await;
    let body = push("work", &sha(1), "AB-3");
    let send = async |path: &str, token: Option<&str>| {
        let mut request = Request::post(format!("{}{path}", server.url)).json(&body);
        request
            .headers
            .extend(token.map(|token| ("x-gitlab-token", token.to_owned())));
        server.send(request).await
    };
    for token in [None, Some("wrong"), Some(""), Some(&HOOK_SECRET[1..])] {
        let answer = send("/hooks/group%2Fp", token).await;
        assert_eq!(answer.status, 401, "{token:?}: {}", answer.body);
        assert!(answer.body.contains("X-Gitlab-Token"), "{}", answer.body);
    }
    assert_eq!(
        send("/hooks/group%2Fnone", Some(HOOK_SECRET)).await.status,
        404
    );
    assert_eq!(
        send("/hooks", Some(HOOK_SECRET)).await.status,
        401,
        "the instance has a secret of its own"
    );
    assert!(server.deliveries(project).await.is_empty());
    assert_eq!(send("/hooks", Some(SYSTEM_SECRET)).await.status, 202);
    assert_eq!(server.settled(project, 1).await.len(), 1);
}

#[tokio::test]
async fn what_was_changed_holds_from_the_next_event_on() {
    let (server, first, project) = setup().await;
    let hook = async |number: usize, secret: &str| {
        let body = push("main", &sha(number), &format!("AB-{number} more"));
        let mut request = hook_request(&server.url, "group/p", &body, &format!("key-{number}"));
        request
            .headers
            .retain(|(name, _)| *name != "x-gitlab-token");
        request.headers.push(("x-gitlab-token", secret.to_owned()));
        server.send(request).await.status
    };
    assert_eq!(hook(1, HOOK_SECRET).await, 202);
    server.settled(project, 1).await;

    let second = Stand::start(Flavour::Server).await;
    server.set_up_jira(project, &second).await;
    assert_eq!(hook(2, HOOK_SECRET).await, 202);
    server.settled(project, 2).await;
    let commented = |stand: &Stand, key: &str| stand.jira.issue(key).unwrap().comments.len();
    assert_eq!(
        (commented(&first, "AB-1"), commented(&first, "AB-2")),
        (1, 0)
    );
    assert_eq!(
        (commented(&second, "AB-1"), commented(&second, "AB-2")),
        (0, 1)
    );

    let source = json!({"kind": "gitlab", "secret": "another secret"});
    let path = format!("/api/crosstie/v1/projects/{project}/source");
    server.put(&path, source).await;
    assert_eq!(hook(3, HOOK_SECRET).await, 401);
    assert_eq!(hook(3, "another secret").await, 202);
    server.settled(project, 3).await;
    assert_eq!(commented(&second, "AB-3"), 1);

    let path = format!("/api/v4/projects/{project}/integrations/jira");
    let off = server.call(Method::Delete, &path, None).await;
    assert_eq!(off.status, 204, "{}", off.body);
    assert_eq!(hook(4, "another secret").await, 202);
    assert_eq!(server.deliveries(project).await.len(), 3);
}

#[tokio::test]
async fn a_preview_shows_what_would_be_sent_and_sends_nothing() {
    let (server, stand, project) = setup().await;
    let id = server
        .hook(
            "group/p",
            &push("main", &sha(1), "Fixes AB-4, see AB-5"),
            "k",
        )
        .await
        .json()
        .unwrap()["event_id"]
        .clone();
    server.settled(project, 1).await;
    let before = stand.jira.requests().len();
    let path = format!("/api/crosstie/v1/projects/{project}/integrations/jira/preview");
    let preview = server.post(&path, json!({ "event_id": id })).await;
    let requests: Vec<_> = preview["requests"].as_array().unwrap().iter().collect();
    let sent = |method: &str, end: &str| {
        requests.iter().any(|request| {
            request["method"] == method && request["url"].as_str().unwrap().ends_with(end)
        })
    };
    assert!(
        sent("POST", "/issue/AB-4/transitions") && sent("POST", "/issue/AB-5/comment"),
        "{preview:#}"
    );
    assert_eq!(stand.jira.requests().len(), before, "nothing was sent");
}
