//! A project's own page: what was pushed to it lately.

use super::layout::{self, Layout, Time};
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::pushed::Push;
use super::text;
use crate::lookup::Found;
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use model::id::ProjectId;
use store::events::{self, EventRow};
use store::projects::ProjectRow;
use store::{Sql, StoreError};

/// Pushes that are shown.
const PUSHES: i64 = 10;
/// Commits of a push that are shown.
const COMMITS: usize = 5;

/// A breadcrumb: the project and its groups.
pub(super) struct Breadcrumbs {
    /// the groups, `Group / Sub`
    pub(super) group: String,
    /// the project's name
    pub(super) name: String,
    /// address of the project's page
    pub(super) address: String,
}

impl Breadcrumbs {
    pub(super) fn of(request: &PageRequest, project: &ProjectRow) -> Self {
        Self {
            group: text::line(&project.namespace.full_name),
            name: text::line(&project.name),
            address: format!("{}/{}", request.base(), project.full_path),
        }
    }
}

#[derive(Template)]
#[template(path = "project.html")]
struct Page {
    layout: Layout,
    breadcrumbs: Breadcrumbs,
    description: String,
    visibility: &'static str,
    archived: bool,
    pushes: Vec<Row>,
}

struct Row {
    kind: &'static str,
    name: String,
    pusher: String,
    at: Time,
    /// newest first
    commits: Vec<CommitRow>,
    left_out: usize,
}

struct CommitRow {
    sha: String,
    title: String,
    author: String,
}

/// Shows the newest pushes of a project.
pub(super) async fn show(
    request: &PageRequest,
    project: &Found<ProjectRow>,
) -> Result<Response, PageError> {
    let (row, id) = (&project.row, project.row.id);
    let pushes = request.app.store.read(move |sql| newest(sql, id));
    let page = Page {
        layout: Layout::of(request),
        breadcrumbs: Breadcrumbs::of(request, row),
        description: text::line(row.description.as_deref().unwrap_or_default()),
        visibility: row.visibility.name(),
        archived: row.archived,
        pushes: pushes.await?,
    };
    Ok(layout::page(StatusCode::OK, &page))
}

fn newest(sql: &mut dyn Sql, project_id: ProjectId) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    // One after the other: a single body may have many megabytes.
    for id in events::newest_with_commits(sql, project_id, PUSHES)? {
        if let Some(event) = events::get(sql, id)? {
            rows.push(Row::of(&event)?);
        }
    }
    Ok(rows)
}

impl Row {
    fn of(event: &EventRow) -> Result<Self, StoreError> {
        let push = Push::read(event)?;
        let commits = push.commits.iter().rev().take(COMMITS);
        Ok(Self {
            kind: push.kind(),
            name: push.name(),
            pusher: push.pusher(),
            at: event.received_at.into(),
            commits: commits
                .map(|commit| CommitRow {
                    sha: commit.id.clone(),
                    title: text::line(text::cut(commit.title(), 200).0),
                    author: text::line(&commit.author.name),
                })
                .collect(),
            left_out: push.commits.len().saturating_sub(COMMITS),
        })
    }
}
