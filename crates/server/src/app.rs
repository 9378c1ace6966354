//! What every handler can reach, and the router over all routes.

use crate::body::UnverifiedBodies;
use crate::rates::{Limits, Rates};
use crate::routes::Route;
use crate::web::{self, Throttle};
use crate::{api, headers, hooks, openapi, ops, routes};
use axum::Router;
use axum::routing::get;
use engine::Engine;
use model::{Clock, Random, Secret};
use serde_json::Value;
use std::ops::Deref;
use std::sync::Arc;
use store::{Keyring, Store};

/// What the server is made of.
pub struct Parts {
    /// what Crosstie keeps
    pub store: Store,
    /// seals and opens secrets
    pub keyring: Arc<Keyring>,
    /// the time of day
    pub clock: Arc<dyn Clock>,
    /// unpredictable bytes
    pub random: Arc<dyn Random>,
    /// takes events and delivers them
    pub engine: Arc<Engine>,
    /// what system-wide hooks have to carry
    pub hook_secret: Secret,
    /// where people and tools reach this server, without a slash at the end
    pub external_url: String,
    /// how often it may be asked
    pub rates: Rates,
}

/// A cheap handle on the server's [`Parts`].
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    throttle: Throttle,
    limits: Limits,
    unverified_bodies: UnverifiedBodies,
}

impl App {
    /// Puts the parts together.
    pub fn new(mut parts: Parts) -> Self {
        let length = parts.external_url.trim_end_matches('/').len();
        parts.external_url.truncate(length);
        Self(Arc::new(Inner {
            limits: Limits::new(parts.rates),
            parts,
            throttle: Throttle::default(),
            unverified_bodies: UnverifiedBodies::default(),
        }))
    }

    /// Holds back those who ask too often.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Holds back those who try passwords.
    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// Limits the memory for bodies of unverified origin.
    pub(crate) fn unverified_bodies(&self) -> &UnverifiedBodies {
        &self.0.unverified_bodies
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}

/// Everything the server answers.
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

/// The OpenAPI document of everything the server answers.
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
