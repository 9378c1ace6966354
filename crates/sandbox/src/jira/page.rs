//! Pages to look at: all projects, and one issue.

use super::product::Flavour;
use super::site::Jira;
use super::state::{Issue, Link, State};
use super::text::{Block, Inline, Kind, is_web_address};
use super::workflow::Status;
use crate::web::{Moment, page, style};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use std::future::ready;

/// The pages, and what answers an address that leads nowhere.
pub(super) fn router(jira: &Jira) -> Router {
    Router::new()
        .route(
            "/",
            get(|Shared(jira): Shared<Jira>| ready(projects(&jira))),
        )
        .route(
            "/browse/{key}",
            get(|Shared(jira): Shared<Jira>, Path(key): Path<String>| ready(issue(&jira, &key))),
        )
        .route("/style.css", get(|| ready(style())))
        .fallback(|Shared(jira): Shared<Jira>| ready(missing(&jira, "This page")))
        .with_state(jira.clone())
}

/// A page of one sentence, such as proxies and log-in walls give.
pub(super) fn plain(status: StatusCode, sentence: &'static str) -> Response {
    page(status, &Plain { sentence })
}

#[derive(Template)]
#[template(path = "plain.html")]
struct Plain {
    sentence: &'static str,
}

#[derive(Template)]
#[template(path = "projects.html")]
struct ProjectsPage {
    product: &'static str,
    projects: Vec<ProjectRow>,
}

struct ProjectRow {
    key: String,
    name: String,
    issues: Vec<IssueRow>,
}

struct IssueRow {
    key: String,
    summary: String,
    status: StatusBadge,
}

struct StatusBadge {
    name: &'static str,
    category: &'static str,
}

#[derive(Template)]
#[template(path = "issue.html")]
struct IssuePage {
    product: &'static str,
    project: String,
    project_key: String,
    key: String,
    summary: String,
    status: StatusBadge,
    resolution: Option<&'static str>,
    resolved: Option<Moment>,
    created: Moment,
    updated: Moment,
    author: String,
    comments: Vec<CommentRow>,
    links: Vec<LinkRow>,
}

struct CommentRow {
    id: u64,
    at: Moment,
    blocks: Vec<Block>,
}

struct LinkRow {
    /// only what a browser may be led to
    href: Option<String>,
    title: String,
    relationship: String,
    resolved: bool,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    product: &'static str,
    what: &'a str,
}

impl From<Status> for StatusBadge {
    fn from(status: Status) -> Self {
        Self {
            name: status.name(),
            category: status.category().key(),
        }
    }
}

fn product(jira: &Jira) -> &'static str {
    match jira.flavour() {
        Flavour::Server => "Jira Server",
        Flavour::Cloud => "Jira Cloud",
    }
}

fn projects(jira: &Jira) -> Response {
    let state = jira.state();
    let issues_of = |key: &str| {
        let issues = state
            .issues
            .values()
            .filter(|issue| issue.key.project == key);
        issues.map(IssueRow::of).collect()
    };
    let row = |(key, project): (&String, &super::state::Project)| ProjectRow {
        key: key.clone(),
        name: project.name.clone(),
        issues: issues_of(key),
    };
    let projects = state.projects.iter().map(row).collect();
    page(
        StatusCode::OK,
        &ProjectsPage {
            product: product(jira),
            projects,
        },
    )
}

fn issue(jira: &Jira, key: &str) -> Response {
    let state = jira.state();
    match state.find(key) {
        Some(issue) => page(StatusCode::OK, &IssuePage::of(jira, &state, issue)),
        None => missing(jira, "This issue"),
    }
}

fn missing(jira: &Jira, what: &str) -> Response {
    page(
        StatusCode::NOT_FOUND,
        &Missing {
            product: product(jira),
            what,
        },
    )
}

impl IssueRow {
    fn of(issue: &Issue) -> Self {
        Self {
            key: issue.key.to_string(),
            summary: issue.summary.clone(),
            status: issue.status.into(),
        }
    }
}

impl IssuePage {
    fn of(jira: &Jira, state: &State, issue: &Issue) -> Self {
        let project_key = issue.key.project.clone();
        let project = state
            .projects
            .get(&project_key)
            .map(|project| project.name.clone());
        let comments = issue.comments.iter();
        Self {
            product: product(jira),
            project: project.unwrap_or_default(),
            project_key,
            key: issue.key.to_string(),
            summary: issue.summary.clone(),
            status: issue.status.into(),
            resolution: issue.resolution.map(super::workflow::Resolution::name),
            resolved: issue.resolved.map(Moment::from),
            created: issue.created.into(),
            updated: issue.updated.into(),
            author: jira.account().username.clone(),
            comments: comments
                .map(|comment| CommentRow {
                    id: comment.id,
                    at: comment.created.into(),
                    blocks: comment.body.blocks(),
                })
                .collect(),
            links: issue.links.iter().map(LinkRow::of).collect(),
        }
    }
}

impl LinkRow {
    fn of(link: &Link) -> Self {
        Self {
            href: Some(link.url.clone()).filter(|url| is_web_address(url)),
            title: link.title.clone(),
            // What Jira calls a link that came without a name for what it is.
            relationship: link
                .relationship
                .clone()
                .unwrap_or_else(|| "links to".to_owned()),
            resolved: link.resolved.unwrap_or_default(),
        }
    }
}
