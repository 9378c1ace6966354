//! `projects/:id/events`: the stored events.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::routes::Route;
use axum::response::Response;
use model::access::AccessLevel;
use serde_json::{Value, json};
use store::events::{self, EventRow};

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/projects/{id}/events",
            "List a project's events, newest first",
            index,
        )
        .with(vec![PAGE, PER_PAGE]),
        Route::get(
            "/projects/{id}/events/{event_id}",
            "Get an event with its whole body",
            show,
        ),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let page = paging::page(&call.params()?)?;
    let found = call
        .app
        .store
        .read(move |sql| events::of_project(sql, project.id, page))
        .await?;
    Ok(paging::answer(&call, page, &found, entity))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let id = call.id("event_id")?;
    let event = call.app.store.read(move |sql| events::get(sql, id)).await?;
    let event = event
        .filter(|event| event.project_id == project.id)
        .ok_or(ApiError::NotFound("Event"))?;
    let mut shown = entity(&event);
    shown["body"] = serde_json::from_str(&event.body).unwrap_or_default();
    Ok(answer::ok(&shown))
}

fn entity(event: &EventRow) -> Value {
    json!({
        "id": event.id,
        "project_id": event.project_id,
        "kind": event.kind,
        "received_at": answer::time(event.received_at),
    })
}
