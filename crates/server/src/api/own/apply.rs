//! `apply` and `export`: all settings as one document.

mod document;
mod entry;
mod export;
mod plan;
mod source;
mod trackers;

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use entry::{Field, Problem};
use http::StatusCode;
use plan::{Change, Planned, Planner};
use serde_json::{Map, Value, json};

const APPLY: &[Parameter] = &[
    Parameter::required(
        "settings",
        ParamKind::Object,
        "The settings as they are to be: `instance`, `groups` and `projects`, as `export` answers them",
    ),
    Parameter::optional(
        "prune",
        ParamKind::Boolean,
        "Remove the integrations that the document does not name, where it names any",
    ),
    Parameter::optional(
        "dry_run",
        ParamKind::Boolean,
        "Answer what would change and change nothing",
    ),
    Parameter::optional(
        "fingerprint",
        ParamKind::Text,
        "That of the plan that was looked at: if the settings have changed since, nothing is done",
    ),
];

const EXPORT: &[Parameter] = &[
    Parameter::optional(
        "project",
        ParamKind::Text,
        "The project of that full path alone",
    ),
    Parameter::optional(
        "group",
        ParamKind::Text,
        "The group of that full path and all below it",
    ),
];

/// The largest document, in bytes.
const DOCUMENT_LIMIT: usize = 16 * 1024 * 1024;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post(
            "/apply",
            "Make the settings what a document says, all or none (administrators)",
            apply,
        )
        .answers(StatusCode::OK)
        .refuses(&[StatusCode::CONFLICT])
        .takes_up_to(DOCUMENT_LIMIT)
        .with(APPLY),
        Route::get(
            "/export",
            "Get all settings as one document, secrets as references (administrators)",
            export,
        )
        .with(EXPORT),
    ]
}

async fn export(call: Call) -> Result<Response, ApiError> {
    call.admin()?;
    let params = call.params()?;
    let only = match (params.filled("project"), params.filled("group")) {
        (Some(_), Some(_)) => {
            return Err(ApiError::Parameters(
                "project, group are mutually exclusive".into(),
            ));
        }
        (Some(path), None) => export::Only::Project(path.to_owned()),
        (None, Some(path)) => export::Only::Group(path.to_owned()),
        (None, None) => export::Only::Everything,
    };
    let keyring = call.app.keyring.clone();
    let found = call
        .app
        .store
        .read(move |sql| export::document(sql, &keyring, &only))
        .await?;
    found.map(|document| answer::ok(&document))
}

async fn apply(call: Call) -> Result<Response, ApiError> {
    call.admin()?;
    let params = call.params()?;
    let empty = Map::new();
    let document = document::read(params.object("settings").unwrap_or(&empty));
    // Those of the reading have the document's own keys.
    let as_written = document.problems.len();
    let dry_run = params.flag("dry_run").unwrap_or_default();
    let expected = params.filled("fingerprint").map(str::to_owned);
    let wanted = Planner {
        app: call.app.clone(),
        sections: document.sections,
        problems: document.problems,
        prune: params.flag("prune").unwrap_or_default(),
    };
    let (app, caller) = (call.app.clone(), call.admin()?.clone());
    let mut planned = if dry_run {
        call.app.store.read(move |sql| wanted.plan(sql)).await?
    } else {
        call.app
            .store
            .write(move |sql| {
                let planned = wanted.clone().plan(sql)?;
                if planned.problems.is_empty()
                    && expected
                        .as_ref()
                        .is_none_or(|it| *it == planned.fingerprint)
                {
                    plan::carry_out(sql, &app, &planned.changes, &caller)?;
                }
                Ok(planned)
            })
            .await?
    };
    if !planned.problems.is_empty() {
        for problem in planned.problems.iter_mut().skip(as_written) {
            problem.at = document.spellings.of_document(&problem.at);
        }
        return Ok(refusal(&planned.problems));
    }
    let seen = params.filled("fingerprint");
    if seen.is_some_and(|seen| seen != planned.fingerprint) {
        return Err(ApiError::Conflict(
            "the settings have changed since the plan was made: look at a new one".into(),
        ));
    }
    Ok(answer::ok(&shown(&planned, dry_run)))
}

fn refusal(problems: &[Problem]) -> Response {
    let errors = problems
        .iter()
        .map(|problem| json!({ "path": problem.at, "message": problem.message }));
    let body = json!({
        "message": "the document is not right, and nothing was changed",
        "errors": errors.collect::<Vec<_>>(),
    });
    answer::json(StatusCode::BAD_REQUEST, &body)
}

fn shown(planned: &Planned, dry_run: bool) -> Value {
    let changes = planned.changes.iter().map(
        |Change {
             owner,
             what,
             action,
             fields,
             ..
         }| {
            json!({
                "level": owner.level_name(),
                "path": owner.path(),
                "what": what,
                "action": action.name(),
                "fields": fields.iter().map(field).collect::<Vec<_>>(),
            })
        },
    );
    json!({
        "dry_run": dry_run,
        "changes": changes.collect::<Vec<_>>(),
        "fingerprint": planned.fingerprint,
    })
}

fn field(field: &Field) -> Value {
    json!({
        "name": field.name,
        "secret": field.secret,
        "old": field.old,
        "new": field.new,
    })
}

#[cfg(test)]
mod tests;
