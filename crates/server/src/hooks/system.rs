//! System hooks: one secret for the instance, the project named in the body
//! (<https://docs.gitlab.com/administration/system_hooks/>).

use super::{accept, gitlab};
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

pub(super) async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    mut body: Body,
) -> Response {
    let result = receive_event(&app, &headers, &mut body).await;
    accept::respond(result, body).await
}

async fn receive_event(
    app: &App,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Response, ApiError> {
    gitlab::check_token(headers, &app.hook_secret)?;
    let body = body::read(body, accept::BODY_LIMIT).await?;
    let incoming = gitlab::event(headers, &body)?;
    let path = incoming.event.project_path().ok_or_else(|| {
        ApiError::BadRequest("the event names no project: set project.path_with_namespace".into())
    })?;
    let project = accept::find(app, path).await?;
    accept::accept(app, &project, vec![incoming]).await
}
