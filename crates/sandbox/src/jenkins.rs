//! A stand-in of Jenkins with its GitLab plug-in: it takes hooks for the jobs it knows, counts
//! builds, and has a page that lists them.

mod hook;
mod jobs;

pub use jobs::{Build, Jenkins};

use crate::web as page;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use std::future::ready;
use tokio::net::TcpListener;

impl Jenkins {
    /// The hooks and the page, to be served at the root of a host.
    pub fn router(&self) -> Router {
        Router::new()
            .route(
                "/",
                get(|State(jenkins): State<Self>| ready(builds(&jenkins))),
            )
            .route("/style.css", get(|| ready(page::style())))
            .route("/project/{*job}", post(hook::take))
            .with_state(self.clone())
    }
}

/// Serves a stand-in until the task is dropped.
pub async fn serve(jenkins: &Jenkins, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, jenkins.router()).await
}

#[derive(Template)]
#[template(path = "builds.html")]
struct BuildsPage {
    product: &'static str,
    jobs: Vec<JobRow>,
}

struct JobRow {
    name: String,
    builds: Vec<Build>,
}

/// Every job with its builds, newest first.
fn builds(jenkins: &Jenkins) -> Response {
    let row = |(name, builds): (&String, &Vec<Build>)| JobRow {
        name: name.clone(),
        builds: builds.iter().rev().cloned().collect(),
    };
    let jobs = jenkins.jobs().iter().map(row).collect();
    page::page(
        StatusCode::OK,
        &BuildsPage {
            product: "Jenkins",
            jobs,
        },
    )
}

#[cfg(test)]
mod tests;
