//! Testing and previewing an integration: `…/integrations/:slug/test` and `…/preview`.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use catalogue::Integration;
use engine::{TestError, effective};
use http::StatusCode;
use model::access::AccessLevel;
use model::id::EventId;
use serde_json::json;
use store::events;
use store::project_details::{self, ProjectDetails};
use store::settings::SettingsRow;

const PREVIEW: &[Parameter] = &[Parameter::optional(
    "event_id",
    ParamKind::Integer,
    "The event; the project's newest when left out",
)];

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    let below = "/projects/{id}/integrations/{slug}";
    vec![
        Route::post(
            &format!("{below}/test"),
            "Try the settings against the tool",
            test,
        )
        .answers(StatusCode::OK)
        .refuses(&[StatusCode::UNPROCESSABLE_ENTITY]),
        Route::post(
            &format!("{below}/preview"),
            "Show what would be sent for an event, sending nothing",
            preview,
        )
        .answers(StatusCode::OK)
        .refuses(&[StatusCode::UNPROCESSABLE_ENTITY])
        .with(PREVIEW),
    ]
}

async fn test(call: Call) -> Result<Response, ApiError> {
    let (integration, row, project) = set_up(&call).await?;
    match call.app.engine.test(integration, &row, &project).await {
        Ok(result) => Ok(answer::ok(&json!({ "success": true, "result": result }))),
        Err(TestError::Failed(why)) => Ok(answer::ok(&json!({ "success": false, "result": why }))),
        Err(TestError::Store(error)) => Err(error.into()),
        Err(error @ TestError::Unseal(_)) => Err(ApiError::Unprocessable(error.to_string())),
    }
}

async fn preview(call: Call) -> Result<Response, ApiError> {
    let (integration, row, project) = set_up(&call).await?;
    let wanted = call.params()?.integer("event_id").map(EventId);
    let project_id = project.project_id;
    let event = call.app.store.read(move |sql| match wanted {
        Some(id) => events::get(sql, id),
        None => Ok(
            events::of_project(sql, project_id, store::Page { number: 1, size: 1 })?
                .rows
                .pop(),
        ),
    });
    let event = event
        .await?
        .filter(|event| event.project_id == project_id)
        .ok_or(ApiError::NotFound("Event"))?;
    let preview = call
        .app
        .engine
        .preview(integration, &row, &project, &event.body)
        .await;
    let preview = preview.map_err(|error| ApiError::Unprocessable(error.to_string()))?;
    Ok(answer::ok(&json!({
        "event_id": event.id,
        "integration": integration.slug,
        "skipped": preview.skipped,
        "requests": preview.requests,
    })))
}

/// The integration of the path with the settings that hold for the project, its own or inherited.
async fn set_up(
    call: &Call,
) -> Result<(&'static Integration, SettingsRow, ProjectDetails), ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let integration = catalogue::find(call.name("slug"))
        .filter(|integration| call.app.engine.offers(integration))
        .ok_or_else(|| ApiError::Parameters("slug does not have a valid value".into()))?;
    let id = project.id;
    let found = call.app.store.read(move |sql| {
        Ok((
            effective::settings(sql, id)?,
            project_details::by_id(sql, id)?,
        ))
    });
    let (rows, project_details) = found.await?;
    let row = rows.into_iter().find(|row| row.slug == integration.slug);
    let row = row.ok_or(ApiError::NotFound("Integration"))?;
    let project_details = project_details.ok_or(ApiError::NotFound("Project"))?;
    Ok((integration, row, project_details))
}
