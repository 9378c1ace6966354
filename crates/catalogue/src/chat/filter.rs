//! Which events a chat wants to hear of: chat facts, sections 1.7 and 1.8.

use crate::{Context, Values, branches};
use model::Event;
use model::event::{Body, Issue, Label, MergeRequest, Note, Pipeline, Push};

/// Why nothing is said of an event, if nothing is.
pub fn skip(event: &Event, values: &Values, context: &Context) -> Option<String> {
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

fn issue_action(issue: &Issue) -> Option<String> {
    let action = issue.attributes.action.as_str();
    (action == "update").then(|| "an edited issue is not news".into())
}

fn merge_request_action(merge_request: &MergeRequest) -> Option<String> {
    let action = merge_request.attributes.action.as_str();
    (action == "update").then(|| "an edited merge request is not news".into())
}

fn note_action(note: &Note) -> Option<String> {
    if note.attributes.system {
        return Some("the host wrote this comment by itself".into());
    }
    (note.attributes.action == "update").then(|| "an edited comment is not news".into())
}

fn by_branch(event: &Event, values: &Values, context: &Context) -> Option<String> {
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
    branches::skip(values, &context.project, branch, protected)
}

fn by_pipeline(event: &Event, values: &Values) -> Option<String> {
    let Body::Pipeline(pipeline) = &event.body else {
        return None;
    };
    pipeline_status(pipeline, values)
}

fn pipeline_status(pipeline: &Pipeline, values: &Values) -> Option<String> {
    let attributes = &pipeline.attributes;
    let status = attributes.status.as_str();
    let changes = "notify_only_when_pipeline_status_changes";
    let changes_only = values.has(changes) && values.flag(changes);
    match status {
        "success" if values.flag("notify_only_broken_pipelines") => {
            Some("only broken pipelines are wanted, and this one passed".into())
        }
        "success" | "failed" if changes_only => {
            let wanted = if status == "failed" {
                "broken"
            } else {
                "fixed"
            };
            let named = attributes.ref_status_name.as_deref();
            (named != Some(wanted)).then(|| format!(
                "only a changed status is wanted, and the pipeline of `{}` is not newly {wanted}",
                attributes.reference
            ))
        }
        "success" | "failed" => None,
        other => Some(format!("a pipeline that is `{other}` has not ended")),
    }
}

fn by_label(event: &Event, values: &Values) -> Option<String> {
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
        format!("it {verb} {which} {}", wanted.join(", "))
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
