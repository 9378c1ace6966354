//! Intake: `POST /hooks/:project` and, for system-wide hooks, `POST /hooks`.
//!
//! One file for each kind of source proves where a request comes from and brings its
//! body into GitLab's shape; the engine keeps it. An event is answered 2xx only when
//! it is on disk.

mod git;
mod gitlab;
mod system;

use crate::app::App;
use crate::error::ApiError;
use crate::lookup::Key;
use crate::{answer, body};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use engine::{Accepted, IntakeError, Known, ProjectKey, Received};
use http::{HeaderMap, StatusCode};
use model::{Secret, SourceKind};
use serde_json::json;
use std::sync::Arc;

/// The largest body taken: what the largest senders send at most.
const BODY_LIMIT: usize = 25 * 1024 * 1024;

/// Adds the intake routes.
pub(crate) fn mount(router: Router<App>) -> Router<App> {
    router
        .route("/hooks/{project}", post(of_project))
        .route("/hooks", post(system::receive))
}

async fn of_project(
    State(app): State<App>,
    Path(project): Path<String>,
    headers: HeaderMap,
    mut body: Body,
) -> Response {
    let result = receive(&app, &project, &headers, &mut body).await;
    answered(result, body).await
}

/// The answer; when the body was not wanted, it is read to its end first.
async fn answered(result: Result<Response, ApiError>, body: Body) -> Response {
    match result {
        Ok(response) => response,
        Err(error) => {
            body::drain(body).await;
            error.into_response()
        }
    }
}

async fn receive(
    app: &App,
    project: &str,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Response, ApiError> {
    let known = find(app, project)
        .await?
        .ok_or(ApiError::NotFound("Project"))?;
    let project = &known.project;
    let secret = hook_secret(&known)?;
    let source = project.source.as_ref();
    let received = match source.map(|source| source.kind).unwrap_or_default() {
        SourceKind::Gitlab => {
            gitlab::authenticate(headers, secret)?;
            gitlab::received(headers, &body::read(body, BODY_LIMIT).await?)
        }
        SourceKind::Git => {
            gitlab::authenticate(headers, secret)?;
            let bytes = body::read(body, BODY_LIMIT).await?;
            git::received(headers, &bytes, project, &app.external_url)?
        }
        kind @ (SourceKind::Forgejo | SourceKind::Github) => {
            return Err(ApiError::BadRequest(format!(
                "events from {} are not taken yet",
                kind.name()
            )));
        }
    };
    accept(app, &known, received).await
}

/// Keeps an event and answers for it.
async fn accept(app: &App, known: &Known, received: Received) -> Result<Response, ApiError> {
    let Accepted { event_id, repeat } =
        app.engine
            .accept(known, received)
            .await
            .map_err(|error| match error {
                IntakeError::Event(error) => ApiError::BadRequest(error.to_string()),
                IntakeError::Store(error) => ApiError::Store(error),
            })?;
    let status = if repeat {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok(answer::json(status, &json!({ "event_id": event_id })))
}

/// The project of an id or a full path.
async fn find(app: &App, name: &str) -> Result<Option<Arc<Known>>, ApiError> {
    let key = match Key::new(name) {
        Key::Id(id) => ProjectKey::Id(id),
        Key::Path(path) => ProjectKey::Path(path),
    };
    Ok(app.engine.known(key).await?)
}

/// The secret that a source's events must carry; without one none is taken.
fn hook_secret(known: &Known) -> Result<&Secret, ApiError> {
    match &known.hook_secret {
        Some(Ok(secret)) => Ok(secret),
        Some(Err(error)) => Err(ApiError::Internal(error.to_string())),
        None => Err(ApiError::UnauthorizedBecause(
            "this project's source has no secret yet: set one with PUT …/source".into(),
        )),
    }
}
