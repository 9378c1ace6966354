//! What every intake route does: find the project, store its events, respond.

use crate::app::App;
use crate::error::ApiError;
use crate::lookup::Key;
use crate::{answer, body};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use engine::{IncomingEvent, ProjectKey, ProjectSnapshot};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use store::events::EventInsert;

/// The maximum size of a body, in bytes: GitHub's limit, the highest of all hosts
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>).
pub(super) const BODY_LIMIT: usize = 25 * 1024 * 1024;

/// The project of an id or a full path.
pub(super) async fn find(app: &App, name: &str) -> Result<Arc<ProjectSnapshot>, ApiError> {
    let key = match Key::new(name) {
        Key::Id(id) => ProjectKey::Id(id.into()),
        Key::Path(path) => ProjectKey::Path(path),
    };
    let project = app.engine.snapshot(key).await?;
    project.ok_or(ApiError::NotFound("Project"))
}

/// Stores the events of one request.
///
/// Returns 202 with the first one's id when any of them is new, 200 when there are none or all
/// were stored before. The ids of several events are listed in `event_ids`.
pub(super) async fn accept(
    app: &App,
    project: &Arc<ProjectSnapshot>,
    events: Vec<IncomingEvent>,
) -> Result<Response, ApiError> {
    let mut status = StatusCode::OK;
    let mut ids = Vec::with_capacity(events.len());
    for event in events {
        ids.push(match app.engine.accept(project, event).await? {
            EventInsert::New(id) => {
                status = StatusCode::ACCEPTED;
                id
            }
            EventInsert::Duplicate(id) => id,
        });
    }
    let mut body = json!({ "event_id": ids.first() });
    if ids.len() > 1 {
        body["event_ids"] = json!(ids);
    }
    Ok(answer::json(status, &body))
}

/// The response; after an error the rest of the body is read first, so that the sender gets it.
pub(super) async fn respond(result: Result<Response, ApiError>, body: Body) -> Response {
    match result {
        Ok(response) => response,
        Err(error) => {
            body::drain(body).await;
            error.into_response()
        }
    }
}
