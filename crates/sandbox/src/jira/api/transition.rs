//! Transitions.

use super::answer::{Answer, Refusal, json_answer, nothing};
use super::call::Call;
use super::fields::Fields;
use crate::jira::state::Issue;
use crate::jira::workflow;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub(super) fn list(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let answer = json!({"expand": "transitions", "transitions": offers(issue, &call.base())});
    Ok(json_answer(StatusCode::OK, &answer))
}

pub(super) fn make(call: &Call) -> Answer {
    let given = call.object()?;
    let now = call.now();
    let mut state = call.state();
    let sets_resolution = state.sets_resolution;
    let issue = call.issue_mut(&mut state)?;
    let id = wanted(&given)?;
    no_screen(&given)?;
    let Some(transition) = workflow::offered(issue.status).find(|transition| transition.id == id)
    else {
        let status = issue.status.name();
        return Err(Refusal::bad(format!(
            "It seems that you have tried to perform an illegal workflow operation: \
             transition {id:?} is not offered for {} in status {status}.",
            issue.key
        )));
    };
    issue.make(transition, sets_resolution, now);
    Ok(nothing())
}

/// The id of the transition asked for.
fn wanted(given: &Map<String, Value>) -> Result<String, Refusal> {
    let missing = || Refusal::bad("Missing 'transition' identifier");
    let transition = Fields::of(given, "the request")
        .object("transition")?
        .ok_or_else(missing)?;
    Fields::of(transition, "transition")
        .text("id")?
        .filter(|id| !id.is_empty())
        .ok_or_else(missing)
}

/// No transition has a screen, so no field can be set on the way.
fn no_screen(given: &Map<String, Value>) -> Result<(), Refusal> {
    let request = Fields::of(given, "the request");
    let mut errors = Map::new();
    for part in ["fields", "update"] {
        for name in request.object(part)?.into_iter().flat_map(Map::keys) {
            let why = format!(
                "Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            );
            errors.insert(name.clone(), why.into());
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::fields(errors))
    }
}

/// What is offered for an issue in its present status.
pub(super) fn offers(issue: &Issue, base: &str) -> Value {
    workflow::offered(issue.status)
        .map(|transition| transition.json(base))
        .collect()
}
