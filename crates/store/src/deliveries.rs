//! Deliveries and their attempts: the backlog and the delivery log are the same rows.

use crate::rows::columns;
use crate::sql::params;
use crate::{Columns, FromColumns, Page, Paged, Reason, Sql, StoreError, Value, page};
use jiff::Timestamp;
use model::id::{DeliveryId, EventId, ProjectId};
use model::{Attempt, Status};
use std::sync::Arc;

/// A stored delivery.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// its id, shown by the API
    pub id: DeliveryId,
    /// the event
    pub event_id: EventId,
    /// the project
    pub project_id: ProjectId,
    /// slug of the integration
    pub integration: String,
    /// its status
    pub status: Status,
    /// why it was skipped or failed, or is not delivered yet
    pub reason: Option<String>,
    /// scheme, host and port it goes to
    pub destination: String,
    /// attempts that count for the retry schedule
    pub tries: i64,
    /// keys of the steps that need not be sent again
    pub done: Vec<String>,
    /// when it is due
    pub next_at: Timestamp,
    /// when it was created
    pub created_at: Timestamp,
    /// when it ended
    pub finished_at: Option<Timestamp>,
}

/// A delivery to insert: due at once, or skipped with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// slug of the integration
    pub integration: &'static str,
    /// scheme, host and port it goes to
    pub destination: String,
    /// the skip reason, if it is skipped
    pub skipped: Option<String>,
}

/// How an attempt changes its delivery.
#[derive(Clone, Debug)]
pub struct Transition {
    /// its new status
    pub status: Status,
    /// why, in words
    pub reason: Option<String>,
    /// attempts that count for the retry schedule
    pub tries: i64,
    /// keys of the steps that need not be sent again
    pub done: Vec<String>,
    /// when it is due again, if it is pending
    pub next_at: Timestamp,
}

/// Selects deliveries of a project.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// slug of their integration
    pub integration: Option<String>,
    /// their status
    pub status: Option<Status>,
}

pub(crate) const COLUMNS: &str = DeliveryRow::COLUMNS;
columns!(DeliveryRow, "": id, event_id, project_id, integration, status, reason, destination,
    tries, done = "COALESCE(done, '[]')", next_at, created_at, finished_at);

/// A claim: its node and its end.
#[derive(Clone, Debug)]
pub struct Lease {
    /// id of the node
    pub node: Arc<str>,
    /// when it ends unless it is renewed
    pub until: Timestamp,
}

/// Inserts a delivery and returns its row; with a lease it is claimed by the same statement.
pub fn add(
    sql: &mut dyn Sql,
    (event_id, project_id): (EventId, ProjectId),
    new: &NewDelivery,
    now: Timestamp,
    lease: Option<&Lease>,
) -> Result<DeliveryRow, StoreError> {
    let status = if new.skipped.is_some() {
        Status::Skipped
    } else {
        Status::Pending
    };
    let finished_at = new.skipped.as_ref().map(|_| now);
    let id = sql.insert_new(
        "INSERT INTO deliveries (event_id, project_id, integration, status, reason, destination, next_at, claimed_by, lease_until, created_at, finished_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?7, ?10)",
        params![
            event_id,
            project_id,
            new.integration,
            status,
            new.skipped.clone(),
            &new.destination,
            now,
            lease.map(|lease| Arc::clone(&lease.node)),
            lease.map(|lease| lease.until),
            finished_at
        ],
    )?;
    Ok(DeliveryRow {
        id,
        event_id,
        project_id,
        integration: new.integration.to_owned(),
        status,
        reason: new.skipped.clone(),
        destination: new.destination.clone(),
        tries: 0,
        done: Vec::new(),
        next_at: now,
        created_at: now,
        finished_at,
    })
}

/// Stores an attempt and its delivery's new state, and ends the claim.
pub fn record(
    sql: &mut dyn Sql,
    id: DeliveryId,
    attempt: &Attempt,
    transition: &Transition,
) -> Result<(), StoreError> {
    let requests = serde_json::to_string(&attempt.requests)
        .map_err(|error| StoreError::Broken(Reason::new("requests of an attempt", error)))?;
    sql.run(
        "INSERT INTO attempts (delivery_id, number, started_at, duration_ms, outcome, error, requests)
         VALUES (?1, (SELECT COALESCE(MAX(number), 0) + 1 FROM attempts WHERE delivery_id = ?1), ?2, ?3, ?4, ?5, ?6)",
        params![
            id,
            attempt.started_at,
            attempt.duration_ms,
            attempt.outcome.name(),
            attempt.error.clone(),
            requests
        ],
    )?;
    let ended =
        attempt.started_at + std::time::Duration::from_millis(attempt.duration_ms.unsigned_abs());
    let finished = (transition.status != Status::Pending).then_some(ended);
    sql.run(
        "UPDATE deliveries SET status = ?2, reason = ?3, tries = ?4, next_at = ?5, finished_at = ?6, done = ?7, claimed_by = NULL, lease_until = NULL
         WHERE id = ?1",
        params![
            id,
            transition.status,
            transition.reason.clone(),
            transition.tries,
            transition.next_at,
            finished,
            steps_text(transition)?
        ],
    )?;
    Ok(())
}

/// The steps to omit in the next attempt: none after a success, so that a manual retry sends all.
fn steps_text(transition: &Transition) -> Result<Option<String>, StoreError> {
    if transition.done.is_empty() || transition.status == Status::Delivered {
        return Ok(None);
    }
    let text = serde_json::to_string(&transition.done);
    text.map(Some)
        .map_err(|error| StoreError::Broken(Reason::new("steps of a delivery", error)))
}

/// A delivery by its id.
pub fn get(sql: &mut dyn Sql, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
    sql.find(
        &format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1"),
        params![id],
    )
}

/// The event of a delivery that is to be attempted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingEvent {
    /// The delivery is pending; the event's body.
    Body(Arc<str>),
    /// The delivery has ended.
    Ended,
    /// The delivery was deleted with its event or project.
    Deleted,
}

/// The event of a delivery, if that is still pending.
pub fn pending_event(sql: &mut dyn Sql, id: DeliveryId) -> Result<PendingEvent, StoreError> {
    let row = sql.find(
        "SELECT deliveries.status, events.body FROM deliveries
         JOIN events ON events.id = deliveries.event_id WHERE deliveries.id = ?1",
        params![id],
    )?;
    Ok(match row {
        Some((Status::Pending, body)) => PendingEvent::Body(body),
        Some(_) => PendingEvent::Ended,
        None => PendingEvent::Deleted,
    })
}

/// The attempts of a delivery, first to last.
pub fn attempts(sql: &mut dyn Sql, delivery_id: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
    sql.list(
        "SELECT number, started_at, duration_ms, outcome, error, requests FROM attempts
         WHERE delivery_id = ?1 ORDER BY number",
        params![delivery_id],
    )
}

impl FromColumns for Attempt {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            number: columns.read()?,
            started_at: columns.read()?,
            duration_ms: columns.read()?,
            outcome: columns.read()?,
            error: columns.read()?,
            requests: columns.read()?,
        })
    }
}

/// A project's deliveries, newest first.
pub fn of_project(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    filter: &Filter,
    page: Page,
) -> Result<Paged<DeliveryRow>, StoreError> {
    let from = "deliveries WHERE project_id = ?1 AND (?2 IS NULL OR integration = ?2) AND (?3 IS NULL OR status = ?3)";
    let given: &[Value] = params![project_id, filter.integration.clone(), filter.status];
    page::read(sql, (COLUMNS, from, "id DESC"), given, page)
}

/// The deliveries of an event, in the order they were created.
pub fn of_event(sql: &mut dyn Sql, event_id: EventId) -> Result<Vec<DeliveryRow>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM deliveries WHERE event_id = ?1 ORDER BY id");
    sql.list(&query, params![event_id])
}

/// Makes a delivery due now, at the start of its schedule. Returns `false` if an attempt is running.
pub fn retry(sql: &mut dyn Sql, id: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
    let changed = sql.run(
        "UPDATE deliveries SET status = 'pending', reason = NULL, tries = 0, next_at = ?2, finished_at = NULL
         WHERE id = ?1 AND (status <> 'pending' OR claimed_by IS NULL)",
        params![id, now],
    )?;
    Ok(changed > 0)
}

/// The number of pending deliveries; each count reads one index.
pub fn count_pending(sql: &mut dyn Sql) -> Result<i64, StoreError> {
    sql.number(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL)
              + (SELECT COUNT(*) FROM deliveries WHERE status = 'pending' AND claimed_by IS NOT NULL)",
        &[],
    )
}
