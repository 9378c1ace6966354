//! Events, each stored once.

mod commits;

pub use commits::{Commit, Pushes, add_commits, find_commit, newest_with_commits, pushes_of};

use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::Timestamp;
use model::id::{EventId, ProjectId};
use std::sync::Arc;

/// A stored event.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// its id, shown by the API
    pub id: EventId,
    /// the project it happened in
    pub project_id: ProjectId,
    /// name of its kind
    pub kind: String,
    /// JSON in GitLab's shape
    pub body: String,
    /// when it was received
    pub received_at: Timestamp,
}

/// An event to insert.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// the project it happened in
    pub project_id: ProjectId,
    /// the source's own id of this delivery, by which a duplicate is found
    pub source_key: Option<String>,
    /// name of its kind
    pub kind: &'static str,
    /// JSON in GitLab's shape
    pub body: Arc<str>,
    /// when it was received
    pub received_at: Timestamp,
}

/// The result of inserting an event, with the id it is stored under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventInsert {
    /// It is stored now.
    New(EventId),
    /// The same delivery of its source was stored before.
    Duplicate(EventId),
}

const COLUMNS: &str = EventRow::COLUMNS;
columns!(EventRow, "": id, project_id, kind, body, received_at);

/// Inserts an event, unless the same delivery of its source was stored before.
pub fn insert(sql: &mut dyn Sql, event: &NewEvent) -> Result<EventInsert, StoreError> {
    let inserted = sql.insert(
        "INSERT INTO events (project_id, source_key, kind, body, received_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (project_id, source_key) WHERE source_key IS NOT NULL DO NOTHING",
        params![event.project_id, event.source_key.clone(), event.kind, Arc::clone(&event.body), event.received_at],
    )?;
    if let Some(id) = inserted {
        return Ok(EventInsert::New(EventId(id)));
    }
    let stored = sql.find(
        "SELECT id FROM events WHERE project_id = ?1 AND source_key = ?2",
        params![event.project_id, event.source_key.clone()],
    )?;
    let missing = || StoreError::broken("an event neither new nor stored");
    stored.map(EventInsert::Duplicate).ok_or_else(missing)
}

/// An event by its id.
pub fn get(sql: &mut dyn Sql, id: EventId) -> Result<Option<EventRow>, StoreError> {
    sql.find(
        &format!("SELECT {COLUMNS} FROM events WHERE id = ?1"),
        params![id],
    )
}

/// The bodies of these events, if they exist.
pub fn bodies(sql: &mut dyn Sql, ids: &[EventId]) -> Result<Vec<(EventId, Arc<str>)>, StoreError> {
    let ids: Vec<String> = ids.iter().map(EventId::to_string).collect();
    let query = format!(
        "SELECT id, body FROM events WHERE id IN ({})",
        ids.join(", ")
    );
    sql.list(&query, &[])
}

/// A project's events, newest first.
pub fn of_project(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    page: Page,
) -> Result<Paged<EventRow>, StoreError> {
    let query = (COLUMNS, "events WHERE project_id = ?1", "id DESC");
    page::read(sql, query, params![project_id], page)
}
