//! `/-/…`: what operators and their tools ask.

use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::ApiError;
use crate::routes::Route;
use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde_json::json;
use store::deliveries;

/// The routes of this resource.
pub(crate) fn routes() -> Vec<Route> {
    [
        Route::get("/-/health", "Whether the process answers", health),
        Route::get(
            "/-/liveness",
            "Whether the process is worth keeping",
            liveness,
        ),
        Route::get(
            "/-/readiness",
            "Whether requests can be served: the store answers",
            readiness,
        ),
        Route::get("/-/metrics", "Counters in Prometheus' text form", metrics),
    ]
    .into_iter()
    .map(|route| route.needs(Needs::Nothing).within("", "operations"))
    .collect()
}

async fn health(_: Call) -> Result<Response, ApiError> {
    Ok(text("text/plain; charset=utf-8", "Crosstie OK\n".into()))
}

async fn liveness(_: Call) -> Result<Response, ApiError> {
    Ok(answer::ok(&json!({ "status": "ok" })))
}

async fn readiness(call: Call) -> Result<Response, ApiError> {
    let reads = call.app.store.read(|sql| sql.number("SELECT 1", &[])).await;
    Ok(match reads {
        Ok(_) => answer::ok(&json!({ "status": "ok", "store": { "status": "ok" } })),
        Err(error) => answer::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "failed", "store": { "status": "failed", "message": error.to_string() } }),
        ),
    })
}

async fn metrics(call: Call) -> Result<Response, ApiError> {
    let pending = call
        .app
        .store
        .read(|sql| deliveries::count_pending(sql))
        .await?;
    call.app.engine.metrics().pending.set(pending);
    Ok(text(
        "text/plain; version=0.0.4; charset=utf-8",
        call.app.engine.metrics().render(),
    ))
}

fn text(media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
