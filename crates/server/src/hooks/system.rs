//! System-wide hooks: one secret for the instance, the project named in the body.

use super::{BODY_LIMIT, accept, answered, find, gitlab};
use crate::app::App;
use crate::body;
use crate::error::ApiError;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;

/// Where the bodies of system hooks name their project (events facts, section 14).
#[derive(Deserialize)]
struct Named {
    project: Option<Project>,
    path_with_namespace: Option<String>,
    project_path_with_namespace: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: Option<String>,
}

pub(super) async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    mut body: Body,
) -> Response {
    let result = take(&app, &headers, &mut body).await;
    answered(result, body).await
}

async fn take(app: &App, headers: &HeaderMap, body: &mut Body) -> Result<Response, ApiError> {
    gitlab::authenticate(headers, &app.hook_secret)?;
    let received = gitlab::received(headers, &body::read(body, BODY_LIMIT).await?);
    let path = project_path(&received.body)?;
    let known = find(app, &path)
        .await?
        .ok_or(ApiError::NotFound("Project"))?;
    accept(app, &known, received).await
}

fn project_path(body: &str) -> Result<String, ApiError> {
    let named: Named = serde_json::from_str(body)
        .map_err(|error| ApiError::BadRequest(format!("the body is not valid JSON: {error}")))?;
    named
        .project
        .and_then(|project| project.path_with_namespace)
        .or(named.path_with_namespace)
        .or(named.project_path_with_namespace)
        .ok_or_else(|| {
            ApiError::BadRequest("the event names no project (project.path_with_namespace)".into())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_found_wherever_a_body_names_it() {
        for body in [
            r#"{"project":{"path_with_namespace":"g/p"}}"#,
            r#"{"path_with_namespace":"g/p"}"#,
            r#"{"project":null,"project_path_with_namespace":"g/p"}"#,
        ] {
            assert_eq!(project_path(body).unwrap(), "g/p");
        }
        assert!(project_path("{}").is_err());
        assert!(project_path("{").is_err());
    }
}
