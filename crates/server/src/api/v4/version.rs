//! `/version` and `/metadata`: what clients ask first.

use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::ApiError;
use crate::routes::Route;
use axum::response::Response;
use serde_json::json;

/// The GitLab release whose API this is; clients compare it.
const VERSION: &str = "18.10.0";
/// The revision, where GitLab has its commit, is Crosstie's own version.
const REVISION: &str = concat!("crosstie-", env!("CARGO_PKG_VERSION"));

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/version", "The version of the API", show).needs(Needs::ReadUser),
        Route::get(
            "/metadata",
            "The version of the API and what it offers",
            show,
        )
        .needs(Needs::ReadUser),
    ]
}

async fn show(_call: Call) -> Result<Response, ApiError> {
    Ok(answer::ok(&json!({
        "version": VERSION,
        "revision": REVISION,
        "kas": {
            "enabled": false,
            "externalUrl": null,
            "externalK8sProxyUrl": null,
            "version": null,
        },
        "enterprise": false,
    })))
}
