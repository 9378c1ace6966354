//! What we take and send against real webhook bodies and official API descriptions.
//!
//! The data lies outside the repository: `cargo xtask conformance` names its folder.

mod catalogue;
mod contract;

use crate::every_integration::{self, World};
use crate::harness::{HOOK_SECRET, SYSTEM_SECRET, Server, Stand, push, sha};
use contract::Contract;
use outbound::Request;
use sandbox::jira::Flavour;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The folder of the data.
#[expect(
    clippy::disallowed_methods,
    reason = "the test runner tells the tests its set-up through the environment"
)]
fn shared() -> PathBuf {
    PathBuf::from(
        std::env::var("CROSSTIE_SHARED").expect("run this suite with `cargo xtask conformance`"),
    )
}

fn gitlab_bodies() -> Vec<(String, String)> {
    let folder = shared().join("payloads/gitlab");
    let mut bodies: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    bodies.sort();
    assert!(bodies.len() > 20, "too few bodies in {}", folder.display());
    bodies
}

#[tokio::test]
async fn every_real_body_goes_through_every_integration_and_is_accounted_for() {
    let world = World::new().await;
    let server = world.server(&[]);
    let project = server.project("p", "gitlab").await;
    let active = every_integration::all().await;
    for (entry, tool) in &active {
        world.lead(entry, tool.address);
        entry.set_up(&server, project).await;
    }
    let bodies = gitlab_bodies();
    let mut events = Vec::new();
    for (name, body) in &bodies {
        let mut request = Request::post(format!("{}/hooks/group%2Fp", server.url));
        request.headers.push(("x-gitlab-token", HOOK_SECRET.into()));
        request.headers.push(("idempotency-key", name.clone()));
        request.body = Some(("application/json", body.clone()));
        let answer = server.send(request).await;
        assert_eq!(answer.status, 202, "{name}: {}", answer.body);
        events.push(answer.json().unwrap()["event_id"].clone());
    }
    every_integration::ended_in_words(&server, project, bodies.len() * active.len()).await;
    for (entry, _) in &active {
        every_integration::previews(&server, project, entry, &events).await;
    }
}

#[tokio::test]
async fn system_hooks_find_their_project_in_the_body() {
    let server = Server::start();
    let mut found = 0;
    for (name, body) in gitlab_bodies()
        .iter()
        .filter(|(name, _)| name.starts_with("system-"))
    {
        let event: Value = serde_json::from_str(body).unwrap();
        let mut request = Request::post(format!("{}/hooks", server.url));
        request
            .headers
            .push(("x-gitlab-token", SYSTEM_SECRET.into()));
        request.body = Some(("application/json", body.clone()));
        let answer = server.send(request).await;
        let of_project =
            event.get("project").is_some() || event.get("path_with_namespace").is_some();
        // The projects are unknown here: 404 names that; a body without any is told so.
        assert_eq!(
            answer.status,
            if of_project { 404 } else { 400 },
            "{name}: {}",
            answer.body
        );
        found += usize::from(of_project);
    }
    assert!(found >= 3, "system bodies with a project: {found}");
}

/// Runs every conversation with Jira and checks each request against Atlassian's own document.
async fn jira_requests_are_as_described(flavour: Flavour, document: &str, prefix: &str) {
    let contract = Contract::read(&shared().join("contracts").join(document));
    let server = Server::start();
    let stand = Stand::start(flavour).await;
    let project = server.project("p", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let merge_request = json!({
        "object_kind": "merge_request", "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"iid": 7, "title": "AB-5", "description": "Closes AB-6", "action": "merge", "state": "merged",
            "url": "https://git.test/g/p/-/merge_requests/7", "source_branch": "x", "target_branch": "main"},
    });
    let events = [
        push("work", &sha(1), "AB-1 mention \"quoted\" & <hostile>"),
        push("main", &sha(2), "Closes AB-2, see AB-3 and ZZ-404"),
        push("main", &sha(3), "Closes AB-2 again"),
        merge_request,
    ];
    for (number, event) in events.iter().enumerate() {
        server
            .hook("group/p", event, &format!("key-{number}"))
            .await;
    }
    let rows = server.settled(project, events.len()).await;
    assert!(
        rows.iter().all(|row| row["status"] == "delivered"),
        "{rows:#?}"
    );
    server
        .post(
            &format!("/api/crosstie/v1/projects/{project}/integrations/jira/test"),
            json!({}),
        )
        .await;

    let logged = stand.jira.requests();
    let mut kinds = std::collections::BTreeSet::new();
    for request in &logged {
        let path = request.path.split('?').next().unwrap();
        // Atlassian's newest document has one version; what is asked before the flavour is known uses the other.
        let described = path.replacen("/rest/api/2/", prefix, 1);
        let template = contract.check(&request.method, &described, &request.body);
        kinds.insert(format!("{} {template}", request.method));
    }
    assert!(
        kinds.len() >= 7,
        "the conversation covers the calls: {kinds:#?}"
    );
}

#[tokio::test]
async fn requests_to_jira_server_are_as_described() {
    jira_requests_are_as_described(
        Flavour::Server,
        "jira-platform-v2-derived.json",
        "/rest/api/2/",
    )
    .await;
}

#[tokio::test]
async fn requests_to_jira_cloud_are_as_described() {
    jira_requests_are_as_described(
        Flavour::Cloud,
        "jira-cloud-platform-v3.json",
        "/rest/api/3/",
    )
    .await;
}
