//! A stand-in of Jenkins with its GitLab plug-in: it takes hooks for the jobs it knows, counts
//! builds, and has a page that lists them.

mod hook;

use crate::web as page;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// One build that a hook has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// counted from 1 within its job
    pub number: usize,
    /// what started it: the value of `X-Gitlab-Event`
    pub cause: String,
    /// branch, tag or merge request
    pub what: String,
    /// the commit that is built
    pub sha: String,
    /// who did it
    pub by: String,
    /// the hook's `Idempotency-Key`
    pub key: String,
}

/// The stand-in. Clones share everything.
#[derive(Clone)]
pub struct Jenkins {
    shared: Arc<Shared>,
}

struct Shared {
    username: String,
    password: String,
    jobs: Mutex<BTreeMap<String, Vec<Build>>>,
}

impl Jenkins {
    /// A server without jobs and with one user.
    pub fn new(username: &str, password: &str) -> Self {
        Self {
            shared: Arc::new(Shared {
                username: username.to_owned(),
                password: password.to_owned(),
                jobs: Mutex::default(),
            }),
        }
    }

    /// Makes a job; one in folders is named `folder/job`.
    pub fn add_job(&self, name: &str) {
        self.jobs().entry(name.to_owned()).or_default();
    }

    /// The builds of a job, oldest first; none when there is no such job.
    pub fn builds(&self, job: &str) -> Vec<Build> {
        self.jobs().get(job).cloned().unwrap_or_default()
    }

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

    /// Never held across an await; what a panicking test left behind is still good to look at.
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Build>>> {
        self.shared
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
