//! The delivery log: `projects/:id/deliveries`, `deliveries/:id` and its retry.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use model::access::AccessLevel;
use model::id::DeliveryId;
use model::{Attempt, Status};
use serde_json::{Value, json};
use store::deliveries::{self, DeliveryRow, Filter};

const INDEX: &[Parameter] =
    &[
        Parameter::optional(
            "integration",
            ParamKind::Text,
            "Deliveries to this integration alone",
        ),
        Parameter::optional("status", ParamKind::Text, "Deliveries in this status alone")
            .one_of(&["pending", "delivered", "failed", "skipped"]),
        PAGE,
        PER_PAGE,
    ];

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/projects/{id}/deliveries",
            "List a project's deliveries, newest first",
            index,
        )
        .with(INDEX),
        Route::get(
            "/deliveries/{delivery_id}",
            "Get a delivery with its attempts",
            show,
        ),
        Route::post(
            "/deliveries/{delivery_id}/retry",
            "Try a delivery again",
            retry,
        )
        .answers(StatusCode::ACCEPTED)
        .refuses(&[StatusCode::CONFLICT]),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let params = call.params()?;
    let page = paging::page(&params)?;
    let filter = Filter {
        integration: params.filled("integration").map(str::to_owned),
        status: params.text("status").and_then(Status::from_name),
    };
    let found = call
        .app
        .store
        .read(move |sql| deliveries::of_project(sql, project.id, &filter, page))
        .await?;
    Ok(paging::answer(&call, page, &found, entity))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let delivery = find(&call).await?;
    whole(&call, delivery.id, StatusCode::OK).await
}

async fn retry(call: Call) -> Result<Response, ApiError> {
    let delivery = find(&call).await?;
    match call.app.engine.retry(delivery.id).await? {
        Some(true) => whole(&call, delivery.id, StatusCode::ACCEPTED).await,
        Some(false) => Err(ApiError::Conflict(
            "the delivery is being made just now".into(),
        )),
        None => Err(ApiError::NotFound("Delivery")),
    }
}

/// The delivery of the path, if the caller may see its project's log.
async fn find(call: &Call) -> Result<DeliveryRow, ApiError> {
    let id = call.id("delivery_id")?;
    let delivery = call
        .app
        .store
        .read(move |sql| deliveries::get(sql, id))
        .await?;
    let delivery = delivery.ok_or(ApiError::NotFound("Delivery"))?;
    match call
        .project_of(delivery.project_id, AccessLevel::Maintainer)
        .await
    {
        Err(ApiError::NotFound(_)) => Err(ApiError::NotFound("Delivery")),
        Err(error) => Err(error),
        Ok(_) => Ok(delivery),
    }
}

async fn whole(call: &Call, id: DeliveryId, status: StatusCode) -> Result<Response, ApiError> {
    let found = call
        .app
        .store
        .read(move |sql| Ok((deliveries::get(sql, id)?, deliveries::attempts(sql, id)?)));
    let (delivery, attempts) = found.await?;
    let delivery = delivery.ok_or(ApiError::NotFound("Delivery"))?;
    Ok(answer::json(status, &with_attempts(&delivery, &attempts)))
}

/// A delivery with its attempts.
pub(crate) fn with_attempts(delivery: &DeliveryRow, attempts: &[Attempt]) -> Value {
    let mut shown = entity(delivery);
    shown["attempts"] = attempts.iter().map(attempt).collect();
    shown
}

fn entity(delivery: &DeliveryRow) -> Value {
    let next = (delivery.status == Status::Pending).then(|| answer::time(delivery.next_at));
    json!({
        "id": delivery.id,
        "event_id": delivery.event_id,
        "project_id": delivery.project_id,
        "integration": delivery.integration,
        "status": delivery.status.name(),
        "reason": delivery.reason,
        "destination": delivery.destination,
        "created_at": answer::time(delivery.created_at),
        "next_attempt_at": next,
        "finished_at": delivery.finished_at.map(answer::time),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "number": attempt.number,
        "started_at": answer::time(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "outcome": attempt.outcome.name(),
        "error": attempt.error,
        "requests": attempt.requests,
    })
}
