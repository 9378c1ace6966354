use super::*;
use crate::testing::engine;
use model::id::ProjectId;
use serde_json::json;
use std::sync::Arc;

const LEVEL: Level = Level::Project(ProjectId(1));

fn jira() -> &'static Integration {
    catalogue::find("jira").unwrap()
}

fn declared(fields: Value) -> Declared {
    let Value::Object(fields) = fields else {
        panic!("an object")
    };
    Declared {
        active: true,
        inherits: false,
        values: Change {
            fields,
            triggers: Map::new(),
        },
    }
}

fn complete() -> Value {
    json!({"url": "https://jira.test", "username": "u", "password": "p"})
}

fn names(outcome: &Outcome) -> Vec<&str> {
    outcome
        .differences
        .iter()
        .map(|difference| difference.name)
        .collect()
}

fn made(engine: &Arc<Engine>) -> SettingsRow {
    let outcome = engine
        .declare(LEVEL, jira(), None, declared(complete()))
        .unwrap();
    assert_eq!(names(&outcome), ["active", "url", "username", "password"]);
    assert!(
        outcome
            .differences
            .iter()
            .all(|difference| difference.old.is_none())
    );
    outcome.row
}

#[test]
fn the_same_again_is_no_change_and_a_secret_left_out_stays() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let row = made(&engine);
    let mut with_default = complete();
    with_default["comment_on_event_enabled"] = json!(true);
    let left_out = json!({"url": "https://jira.test", "username": "u"});
    for same in [complete(), with_default, left_out] {
        let outcome = engine
            .declare(LEVEL, jira(), Some(&row), declared(same.clone()))
            .unwrap();
        assert_eq!(outcome.differences, [], "{same}");
    }
}

#[test]
fn what_is_left_out_goes_back_to_its_default_and_secrets_are_told_without_their_value() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let mut wanted = complete();
    wanted["jira_issue_prefix"] = json!("AB-");
    let row = engine
        .declare(LEVEL, jira(), Some(&made(&engine)), declared(wanted))
        .unwrap()
        .row;
    let mut other = complete();
    other["password"] = json!("another");
    let outcome = engine
        .declare(LEVEL, jira(), Some(&row), declared(other))
        .unwrap();
    assert_eq!(names(&outcome), ["password", "jira_issue_prefix"]);
    assert_eq!(outcome.differences[0].new, Shown::Secret(true));
    assert_eq!(outcome.differences[1].new, Shown::Plain(Value::Null));
    assert_ne!(outcome.row.secrets, row.secrets);
}

#[test]
fn a_secret_is_not_carried_to_another_host() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let row = made(&engine);
    let moved = json!({"url": "https://evil.test", "username": "u"});
    let error = engine
        .declare(LEVEL, jira(), Some(&row), declared(moved))
        .unwrap_err();
    assert_eq!(error.to_string(), "password can't be blank");
}

#[test]
fn off_may_be_incomplete_and_inheriting_needs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let mut off = declared(json!({}));
    off.active = false;
    let outcome = engine.declare(LEVEL, jira(), None, off).unwrap();
    assert_eq!(names(&outcome), ["active"]);
    let mut inherits = declared(json!({}));
    inherits.inherits = true;
    let outcome = engine
        .declare(LEVEL, jira(), None, inherits.clone())
        .unwrap();
    assert_eq!(names(&outcome), ["inherit"]);
    let again = engine
        .declare(LEVEL, jira(), Some(&outcome.row), inherits)
        .unwrap();
    assert_eq!(again.differences, []);
}
