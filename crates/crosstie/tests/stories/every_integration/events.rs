//! Sample events, and the same with texts that somebody has put into them.

use crate::harness::{push, sha};
use serde_json::{Value, json};

/// The keys of texts that people choose.
const TEXTS: [&str; 6] = [
    "message",
    "title",
    "description",
    "note",
    "user_name",
    "name",
];

/// One event of each kind that integrations act on; the texts name issues of any tracker.
pub(crate) fn samples() -> Vec<Value> {
    let project = json!({"name": "P", "path_with_namespace": "group/p",
        "web_url": "https://git.test/group/p", "default_branch": "main"});
    let user = json!({"name": "Ada", "username": "ada"});
    let commit = json!({"id": sha(7), "message": "AB-7 #7 CU-7", "title": "AB-7 #7 CU-7",
        "author": {"name": "Ada", "email": "ada@git.test"}, "url": "https://git.test/group/p/-/commit/7"});
    let with = |kind: &str, rest: Value| {
        let mut event = json!({"object_kind": kind, "user": user, "project": project});
        event
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        event
    };
    let attributes = |what: &str| {
        json!({"id": 1, "iid": 7, "title": "AB-7 #7 CU-7 Baskets", "description": "Closes AB-8, #8", "state": "opened",
            "action": "open", "source_branch": "work", "target_branch": "main", "last_commit": commit,
            "url": format!("https://git.test/group/p/-/{what}/7")})
    };
    vec![
        push("main", &sha(1), "AB-1 #1 CU-1 Keep the basket"),
        json!({"object_kind": "tag_push", "ref": "refs/tags/v1", "before": "0".repeat(40), "after": sha(2),
            "user_name": "Ada", "project": project, "commits": [commit], "total_commits_count": 1}),
        with(
            "merge_request",
            json!({"object_attributes": attributes("merge_requests")}),
        ),
        with("issue", json!({"object_attributes": attributes("issues")})),
        with(
            "note",
            json!({"commit": commit, "object_attributes": {"id": 3, "note": "AB-7 #7 fine",
            "noteable_type": "Commit", "url": "https://git.test/group/p/-/commit/7#note_3"}}),
        ),
        with(
            "pipeline",
            json!({"commit": commit, "builds": [], "object_attributes": {"id": 4, "ref": "main",
            "tag": false, "sha": sha(7), "status": "failed", "detailed_status": "failed", "duration": 7}}),
        ),
    ]
}

/// The sample events with a text added wherever people choose one.
pub(crate) fn samples_with(text: &str) -> Vec<Value> {
    let mut events = samples();
    for event in &mut events {
        add(event, text);
    }
    events
}

fn add(value: &mut Value, text: &str) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::String(present) if TEXTS.contains(&key.as_str()) => {
                        present.push(' ');
                        present.push_str(text);
                    }
                    other => add(other, text),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add(item, text)),
        _ => {}
    }
}
