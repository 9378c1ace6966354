//! Claims of pending deliveries: which node makes the next attempt.

use crate::deliveries::{COLUMNS, DeliveryRow, Lease};
use crate::sql::params;
use crate::{Sql, StoreError, Value};
use jiff::Timestamp;
use model::id::DeliveryId;
use std::sync::Arc;

/// Claims up to `limit` due and unclaimed deliveries, those due longest, except for some destinations.
/// Returns them by id.
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
    let mut rows: Vec<DeliveryRow> = sql.list(&query, &given)?;
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
/// Steps from name to name through the index: the long backlog of a tool that is down is not read.
fn others(first: usize, without: &[String]) -> String {
    let names = placeholders(first, without.len());
    format!(
        "WITH RECURSIVE names (name) AS (
             SELECT MIN(destination) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL
             UNION ALL
             SELECT (SELECT MIN(destination) FROM deliveries WHERE status = 'pending' AND claimed_by IS NULL AND destination > names.name)
             FROM names WHERE names.name IS NOT NULL
         ), others AS (SELECT name FROM names WHERE name IS NOT NULL AND name NOT IN ({names}))"
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
    sql.find(&query, given)
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
    sql.find(&query, &given).map(Option::flatten)
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

/// Extends a claim, if the node still has it.
pub fn renew(sql: &mut dyn Sql, id: DeliveryId, lease: &Lease) -> Result<(), StoreError> {
    sql.run(
        "UPDATE deliveries SET lease_until = ?3 WHERE id = ?1 AND status = 'pending' AND claimed_by = ?2",
        params![id, Arc::clone(&lease.node), lease.until],
    )?;
    Ok(())
}

/// Releases one claim of a node. The delivery is due when it was, so its place in the order stays.
pub fn release(sql: &mut dyn Sql, id: DeliveryId, node: &Arc<str>) -> Result<(), StoreError> {
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
