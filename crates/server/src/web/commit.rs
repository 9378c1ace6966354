//! `…/-/commit/:sha`: Crosstie's own page of a commit, the target of links for bare repositories.

use super::layout::{self, Layout, Time};
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::project::Breadcrumbs;
use super::pushed::{Change, Commit, Push};
use super::text;
use crate::lookup::Found;
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use model::Status;
use model::access::AccessLevel;
use model::id::{DeliveryId, ProjectId};
use store::deliveries::{self, DeliveryRow};
use store::events::{self, EventRow};
use store::projects::ProjectRow;
use store::{Sql, StoreError};

/// Pushes of one commit that are shown; it may have reached hundreds of branches.
const PUSHES: i64 = 20;
/// Characters of a title; what is longer is shown in full with the message.
const TITLE: usize = 200;
/// Characters of a message: more than anybody reads, and no browser is brought down by it.
const MESSAGE: usize = 1_000_000;
/// Files that are named.
const FILES: usize = 2_000;
/// Fewest digits of a hash that are looked up.
const DIGITS: usize = 7;

#[derive(Template)]
#[template(path = "commit.html")]
struct Page {
    layout: Layout,
    breadcrumbs: Breadcrumbs,
    sha: String,
    title: String,
    message: String,
    message_left_out: usize,
    author: String,
    email: Option<String>,
    time: Option<Time>,
    counts: Vec<(usize, &'static str)>,
    files: Vec<(&'static str, String)>,
    files_left_out: usize,
    pushes: Vec<PushRow>,
    pushes_left_out: i64,
    sees_deliveries: bool,
}

struct PushRow {
    kind: &'static str,
    name: String,
    pusher: String,
    at: Time,
    deliveries: Vec<DeliveryEntry>,
}

struct DeliveryEntry {
    id: DeliveryId,
    integration: String,
    status: &'static str,
    reason: String,
    when: &'static str,
    at: Time,
}

/// What is stored about a commit.
struct StoredCommit {
    sha: String,
    commit: Commit,
    pushes: Vec<(EventRow, Push, Vec<DeliveryRow>)>,
    total: i64,
}

/// The result of looking up an abbreviated hash.
enum Lookup {
    Nothing,
    Several,
    Found(Box<StoredCommit>),
}

/// Shows a commit.
pub(super) async fn show(
    request: &PageRequest,
    project: &Found<ProjectRow>,
    digits: &str,
) -> Result<Response, PageError> {
    let is_hash = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || !(DIGITS..=64).contains(&digits.len()) {
        return Err(PageError::NotFound);
    }
    let (id, digits) = (project.row.id, digits.to_ascii_lowercase());
    // Bodies may be large: they are read where the database is read, not where requests are answered.
    let found = request.app.store.read(move |sql| look_up(sql, id, &digits));
    let stored = match found.await? {
        Lookup::Nothing => return Err(PageError::NotFound),
        Lookup::Several => return Err(PageError::Ambiguous),
        Lookup::Found(stored) => *stored,
    };
    Ok(layout::page(
        StatusCode::OK,
        &page(request, project, stored),
    ))
}

fn look_up(sql: &mut dyn Sql, project_id: ProjectId, digits: &str) -> Result<Lookup, StoreError> {
    let sha = match events::find_commit(sql, project_id, digits)? {
        events::Commit::Unknown => return Ok(Lookup::Nothing),
        events::Commit::Several => return Ok(Lookup::Several),
        events::Commit::One(sha) => sha,
    };
    let stored = events::pushes_of(sql, project_id, &sha, PUSHES)?;
    let (mut commit, mut pushes) = (None, Vec::new());
    for id in stored.event_ids {
        let Some(mut event) = events::get(sql, id)? else {
            continue;
        };
        let mut push = Push::read(&event)?;
        commit = commit.or_else(|| push.take(&sha));
        // The rest of a large push is not held on to.
        push.commits = Vec::new();
        event.body = String::new();
        let deliveries = deliveries::of_event(sql, id)?;
        pushes.push((event, push, deliveries));
    }
    Ok(match commit {
        Some(commit) => Lookup::Found(Box::new(StoredCommit {
            sha,
            commit,
            pushes,
            total: stored.total,
        })),
        None => Lookup::Nothing,
    })
}

fn page(request: &PageRequest, project: &Found<ProjectRow>, stored: StoredCommit) -> Page {
    let commit = &stored.commit;
    let (title, message) = parts(commit);
    let (message, message_left_out) = text::cut(message, MESSAGE);
    let files: Vec<_> = commit.files().collect();
    let named = files.iter().take(FILES);
    let sees_deliveries = project.has(AccessLevel::Maintainer);
    let rows = stored.pushes.iter();
    let shown = i64::try_from(stored.pushes.len()).unwrap_or(stored.total);
    Page {
        layout: Layout::of(request),
        breadcrumbs: Breadcrumbs::of(request, &project.row),
        title,
        message: text::block(message),
        message_left_out,
        author: author(commit),
        // Addresses are for people who are signed in, not for those who collect them.
        email: request
            .user()
            .map(|_| text::line(&commit.author.email))
            .filter(|email| !email.is_empty()),
        time: commit.time(),
        counts: counts(&files),
        files: named
            .map(|(change, name)| (change.name(), text::line(name)))
            .collect(),
        files_left_out: files.len().saturating_sub(FILES),
        pushes: rows.map(|row| PushRow::of(row, sees_deliveries)).collect(),
        pushes_left_out: stored.total - shown,
        sees_deliveries,
        sha: stored.sha,
    }
}

/// The title, and what is left to say: the message without it, or all of it where it was cut.
fn parts(commit: &Commit) -> (String, &str) {
    let whole = commit.title();
    let (title, left_out) = text::cut(whole, TITLE);
    if left_out > 0 {
        return (format!("{}…", text::line(title)), commit.message.trim_end());
    }
    let after = commit.message.split_once(whole);
    let rest = after.and_then(|(_, after)| after.split_once('\n'));
    let rest = rest.map_or("", |(_, rest)| rest.trim_end());
    (text::line(title), rest.trim_start_matches(['\r', '\n']))
}

fn author(commit: &Commit) -> String {
    match commit.author.name.trim() {
        "" => "unknown author".to_owned(),
        name => text::line(name),
    }
}

/// How many files were added, modified and removed.
fn counts(files: &[(Change, &str)]) -> Vec<(usize, &'static str)> {
    [Change::Added, Change::Modified, Change::Removed]
        .into_iter()
        .map(|kind| {
            let of_kind = files.iter().filter(|(change, _)| *change == kind);
            (of_kind.count(), kind.name())
        })
        .filter(|(count, _)| *count > 0)
        .collect()
}

impl PushRow {
    fn of((event, push, made): &(EventRow, Push, Vec<DeliveryRow>), sees_deliveries: bool) -> Self {
        let entries = made.iter().filter(|_| sees_deliveries);
        Self {
            kind: push.kind(),
            name: push.name(),
            pusher: push.pusher(),
            at: event.received_at.into(),
            deliveries: entries.map(DeliveryEntry::of).collect(),
        }
    }
}

impl DeliveryEntry {
    fn of(delivery: &DeliveryRow) -> Self {
        let slug = delivery.integration.as_str();
        let title = catalogue::find(slug).map_or(slug, |integration| integration.title);
        let (when, at) = match (delivery.status, delivery.finished_at) {
            (Status::Pending, _) => ("next try", delivery.next_at),
            (_, Some(at)) => ("ended", at),
            (_, None) => ("made", delivery.created_at),
        };
        Self {
            id: delivery.id,
            integration: title.to_owned(),
            status: delivery.status.name(),
            reason: text::line(delivery.reason.as_deref().unwrap_or_default()),
            when,
            at: at.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn commit(message: &str) -> Commit {
        serde_json::from_value(json!({ "message": message })).unwrap()
    }

    #[test]
    fn a_title_is_shown_once_and_a_long_one_in_full() {
        let cases = [
            ("Fix it", "Fix it", ""),
            ("\n Fix it \n\n  why\n\n", "Fix it", "  why"),
            ("Fix it\r\n\r\nFix it again", "Fix it", "Fix it again"),
            ("", "(no message)", ""),
        ];
        for (message, title, rest) in cases {
            let commit = commit(message);
            assert_eq!(parts(&commit), (title.to_owned(), rest), "{message:?}");
        }
        let long = commit(&"x".repeat(201));
        let (title, rest) = parts(&long);
        assert_eq!(title, format!("{}…", "x".repeat(200)));
        assert_eq!(rest.len(), 201);
    }
}
