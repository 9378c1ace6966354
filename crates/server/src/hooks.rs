//! Intake: `POST /hooks/:project` and, for system-wide hooks, `POST /hooks`.
//!
//! Each kind of source has one file, which proves where a request comes from and turns its
//! body into events in GitLab's shape; the engine stores them. A request is answered 2xx
//! only when its events are on disk. Another kind is one more file with a [`Source`], and its
//! line in [`source_of`].

mod accept;
mod git;
mod gitlab;
mod source;
mod system;

use crate::app::App;
use crate::body;
use crate::error::ApiError;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use engine::ProjectSnapshot;
use http::HeaderMap;
use model::{Secret, SourceKind};
use source::Source;

/// Adds the intake routes.
pub(crate) fn mount(router: Router<App>) -> Router<App> {
    router
        .route("/hooks/{project}", post(project_hook))
        .route("/hooks", post(system::receive))
}

async fn project_hook(
    State(app): State<App>,
    Path(project): Path<String>,
    headers: HeaderMap,
    mut body: Body,
) -> Response {
    let result = receive(&app, &project, &headers, &mut body).await;
    accept::respond(result, body).await
}

async fn receive(
    app: &App,
    project: &str,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Response, ApiError> {
    let project = accept::find(app, project).await?;
    let secret = hook_secret(&project)?;
    let kind = project.project.source.as_ref().map(|source| source.kind);
    let source = source_of(kind.unwrap_or_default())?;
    let body = read_verified(app, source, headers, body, secret).await?;
    let events = source.events(headers, &body, &project.project, &app.external_url)?;
    accept::accept(app, &project, events).await
}

fn source_of(kind: SourceKind) -> Result<&'static dyn Source, ApiError> {
    match kind {
        SourceKind::Gitlab => Ok(&gitlab::Gitlab),
        SourceKind::Git => Ok(&git::Git),
        SourceKind::Forgejo | SourceKind::Github => Err(ApiError::BadRequest(format!(
            "events from {} are not supported yet",
            kind.name()
        ))),
    }
}

/// The body of a request that proves its origin.
async fn read_verified(
    app: &App,
    source: &dyn Source,
    headers: &HeaderMap,
    body: &mut Body,
    secret: &Secret,
) -> Result<Bytes, ApiError> {
    source.precheck(headers, secret)?;
    let (body, _reserved) = if source.signs_body() {
        let bodies = app.unverified_bodies();
        bodies.read(body, accept::BODY_LIMIT).await?
    } else {
        (body::read(body, accept::BODY_LIMIT).await?, None)
    };
    source.verify(headers, &body, secret)?;
    Ok(body)
}

/// The secret that verifies a source's requests; without one they are all rejected.
fn hook_secret(project: &ProjectSnapshot) -> Result<&Secret, ApiError> {
    match &project.hook_secret {
        Some(Ok(secret)) => Ok(secret),
        Some(Err(error)) => Err(ApiError::Internal(error.to_string())),
        None => Err(ApiError::UnauthorizedBecause(
            "this project's source has no secret: set one with PUT /api/crosstie/v1/projects/:id/source".into(),
        )),
    }
}

#[cfg(test)]
mod tests;
