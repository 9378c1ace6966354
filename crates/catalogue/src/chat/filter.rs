//! Filters that chats share: actions, branches, pipeline statuses and labels.

use crate::{Context, Skip, Values, branches};
use model::Event;
use model::event::{Body, Issue, Label, MergeRequest, Note, Pipeline, Push};

/// Why an event is filtered out, if it is.
pub fn skip_reason(event: &Event, values: &Values, context: &Context) -> Option<Skip> {
    let by_action = match &event.body {
        Body::Issue(issue) => issue_action(issue),
        Body::MergeRequest(merge_request) => merge_request_action(merge_request),
        Body::Note(note) => note_action(note),
        _ => None,
    };
    by_action
        .or_else(|| by_branch(event, values, context))
        .or_else(|| by_pipeline(event, values))
        .or_else(|| by_label(event, values))
}

fn issue_action(issue: &Issue) -> Option<Skip> {
    let action = issue.attributes.action.as_str();
    (action == "update").then(|| "edits of issues are not sent".into())
}

fn merge_request_action(merge_request: &MergeRequest) -> Option<Skip> {
    let action = merge_request.attributes.action.as_str();
    (action == "update").then(|| "edits of merge requests are not sent".into())
}

fn note_action(note: &Note) -> Option<Skip> {
    if note.attributes.system {
        return Some("system notes are not sent".into());
    }
    (note.attributes.action == "update").then(|| "edits of comments are not sent".into())
}

fn by_branch(event: &Event, values: &Values, context: &Context) -> Option<Skip> {
    let (branch, protected) = match &event.body {
        Body::Push(push @ Push { ref_protected, .. }) => (push.branch()?, *ref_protected),
        Body::Pipeline(pipeline) if !pipeline.attributes.tag => {
            let attributes = &pipeline.attributes;
            (attributes.reference.as_str(), attributes.protected_ref)
        }
        Body::Deployment(deployment) => (deployment.reference.as_str(), None),
        _ => return None,
    };
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    if branch.is_empty() || branch.starts_with("refs/tags/") {
        return None;
    }
    branches::skip_reason(values, &context.project, branch, protected)
}

fn by_pipeline(event: &Event, values: &Values) -> Option<Skip> {
    let Body::Pipeline(pipeline) = &event.body else {
        return None;
    };
    pipeline_status(pipeline, values)
}

fn pipeline_status(pipeline: &Pipeline, values: &Values) -> Option<Skip> {
    let attributes = &pipeline.attributes;
    let status = attributes.status.as_str();
    let changes = "notify_only_when_pipeline_status_changes";
    let changes_only = values.has(changes) && values.flag(changes);
    match status {
        "success" if values.flag("notify_only_broken_pipelines") => {
            Some("only broken pipelines are sent, and this one succeeded".into())
        }
        "success" | "failed" if changes_only => {
            let wanted = if status == "failed" {
                "broken"
            } else {
                "fixed"
            };
            let named = attributes.ref_status_name.as_deref();
            (named != Some(wanted)).then(|| {
                let reference = &attributes.reference;
                Skip(format!(
                    "only changes of the pipeline status are sent, and the pipeline of `{reference}` is not newly {wanted}"
                ))
            })
        }
        "success" | "failed" => None,
        other => {
            Some(format!("the pipeline is `{other}`: only finished pipelines are sent").into())
        }
    }
}

fn by_label(event: &Event, values: &Values) -> Option<Skip> {
    if !values.has("labels_to_be_notified") {
        return None;
    }
    let wanted = wanted_labels(&values.text("labels_to_be_notified"));
    if wanted.is_empty() {
        return None;
    }
    let labels = labels(event)?;
    let has = |label: &String| labels.iter().any(|own| own.title == *label);
    let all = values.text("labels_to_be_notified_behavior") == "match_all";
    let enough = if all {
        wanted.iter().all(has)
    } else {
        wanted.iter().any(has)
    };
    (!enough).then(|| {
        let which = if all {
            "all of the labels"
        } else {
            "none of the labels"
        };
        let verb = if all { "does not have" } else { "has" };
        Skip(format!("it {verb} {which} {}", wanted.join(", ")))
    })
}

/// Labels by name, without the `~` that may stand before them.
fn wanted_labels(text: &str) -> Vec<String> {
    let names = text
        .split(',')
        .map(|name| name.replace('~', "").trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The labels of what an event is about; `None` for kinds without.
fn labels(event: &Event) -> Option<Vec<Label>> {
    let found = match &event.body {
        Body::Issue(issue) => issue.labels.clone().or(issue.attributes.labels.clone()),
        Body::MergeRequest(merge_request) => merge_request
            .labels
            .clone()
            .or(merge_request.attributes.labels.clone()),
        Body::Note(note) => {
            let on_issue = note.issue.as_ref().and_then(|issue| issue.labels.clone());
            let on_merge_request = || note.merge_request.as_ref()?.labels.clone();
            on_issue.or_else(on_merge_request)
        }
        _ => return None,
    };
    Some(found.unwrap_or_default())
}
