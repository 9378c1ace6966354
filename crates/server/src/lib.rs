//! Crosstie over HTTP: GitLab's API (v4), our own, and the pages.
//!
//! A resource is one file under [`api`] that exports its [`routes::Route`]s: the
//! router and the OpenAPI document are both built from that list. [`call`] is what
//! a handler gets, [`error`] the one place where a failure becomes a response.
//! The pages for people are in [`web`].

pub mod answer;
pub mod api;
pub mod app;
pub mod auth;
mod body;
pub mod bootstrap;
mod buckets;
pub mod call;
pub mod caller;
mod client;
mod endpoint;
pub mod error;
mod form;
mod headers;
mod hooks;
pub mod listen;
pub mod lookup;
mod multipart;
pub mod openapi;
mod ops;
pub mod paging;
pub mod params;
pub mod password;
pub mod rates;
mod router;
pub mod routes;
mod settings;
#[cfg(test)]
mod testing;
mod throttle;
mod web;

pub use app::{App, Parts};
pub use rates::Rates;
pub use router::{openapi_document, router};
