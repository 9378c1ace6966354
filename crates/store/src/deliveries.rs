//! Deliveries and their attempts: the queue and the log are the same rows.

use crate::sql::params;
use crate::{Page, Paged, Row, Sql, StoreError, Value, page};
use jiff::Timestamp;
use model::{Attempt, Outcome, Recorded, Status};
use std::sync::Arc;

/// A delivery as it is kept.
#[derive(Clone, Debug)]
pub struct DeliveryRow {
    /// its id, shown by the API
    pub id: i64,
    /// the event
    pub event_id: i64,
    /// the project
    pub project_id: i64,
    /// slug of the integration
    pub integration: String,
    /// where it stands
    pub status: Status,
    /// why it was skipped, or why it failed
    pub reason: Option<String>,
    /// scheme, host and port it goes to
    pub destination: String,
    /// attempts that count for the retry schedule
    pub tries: i64,
    /// keys of the steps that need not be made again
    pub done: Vec<String>,
    /// when it is due
    pub next_at: Timestamp,
    /// when it was made
    pub created_at: Timestamp,
    /// when it ended
    pub finished_at: Option<Timestamp>,
}

/// A delivery to make: due at once, or skipped with a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// slug of the integration
    pub integration: &'static str,
    /// scheme, host and port it goes to
    pub destination: String,
    /// why it is not sent, if it is not
    pub skipped: Option<String>,
}

/// How an attempt changes its delivery.
#[derive(Clone, Debug)]
pub struct Transition {
    /// where it stands now
    pub status: Status,
    /// why, for a human
    pub reason: Option<String>,
    /// attempts that count for the retry schedule
    pub tries: i64,
    /// keys of the steps that need not be made again
    pub done: Vec<String>,
    /// when it is due again; for a pending one
    pub next_at: Timestamp,
}

/// Which deliveries of a project are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// of this integration alone
    pub integration: Option<String>,
    /// in this status alone
    pub status: Option<Status>,
}

const COLUMNS: &str = "id, event_id, project_id, integration, status, reason, destination, tries, next_at, created_at, finished_at, done";

fn from_row(row: &Row) -> Result<DeliveryRow, StoreError> {
    let status = row.text(4)?;
    Ok(DeliveryRow {
        id: row.int(0)?,
        event_id: row.int(1)?,
        project_id: row.int(2)?,
        integration: row.text(3)?,
        status: Status::from_name(&status)
            .ok_or_else(|| StoreError::Broken(format!("status {status}")))?,
        reason: row.opt_text(5)?,
        destination: row.text(6)?,
        tries: row.int(7)?,
        next_at: row.time(8)?,
        created_at: row.time(9)?,
        finished_at: row.opt_time(10)?,
        done: row.opt_text(11)?.map_or(Ok(Vec::new()), |text| {
            serde_json::from_str(&text)
                .map_err(|error| StoreError::Broken(format!("steps of a delivery: {error}")))
        })?,
    })
}

/// A claim: the node that holds it and until when.
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
    (event_id, project_id): (i64, i64),
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
            status.name(),
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

/// Claims up to `limit` due deliveries that nobody has claimed, those that are due longest, except
/// for some destinations. Returns them by id.
pub fn claim(
    sql: &mut dyn Sql,
    now: Timestamp,
    lease: &Lease,
    limit: i64,
    without: &[String],
) -> Result<Vec<DeliveryRow>, StoreError> {
    let query = claim_query(without);
    let mut given = params![now, limit, Arc::clone(&lease.node), lease.until].to_vec();
    given.extend(without.iter().map(Value::from));
    let rows = sql.rows(&query, &given)?;
    let mut rows = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Reads the indexes of unclaimed deliveries only, however many are claimed.
pub(crate) fn claim_query(without: &[String]) -> String {
    let due = if without.is_empty() {
        "SELECT id FROM deliveries
         WHERE status = 'pending' AND claimed_by IS NULL AND next_at <= ?1
         ORDER BY next_at, id LIMIT ?2"
            .to_owned()
    } else {
        let others = others(5, without);
        format!(
            "{others}
             SELECT due.id FROM others CROSS JOIN deliveries due ON due.id IN (
                 SELECT id FROM deliveries
                 WHERE status = 'pending' AND claimed_by IS NULL AND destination = others.name AND next_at <= ?1
                 ORDER BY next_at, id LIMIT ?2)
             ORDER BY due.next_at, due.id LIMIT ?2"
        )
    };
    format!(
        "UPDATE deliveries SET claimed_by = ?3, lease_until = ?4 WHERE id IN ({due}) RETURNING {COLUMNS}"
    )
}

/// The destinations with unclaimed deliveries, except for the given ones, as the table `others`.
///
/// Steps from name to name through the index, so that the long backlog of a tool that is down is
/// not read.
fn others(first: usize, without: &[String]) -> String {
    let places = placeholders(first, without.len());
    format!(
        "WITH RECURSIVE names (name) AS (
             SELECT MIN(destination) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL
             UNION ALL
             SELECT (SELECT MIN(destination) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL AND destination > names.name)
             FROM names WHERE names.name IS NOT NULL
         ), others AS (SELECT name FROM names WHERE name IS NOT NULL AND name NOT IN ({places}))"
    )
}

/// Claims the unclaimed delivery of a destination that is due first, even if that is in the future.
pub fn claim_one(
    sql: &mut dyn Sql,
    destination: &str,
    lease: &Lease,
) -> Result<Option<DeliveryRow>, StoreError> {
    let query = format!(
        "UPDATE deliveries SET claimed_by = ?2, lease_until = ?3 WHERE id = (
             SELECT id FROM deliveries
             WHERE status = 'pending' AND claimed_by IS NULL AND destination = ?1
             ORDER BY next_at, id LIMIT 1) RETURNING {COLUMNS}"
    );
    let given = params![destination, Arc::clone(&lease.node), lease.until];
    sql.one(&query, given)?
        .map(|row| from_row(&row))
        .transpose()
}

/// `?5, ?6, …`.
fn placeholders(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count)
        .map(|number| format!("?{number}"))
        .collect();
    names.join(", ")
}

/// When the next unclaimed delivery is due, except for some destinations.
pub fn next_due(sql: &mut dyn Sql, without: &[String]) -> Result<Option<Timestamp>, StoreError> {
    let query = if without.is_empty() {
        "SELECT MIN(next_at) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL"
            .to_owned()
    } else {
        let others = others(1, without);
        format!(
            "{others}
             SELECT MIN((SELECT MIN(next_at) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL AND destination = others.name))
             FROM others"
        )
    };
    let given: Vec<Value> = without.iter().map(Value::from).collect();
    sql.one(&query, &given)?
        .map_or(Ok(None), |row| row.opt_time(0))
}

/// Releases all that a node had claimed when it stopped or was killed.
pub fn release_own(sql: &mut dyn Sql, node: &Arc<str>) -> Result<u64, StoreError> {
    sql.run(
        "UPDATE deliveries SET claimed_by = NULL, lease_until = NULL WHERE status = 'pending' AND claimed_by = ?1",
        params![Arc::clone(node)],
    )
}

/// Releases claims whose lease has ended: their node is gone, or could not renew them.
pub fn release_expired(sql: &mut dyn Sql, now: Timestamp) -> Result<u64, StoreError> {
    sql.run(
        "UPDATE deliveries SET claimed_by = NULL, lease_until = NULL
         WHERE status = 'pending' AND claimed_by IS NOT NULL AND lease_until <= ?1",
        params![now],
    )
}

/// Extends a claim, if the node still holds it.
pub fn renew(sql: &mut dyn Sql, id: i64, lease: &Lease) -> Result<(), StoreError> {
    sql.run(
        "UPDATE deliveries SET lease_until = ?3 WHERE id = ?1 AND status = 'pending' AND claimed_by = ?2",
        params![id, Arc::clone(&lease.node), lease.until],
    )?;
    Ok(())
}

/// Releases one claim of a node. The delivery is due when it was, so it keeps its place in the order.
pub fn release(sql: &mut dyn Sql, id: i64, node: &Arc<str>) -> Result<(), StoreError> {
    sql.run(
        "UPDATE deliveries SET claimed_by = NULL, lease_until = NULL
         WHERE id = ?1 AND status = 'pending' AND claimed_by = ?2",
        params![id, Arc::clone(node)],
    )?;
    Ok(())
}

/// Makes all unclaimed deliveries of a destination due now.
pub fn make_due(sql: &mut dyn Sql, destination: &str, now: Timestamp) -> Result<u64, StoreError> {
    sql.run(
        "UPDATE deliveries SET next_at = ?2
         WHERE status = 'pending' AND claimed_by IS NULL AND destination = ?1 AND next_at > ?2",
        params![destination, now],
    )
}

/// Keeps an attempt and what it means for its delivery.
pub fn record(
    sql: &mut dyn Sql,
    id: i64,
    attempt: &Attempt,
    transition: &Transition,
) -> Result<(), StoreError> {
    let requests = serde_json::to_string(&attempt.requests)
        .map_err(|error| StoreError::Broken(error.to_string()))?;
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
            transition.status.name(),
            transition.reason.clone(),
            transition.tries,
            transition.next_at,
            finished,
            steps_text(transition)?
        ],
    )?;
    Ok(())
}

/// The steps to leave out next time; a delivery that was made begins anew when it is retried.
fn steps_text(transition: &Transition) -> Result<Option<String>, StoreError> {
    if transition.done.is_empty() || transition.status == Status::Delivered {
        return Ok(None);
    }
    let text = serde_json::to_string(&transition.done);
    text.map(Some)
        .map_err(|error| StoreError::Broken(error.to_string()))
}

/// A delivery by its id.
pub fn get(sql: &mut dyn Sql, id: i64) -> Result<Option<DeliveryRow>, StoreError> {
    sql.one(
        &format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1"),
        params![id],
    )?
    .map(|row| from_row(&row))
    .transpose()
}

/// Whether a claimed delivery is still to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// it is, for the event with this body
    For(String),
    /// it has ended
    Ended,
    /// it was removed, with its event or its project
    Gone,
}

/// The body of the event that a delivery waits to tell of.
pub fn waiting(sql: &mut dyn Sql, id: i64) -> Result<Waiting, StoreError> {
    let row = sql.one(
        "SELECT deliveries.status, events.body FROM deliveries
         JOIN events ON events.id = deliveries.event_id WHERE deliveries.id = ?1",
        params![id],
    )?;
    let Some(row) = row else {
        return Ok(Waiting::Gone);
    };
    Ok(if row.text(0)? == Status::Pending.name() {
        Waiting::For(row.text(1)?)
    } else {
        Waiting::Ended
    })
}

/// The attempts of a delivery, first to last.
pub fn attempts(sql: &mut dyn Sql, delivery_id: i64) -> Result<Vec<Attempt>, StoreError> {
    let rows = sql.rows(
        "SELECT number, started_at, duration_ms, outcome, error, requests FROM attempts
         WHERE delivery_id = ?1 ORDER BY number",
        params![delivery_id],
    )?;
    rows.iter().map(attempt_from_row).collect()
}

fn attempt_from_row(row: &Row) -> Result<Attempt, StoreError> {
    let broken = |error: serde_json::Error| StoreError::Broken(error.to_string());
    let outcome: Outcome = serde_json::from_value(row.text(3)?.into()).map_err(broken)?;
    let requests: Vec<Recorded> = serde_json::from_str(&row.text(5)?).map_err(broken)?;
    Ok(Attempt {
        number: row.int(0)?,
        started_at: row.time(1)?,
        duration_ms: row.int(2)?,
        outcome,
        error: row.opt_text(4)?,
        requests,
    })
}

/// A project's deliveries, newest first.
pub fn of_project(
    sql: &mut dyn Sql,
    project_id: i64,
    filter: &Filter,
    page: Page,
) -> Result<Paged<DeliveryRow>, StoreError> {
    let from = "deliveries WHERE project_id = ?1 AND (?2 IS NULL OR integration = ?2) AND (?3 IS NULL OR status = ?3)";
    let given: &[Value] = params![
        project_id,
        filter.integration.clone(),
        filter.status.map(Status::name)
    ];
    page::read(sql, (COLUMNS, from, "id DESC"), given, page, from_row)
}

/// The deliveries of an event, in the order they were made.
pub fn of_event(sql: &mut dyn Sql, event_id: i64) -> Result<Vec<DeliveryRow>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM deliveries WHERE event_id = ?1 ORDER BY id");
    let rows = sql.rows(&query, params![event_id])?;
    rows.iter().map(from_row).collect()
}

/// Puts an ended delivery into the queue again, at the start of its schedule; `false` when it is not ended.
pub fn retry(sql: &mut dyn Sql, id: i64, now: Timestamp) -> Result<bool, StoreError> {
    let changed = sql.run(
        "UPDATE deliveries SET status = 'pending', reason = NULL, tries = 0, next_at = ?2, finished_at = NULL
         WHERE id = ?1 AND (status <> 'pending' OR claimed_by IS NULL)",
        params![id, now],
    )?;
    Ok(changed > 0)
}

/// How many deliveries wait.
pub fn pending(sql: &mut dyn Sql) -> Result<i64, StoreError> {
    sql.number(
        "SELECT COUNT(*) FROM deliveries WHERE status = 'pending'",
        &[],
    )
}
