//! The audit log: `audit_events` for administrators, `projects/:id/audit_events` for Maintainers.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::lookup::Key;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use model::access::AccessLevel;
use serde_json::{Value, json};
use store::audit::{self, EntryRow, Filter, Owner, Subject};

const INTEGRATION: Parameter = Parameter::optional(
    "integration",
    ParamKind::Text,
    "Only what concerns this integration",
);
const USER: Parameter = Parameter::optional(
    "user",
    ParamKind::Text,
    "Only what this user did, by id or username",
);
const ACTION: Parameter = Parameter::optional(
    "action",
    ParamKind::Text,
    "Only this action, such as integration.saved",
);
const AFTER: Parameter = Parameter::optional(
    "created_after",
    ParamKind::Time,
    "Only from this moment on, such as 2027-01-31T12:00:00Z",
);
const BEFORE: Parameter =
    Parameter::optional("created_before", ParamKind::Time, "Only until this moment");

const OF_PROJECT: &[Parameter] = &[INTEGRATION, USER, ACTION, AFTER, BEFORE, PAGE, PER_PAGE];
const OF_ALL: &[Parameter] = &[
    Parameter::optional(
        "project",
        ParamKind::Text,
        "Only what concerns this project, by id or the full path it had",
    ),
    Parameter::optional(
        "group",
        ParamKind::Text,
        "Only what concerns this group itself, by id or the full path it had",
    ),
    INTEGRATION,
    USER,
    ACTION,
    AFTER,
    BEFORE,
    PAGE,
    PER_PAGE,
];

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/audit_events",
            "List who changed what, newest first (administrators)",
            index,
        )
        .with(OF_ALL),
        Route::get(
            "/projects/{id}/audit_events",
            "List who changed what of a project, newest first",
            of_project,
        )
        .with(OF_PROJECT),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    call.admin()?;
    let params = call.params()?;
    let filter = Filter {
        project: owner(&params, "project"),
        group: owner(&params, "group"),
        ..filter(&params)
    };
    list(&call, &params, filter).await
}

async fn of_project(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let params = call.params()?;
    let filter = Filter {
        project: Some(Owner::Id(project.id.0)),
        ..filter(&params)
    };
    list(&call, &params, filter).await
}

fn filter(params: &Params) -> Filter {
    Filter {
        integration: params.filled("integration").map(str::to_owned),
        user: owner(params, "user"),
        action: params.filled("action").map(str::to_owned),
        after: params.time("created_after"),
        before: params.time("created_before"),
        ..Filter::default()
    }
}

fn owner(params: &Params, name: &str) -> Option<Owner> {
    Some(match Key::new(params.filled(name)?) {
        Key::Id(id) => Owner::Id(id),
        Key::Path(path) => Owner::Name(path),
    })
}

async fn list(call: &Call, params: &Params, filter: Filter) -> Result<Response, ApiError> {
    let page = paging::page(params)?;
    let found = call
        .app
        .store
        .read(move |sql| audit::list(sql, &filter, page));
    Ok(paging::answer(call, page, &found.await?, entity))
}

fn entity(row: &EntryRow) -> Value {
    let (level, id) = match row.subject {
        Subject::Instance => ("instance", None),
        Subject::Namespace(id) => ("group", Some(id.0)),
        Subject::Project(id) => ("project", Some(id.0)),
        Subject::User(id) => ("user", Some(id.0)),
    };
    let changes: Value = row
        .changes
        .iter()
        .map(|change| change.json().clone())
        .collect();
    json!({
        "id": row.id,
        "created_at": answer::time(row.created_at),
        "actor": { "id": row.actor.user_id, "name": row.actor.name },
        "address": row.actor.address,
        "action": row.action,
        "about": { "level": level, "id": id, "path": row.path },
        "integration": row.integration,
        "changes": changes,
    })
}
