//! Transitions.

use super::*;

const PATH: &str = "2/issue/SHOP-1/transitions";

async fn make(jira: &Jira, id: &str) -> Got {
    post(jira, PATH, json!({"transition": {"id": id}})).await
}

#[tokio::test]
async fn done_resolves_and_reopening_unresolves() {
    let jira = server();
    let got = make(&jira, "31").await;
    assert_eq!((got.status.as_u16(), got.text.as_str()), (204, ""));
    let done = get(&jira, "2/issue/SHOP-1").await.json();
    assert_eq!(done["fields"]["status"]["statusCategory"]["key"], "done");
    assert_eq!(done["fields"]["resolution"]["name"], "Done");
    assert_eq!(
        done["fields"]["resolutiondate"],
        "2026-02-03T04:05:06.000+0000"
    );
    assert_eq!(make(&jira, "51").await.status, 204);
    let view = jira.issue("SHOP-1").unwrap();
    assert_eq!((view.status.as_str(), view.resolution), ("To Do", None));
}

#[tokio::test]
async fn the_whole_way_is_walked_step_by_step() {
    let jira = server();
    for (id, status) in [
        ("11", "In Progress"),
        ("21", "In Review"),
        ("41", "Won't Do"),
    ] {
        assert_eq!(make(&jira, id).await.status, 204, "{id}");
        assert_eq!(jira.issue("SHOP-1").unwrap().status, status);
    }
    assert_eq!(
        jira.issue("SHOP-1").unwrap().resolution.as_deref(),
        Some("Won't Do")
    );
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let jira = server();
    for id in ["21", "51", "99", "x"] {
        let (status, why) = make(&jira, id).await.refused();
        assert_eq!(status, 400, "{id}");
        assert!(
            why.starts_with(
                "It seems that you have tried to perform an illegal workflow operation"
            ),
            "{why}"
        );
    }
    make(&jira, "31").await;
    assert_eq!(make(&jira, "31").await.refused().0, 400, "done already");
}

#[tokio::test]
async fn the_id_must_be_there_and_a_string() {
    let jira = server();
    let bodies = [
        json!({}),
        json!({"transition": null}),
        json!({"transition": "31"}),
        json!({"transition": ["31"]}),
        json!({"transition": {}}),
        json!({"transition": {"id": 31}}),
        json!({"transition": {"id": ""}}),
        json!({"transition": {"id": "31"}, "fields": {"resolution": {"name": "Done"}}}),
        json!({"transition": {"id": "31"}, "update": {"comment": []}}),
    ];
    for body in bodies {
        assert_eq!(
            post(&jira, PATH, body.clone()).await.refused().0,
            400,
            "{body}"
        );
    }
    assert_eq!(jira.issue("SHOP-1").unwrap().status, "To Do");
}

#[tokio::test]
async fn the_list_is_what_the_issue_offers() {
    let jira = server();
    let list = get(&jira, PATH).await.json();
    let ids: Vec<_> = list["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["11", "31", "41"]);
    let issue = get(&jira, "2/issue/SHOP-1?expand=transitions").await.json();
    assert_eq!(issue["transitions"], list["transitions"]);
}

#[tokio::test]
async fn a_workflow_may_reach_done_without_a_resolution() {
    let jira = server();
    jira.set_workflow_without_resolution();
    make(&jira, "31").await;
    let done = get(&jira, "2/issue/SHOP-1").await.json();
    assert_eq!(done["fields"]["status"]["name"], "Done");
    assert!(done["fields"]["resolution"].is_null() && done["fields"]["resolutiondate"].is_null());
    make(&jira, "51").await;
    make(&jira, "41").await;
    assert_eq!(
        jira.issue("SHOP-1").unwrap().resolution.as_deref(),
        Some("Won't Do")
    );
}
