//! The router over all routes.

use crate::app::App;
use crate::routes::Route;
use crate::{api, headers, hooks, openapi, ops, routes, web};
use axum::Router;
use axum::routing::get;
use serde_json::Value;
use std::sync::Arc;

/// All routes of the server.
pub fn router(app: App) -> Router {
    let all = all_routes(app.engine.is_for_development());
    let document = openapi::document(&all).to_string();
    let document = move || async move { ([("content-type", "application/json")], document) };
    hooks::mount(routes::mount(Router::new(), &all))
        .route("/-/openapi.json", get(document))
        .fallback(web::answer)
        .layer(axum::middleware::from_fn_with_state(
            app.clone(),
            headers::around,
        ))
        .with_state(app)
}

/// The OpenAPI document of all routes.
pub fn openapi_document() -> Value {
    openapi::document(&all_routes(false))
}

fn all_routes(for_development: bool) -> Vec<Arc<Route>> {
    let routes = [api::routes(), ops::routes()];
    let all = routes.into_iter().flatten();
    all.filter(|route| for_development || !route.for_development)
        .map(Arc::new)
        .collect()
}
