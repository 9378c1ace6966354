//! What is said of each event, and of which nothing is said.

use super::rich::Plain;
use super::{filter, texts};
use crate::integrations::slack::SETTINGS;
use crate::{Context, Values};
use model::Event;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn event(body: &Value) -> Event {
    Event::parse(&body.to_string()).unwrap()
}

fn summary(body: &Value) -> String {
    let message = texts::message(&event(body), &Context::sample()).unwrap();
    message.summary.write(&Plain)
}

fn details(body: &Value) -> String {
    let message = texts::message(&event(body), &Context::sample()).unwrap();
    message
        .details
        .map(|details| details.text.write(&Plain))
        .unwrap_or_default()
}

fn skipped(body: &Value, settings: Value) -> Option<String> {
    let Value::Object(plain) = settings else {
        panic!("an object")
    };
    let values = Values::new(SETTINGS, plain, BTreeMap::new(), Map::new());
    filter::skip_reason(&event(body), &values, &Context::sample()).map(|skip| skip.0)
}

fn push(reference: &str, before: &str, after: &str) -> Value {
    json!({
        "object_kind": "push", "ref": reference, "before": before, "after": after, "user_name": "Ada",
        "commits": [
            {"id": "1234567890", "message": "One\n\nmore", "url": "https://git.test/c/1", "author": {"name": "Bob"}},
            {"id": "abcdef1234", "message": "Two", "author": {}}
        ],
        "total_commits_count": 5,
    })
}

const NONE: &str = "0000000000000000000000000000000000000000";

#[test]
fn pushes() {
    let rows = [
        (
            push("refs/heads/a", "1", "2"),
            "Ada pushed to branch a of Group / Project (Compare changes)",
        ),
        (
            push("refs/heads/a", NONE, "2"),
            "Ada pushed new branch a to Group / Project",
        ),
        (
            push("refs/tags/v1", NONE, "2"),
            "Ada pushed new tag v1 to Group / Project",
        ),
        (
            push("refs/heads/a", "1", NONE),
            "Ada removed branch a from Group / Project",
        ),
    ];
    for (body, expected) in rows {
        assert_eq!(summary(&body), expected);
    }
    let body = push("refs/heads/a", "1", "2");
    assert_eq!(
        details(&body),
        "12345678: One - Bob\nabcdef12: Two\n… and 3 more commits"
    );
    assert_eq!(details(&push("refs/heads/a", NONE, "2")), "");
}

fn issue(action: &str, state: &str) -> Value {
    json!({
        "object_kind": "issue", "user": {"name": "Ada", "username": "ada"}, "labels": [{"title": "bug"}],
        "object_attributes": {"iid": 7, "title": "Broken", "description": "It *is*", "action": action, "state": state, "url": "https://git.test/i/7"},
    })
}

#[test]
fn issues_and_merge_requests() {
    assert_eq!(
        summary(&issue("open", "opened")),
        "[Group / Project] Issue #7 Broken opened by Ada (ada)"
    );
    assert_eq!(
        summary(&issue("reopen", "opened")),
        "[Group / Project] Issue #7 Broken reopened by Ada (ada)"
    );
    assert_eq!(
        (
            details(&issue("open", "opened")).as_str(),
            details(&issue("close", "closed")).as_str()
        ),
        ("It is", "")
    );
    let mut incident = issue("open", "opened");
    incident["object_kind"] = "incident".into();
    assert!(summary(&incident).contains("Incident #7"));

    for (action, state, expected) in [
        (
            "open",
            "opened",
            "Ada opened merge request !7 Broken in Group / Project",
        ),
        (
            "merge",
            "merged",
            "Ada merged merge request !7 Broken in Group / Project",
        ),
        (
            "reopen",
            "opened",
            "Ada reopened merge request !7 Broken in Group / Project",
        ),
        (
            "approval",
            "opened",
            "Ada added their approval to merge request !7 Broken in Group / Project",
        ),
        (
            "unapproved",
            "opened",
            "Ada unapproved merge request !7 Broken in Group / Project",
        ),
    ] {
        let body = json!({
            "object_kind": "merge_request", "user": {"name": "Ada"},
            "object_attributes": {"iid": 7, "title": "Broken", "action": action, "state": state},
        });
        assert_eq!(summary(&body), expected);
    }
}

fn pipeline(status: &str, ref_status: &str) -> Value {
    json!({
        "object_kind": "pipeline", "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"id": 31, "ref": "main", "status": status, "ref_status_name": ref_status, "duration": 151, "finished_at": "2026-02-03 04:05:06 UTC"},
        "commit": {"id": "1234567890", "message": "One"},
        "builds": [{"id": 1, "stage": "test", "name": "lint", "status": "failed"}, {"id": 2, "stage": "test", "name": "unit", "status": "failed"}],
    })
}

#[test]
fn pipelines() {
    assert_eq!(
        summary(&pipeline("failed", "")),
        "Project: Pipeline #31 of branch main by Ada (ada) has failed in 02:31"
    );
    let message = texts::message(&event(&pipeline("failed", "")), &Context::sample()).unwrap();
    let details = message.details.unwrap();
    let fields: Vec<_> = details
        .fields
        .iter()
        .map(|field| (field.title.as_str(), field.value.write(&Plain)))
        .collect();
    assert_eq!(
        fields,
        [
            ("Branch", "main".to_owned()),
            ("Commit", "One".into()),
            ("Failed stage", "test".into()),
            ("Failed jobs", "unit, lint".into()),
        ]
    );
    assert!(message.details_suffice && details.at.is_some());
}

#[test]
fn the_smaller_events() {
    let rows = [
        (
            json!({"object_kind": "wiki_page", "user": {"name": "Ada"}, "object_attributes": {"title": "Home", "action": "delete", "diff_url": "https://x"}}),
            "Ada deleted wiki page in Group / Project: Home",
        ),
        (
            json!({"object_kind": "wiki_page", "object_attributes": {"title": "Home", "action": "update", "diff_url": "https://x"}}),
            "Someone edited wiki page (Compare changes) in Group / Project: Home",
        ),
        (
            json!({"object_kind": "deployment", "status": "success", "environment": "prod"}),
            "Deploy to prod succeeded",
        ),
        (
            json!({"object_kind": "alert", "object_attributes": {"title": "CPU", "started_at": "2026-02-03 04:05:06 UTC"}}),
            "Alert firing in Group / Project",
        ),
        (
            json!({"object_kind": "vulnerability", "object_attributes": {"title": "CVE"}}),
            "Vulnerability detected in Group / Project",
        ),
        (
            json!({"object_kind": "group_mention", "mentioned": {"name": "g", "url": "https://x/g"},
                   "object_attributes": {"object_kind": "note", "note": "hi", "url": "https://x/n"}, "merge_request": {"iid": 4, "title": "T"}}),
            "Group g was mentioned in merge request !4 of Group / Project: T",
        ),
    ];
    for (body, expected) in rows {
        assert_eq!(summary(&body), expected);
    }
}

#[test]
fn what_is_no_news_is_not_told() {
    let edited = json!({"object_kind": "note", "object_attributes": {"action": "update"}});
    for body in [issue("update", "opened"), edited, pipeline("running", "")] {
        assert!(skipped(&body, json!({})).is_some(), "{body}");
    }
    assert_eq!(skipped(&issue("close", "closed"), json!({})), None);
}

#[test]
fn branches_are_chosen_and_tags_always_pass() {
    let wip = skipped(&push("refs/heads/wip", "1", "2"), json!({}));
    assert_eq!(
        wip.as_deref(),
        Some("branch `wip` is not the default branch")
    );
    assert_eq!(skipped(&push("refs/heads/main", "1", "2"), json!({})), None);
    assert_eq!(skipped(&push("refs/tags/v1", NONE, "2"), json!({})), None);
    assert_eq!(
        skipped(
            &push("refs/heads/wip", "1", "2"),
            json!({"branches_to_be_notified": "all"})
        ),
        None
    );
    let deployment = json!({"object_kind": "deployment", "ref": "wip", "status": "running"});
    assert!(skipped(&deployment, json!({})).is_some());
}

#[test]
fn pipelines_are_told_by_status() {
    let table = [
        ("failed", "", false, false, true),
        ("success", "", false, false, true),
        ("success", "", true, false, false),
        ("failed", "", true, false, true),
        ("failed", "failed", true, true, false),
        ("failed", "broken", true, true, true),
        ("success", "fixed", false, true, true),
        ("success", "success", false, true, false),
        ("canceled", "", false, false, false),
    ];
    for (status, ref_status, broken_only, changes_only, shown) in table {
        let settings = json!({"notify_only_broken_pipelines": broken_only, "notify_only_when_pipeline_status_changes": changes_only});
        let reason = skipped(&pipeline(status, ref_status), settings);
        assert_eq!(
            reason.is_none(),
            shown,
            "{status} {ref_status} {broken_only} {changes_only}: {reason:?}"
        );
    }
}

#[test]
fn labels_are_chosen() {
    let table = [
        ("bug", "match_any", true),
        ("~bug, ~ui", "match_any", true),
        ("~bug, ~ui", "match_all", false),
        ("Bug", "match_any", false),
        (" , ", "match_any", true),
    ];
    for (labels, behaviour, shown) in table {
        let settings =
            json!({"labels_to_be_notified": labels, "labels_to_be_notified_behavior": behaviour});
        assert_eq!(
            skipped(&issue("open", "opened"), settings).is_none(),
            shown,
            "{labels}"
        );
    }
    let on_commit = json!({"object_kind": "note", "object_attributes": {}, "commit": {"id": "1"}});
    assert!(skipped(&on_commit, json!({"labels_to_be_notified": "bug"})).is_some());
    assert_eq!(
        skipped(
            &push("refs/heads/main", "1", "2"),
            json!({"labels_to_be_notified": "bug"})
        ),
        None
    );
}
