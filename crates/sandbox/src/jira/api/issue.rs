//! An issue as the API tells it.

use super::about;
use super::answer::{Answer, json_answer};
use super::call::Call;
use super::time::time;
use super::{comment, transition};
use crate::jira::state::{Issue, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// How many comments an issue brings along; the others must be asked for.
const EMBEDDED: usize = 50;

pub(super) fn show(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let base = call.base();
    let mut fields = fields(call, &state, issue);
    let wanted: Vec<_> = call.query.list("fields").collect();
    fields.retain(|name, _| is_wanted(name, &wanted));
    let mut answer = json!({
        "expand": "transitions",
        "id": issue.id.to_string(),
        "self": format!("{base}/issue/{}", issue.id),
        "key": issue.key.to_string(),
        "fields": fields,
    });
    if call.query.list("expand").any(|part| part == "transitions") {
        answer["transitions"] = transition::offers(issue, &base);
    }
    Ok(json_answer(StatusCode::OK, &answer))
}

fn fields(call: &Call, state: &State, issue: &Issue) -> Map<String, Value> {
    let base = call.base();
    let project = state.projects.get(&issue.key.project);
    let project_id = project.map(|project| project.id).unwrap_or_default();
    let person = about::user(call);
    let embedded = issue.comments.iter().take(EMBEDDED);
    let fields = json!({
        "summary": issue.summary,
        "description": null,
        "issuetype": {
            "self": format!("{base}/issuetype/10001"), "id": "10001", "name": "Task", "description": "", "subtask": false,
        },
        "project": {
            "self": format!("{base}/project/{project_id}"),
            "id": project_id.to_string(),
            "key": issue.key.project,
            "name": project.map(|project| project.name.as_str()),
            "projectTypeKey": "software",
        },
        "status": issue.status.json(&base),
        "resolution": issue.resolution.map(|resolution| resolution.json(&base)),
        "resolutiondate": issue.resolved.map(time),
        "priority": {"self": format!("{base}/priority/3"), "id": "3", "name": "Medium"},
        "labels": [],
        "assignee": null,
        "creator": person,
        "reporter": person,
        "created": time(issue.created),
        "updated": time(issue.updated),
        "duedate": null,
        "issuelinks": [],
        "subtasks": [],
        "comment": {
            "comments": embedded.map(|one| comment::json(call, issue, one)).collect::<Vec<_>>(),
            "maxResults": EMBEDDED,
            "total": issue.comments.len(),
            "startAt": 0,
        },
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Whether `fields=` asks for this one: `*all`, `*navigable` (all but comments), names, and
/// `-name` to leave one out; all if it asks for nothing, or only leaves out.
fn is_wanted(name: &str, wanted: &[&str]) -> bool {
    if wanted.iter().any(|one| one.strip_prefix('-') == Some(name)) {
        return false;
    }
    wanted.iter().all(|one| one.starts_with('-'))
        || wanted
            .iter()
            .any(|&one| one == name || one == "*all" || (one == "*navigable" && name != "comment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_chosen_by_name_star_and_minus() {
        assert!(is_wanted("comment", &[]));
        assert!(is_wanted("comment", &["*all"]));
        assert!(!is_wanted("comment", &["*navigable"]));
        assert!(is_wanted("status", &["*navigable"]));
        assert!(!is_wanted("comment", &["*all", "-comment"]));
        assert!(is_wanted("status", &["-comment"]));
        assert!(!is_wanted("labels", &["status", "comment"]));
    }
}
