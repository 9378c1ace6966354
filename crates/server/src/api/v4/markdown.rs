//! `/markdown`: text rendered, with a project's references as links.
//!
//! <https://docs.gitlab.com/api/markdown/>.

use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use catalogue::{References, markdown};
use model::access::AccessLevel;
use serde_json::json;

const PARAMETERS: &[Parameter] = &[
    Parameter::required("text", ParamKind::Text, "The Markdown to render"),
    Parameter::optional(
        "gfm",
        ParamKind::Boolean,
        "Whether to render GitLab's Markdown, with references as links",
    ),
    Parameter::optional(
        "project",
        ParamKind::Text,
        "Full path of the project that references are seen from",
    ),
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/markdown", "Render Markdown", render)
            .with(PARAMETERS)
            .needs(Needs::ReadApi),
    ]
}

async fn render(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let text = params.text("text").unwrap_or_default().to_owned();
    let project = match params.text("project") {
        Some(path) => Some(call.project_at(path, AccessLevel::NoAccess).await?.row),
        None => None,
    };
    let is_gitlabs = params.flag("gfm") == Some(true);
    let references = match project {
        Some(project) if is_gitlabs => call.app.engine.references(project.id, &text).await?,
        _ => References::default(),
    };
    // A long text with a user's expression takes its time.
    let rendered = tokio::task::spawn_blocking(move || {
        if is_gitlabs {
            markdown::render(&text, &references)
        } else {
            markdown::render_plain(&text)
        }
    });
    let html = rendered
        .await
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(answer::created(&json!({ "html": html })))
}
