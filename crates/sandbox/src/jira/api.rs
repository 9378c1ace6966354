//! The REST API: which path is answered where.

mod about;
mod answer;
mod call;
mod comment;
mod fields;
mod issue;
mod link;
mod time;
mod transition;
mod version;

pub(super) use answer::Refusal;

use super::account;
use super::product::Flavour;
use super::site::Jira;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use call::Call;
use std::future::{Ready, ready};
use version::{Api, Version};

/// The API below `/rest/api`.
pub(super) fn router(jira: &Jira) -> Router {
    let two = Router::new().nest("/rest/api/2", version(jira, Version::Two));
    match jira.flavour() {
        Flavour::Server => two,
        Flavour::Cloud => two.nest("/rest/api/3", version(jira, Version::Three)),
    }
}

fn version(jira: &Jira, version: Version) -> Router {
    let login_guard = axum::middleware::from_fn_with_state(jira.clone(), account::authenticate);
    Router::new()
        .route("/serverInfo", reading(about::server_info))
        .route("/myself", reading(about::myself))
        .route("/issue/{issue}", reading(issue::show))
        .route(
            "/issue/{issue}/comment",
            reading(comment::list).post(on(comment::create)),
        )
        .route("/issue/{issue}/comment/{id}", reading(comment::show))
        .route(
            "/issue/{issue}/remotelink",
            reading(link::list).post(on(link::create)),
        )
        .route(
            "/issue/{issue}/remotelink/{id}",
            reading(link::show)
                .put(on(link::change))
                .delete(on(link::delete)),
        )
        .route(
            "/issue/{issue}/transitions",
            reading(transition::list).post(on(transition::make)),
        )
        .layer(login_guard)
        .with_state(Api {
            jira: jira.clone(),
            version,
        })
}

fn reading<A: IntoResponse + 'static>(act: fn(&Call) -> A) -> MethodRouter<Api> {
    get(on(act))
}

/// A call is read whole before it is acted upon, so that acting needs no waiting.
fn on<A: IntoResponse>(act: fn(&Call) -> A) -> impl Fn(Call) -> Ready<Response> + Clone {
    move |call| ready(act(&call).into_response())
}
