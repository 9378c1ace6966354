//! Issues.

use super::*;

#[tokio::test]
async fn an_issue_is_found_by_key_in_any_case_and_by_id() {
    let jira = server();
    let issue = get(&jira, "2/issue/shop-1").await.json();
    assert_eq!(issue["key"], "SHOP-1");
    let id = issue["id"].as_str().unwrap();
    assert!(id.parse::<u64>().is_ok(), "{id}");
    assert_eq!(
        issue["self"],
        format!("http://jira.test:8080/rest/api/2/issue/{id}")
    );
    assert_eq!(get(&jira, &format!("2/issue/{id}")).await.json(), issue);
}

#[tokio::test]
async fn an_unknown_issue_is_refused_everywhere() {
    let jira = server();
    let refusal = json!({"errorMessages": ["Issue Does Not Exist"], "errors": {}});
    for path in [
        "SHOP-3",
        "NOPE-1",
        "1",
        "SHOP",
        "SHOP-3/comment",
        "SHOP-3/remotelink",
        "SHOP-3/transitions",
    ] {
        let got = get(&jira, &format!("2/issue/{path}")).await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (404, refusal.clone()),
            "{path}"
        );
    }
    for path in ["comment", "remotelink", "transitions"] {
        let got = post(&jira, &format!("2/issue/SHOP-3/{path}"), json!({})).await;
        assert_eq!(
            (got.status.as_u16(), got.json()),
            (404, refusal.clone()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_new_issue_is_to_do_and_unresolved() {
    let got = get(&server(), "2/issue/SHOP-1").await.json();
    let fields = &got["fields"];
    assert_eq!(fields["summary"], "The basket is empty");
    assert_eq!(fields["status"]["statusCategory"]["key"], "new");
    assert!(fields["resolution"].is_null() && fields["resolutiondate"].is_null());
    assert_eq!(fields["project"]["name"], "The Shop");
    assert_eq!(fields["created"], "2026-02-03T04:05:06.000+0000");
    assert_eq!(
        fields["comment"],
        json!({"comments": [], "maxResults": 50, "total": 0, "startAt": 0})
    );
}

#[tokio::test]
async fn transitions_come_only_when_asked_for() {
    let jira = server();
    assert!(get(&jira, "2/issue/SHOP-1").await.json()["transitions"].is_null());
    let got = get(&jira, "2/issue/SHOP-1?expand=names,transitions")
        .await
        .json();
    assert_eq!(got["transitions"][0]["id"], "11");
    assert_eq!(
        got["transitions"][0]["to"]["statusCategory"]["key"],
        "indeterminate"
    );
}

#[tokio::test]
async fn fields_can_be_chosen() {
    let got = get(&server(), "2/issue/SHOP-1?fields=status,summary")
        .await
        .json();
    let names: Vec<_> = got["fields"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names, ["summary", "status"]);
}

#[tokio::test]
async fn an_issue_brings_its_first_fifty_comments_and_the_true_count() {
    let jira = server();
    for n in 0..60 {
        post(
            &jira,
            "2/issue/SHOP-1/comment",
            json!({"body": format!("number {n}")}),
        )
        .await;
    }
    let got = get(&jira, "2/issue/SHOP-1").await.json();
    let embedded = &got["fields"]["comment"];
    assert_eq!(embedded["comments"].as_array().unwrap().len(), 50);
    assert_eq!(embedded["comments"][49]["body"], "number 49");
    assert_eq!(embedded["total"], 60);
}

#[test]
#[should_panic(expected = "is no issue key")]
fn a_key_that_is_none_is_a_fault_of_the_test() {
    server().add_issue("SHOP", "x");
}

#[tokio::test]
async fn adding_an_issue_makes_its_project_once() {
    let jira = server();
    jira.add_issue("NEW-1", "x");
    jira.add_project("NEW", "Brand new");
    jira.add_issue("NEW-1", "y");
    let got = get(&jira, "2/issue/NEW-1").await.json();
    assert_eq!(got["fields"]["project"]["name"], "Brand new");
    assert_eq!(got["fields"]["summary"], "y");
}
