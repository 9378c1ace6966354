//! The backlog in the store.
//!
//! Most deliveries pass the [`Gate`] and are claimed as they are inserted. The gate relies on the store
//! running one write after the other, as SQLite does, and on one node using the store. Where several
//! nodes write at once, each has to own a share of the lanes, or to do without the gate, and the claim
//! adds `FOR UPDATE SKIP LOCKED`.

use super::gate::Gate;
use super::{Backlog, Claim, Claimed, LEASE, NewWork};
use async_trait::async_trait;
use jiff::Timestamp;
use model::Clock;
use model::id::DeliveryId;
use std::sync::Arc;
use store::deliveries::{self, DeliveryRow, Lease};
use store::events::{self, EventInsert};
use store::{Sql, Store, StoreError, claims, source_items};

pub(crate) struct SqlBacklog {
    store: Store,
    node: Arc<Node>,
}

/// Who claims.
struct Node {
    id: Arc<str>,
    clock: Arc<dyn Clock>,
    gate: Gate,
}

impl SqlBacklog {
    /// The backlog as seen by one node. The id must be the same after a restart, and no other node's.
    pub(crate) fn new(store: Store, id: Arc<str>, clock: Arc<dyn Clock>) -> Self {
        let gate = Gate::default();
        Self {
            store,
            node: Arc::new(Node { id, clock, gate }),
        }
    }

    async fn log<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Node, &mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let node = Arc::clone(&self.node);
        self.store.log(move |sql| work(&node, sql)).await
    }
}

impl Node {
    fn lease(&self, now: Timestamp) -> Lease {
        Lease {
            node: Arc::clone(&self.id),
            until: now + LEASE,
        }
    }

    fn insert(
        &self,
        sql: &mut dyn Sql,
        work: &NewWork,
    ) -> Result<(EventInsert, Vec<DeliveryRow>), StoreError> {
        let inserted = events::insert(sql, &work.event)?;
        let EventInsert::New(event_id) = inserted else {
            return Ok((inserted, Vec::new()));
        };
        let (project_id, now) = (work.event.project_id, work.event.received_at);
        events::add_commits(sql, (event_id, project_id), &work.commits)?;
        if let Some(item) = &work.item {
            source_items::put(sql, project_id, item)?;
        }
        let mut claimed = Vec::new();
        for delivery in &work.deliveries {
            let at_once = delivery.skipped.is_none() && self.gate.admits(&delivery.destination);
            let lease = at_once.then(|| self.lease(now));
            let row = deliveries::add(sql, (event_id, project_id), delivery, now, lease.as_ref())?;
            if at_once {
                claimed.push(row);
            }
        }
        Ok((inserted, claimed))
    }

    fn claim(
        &self,
        sql: &mut dyn Sql,
        limit: usize,
        blocked: &[String],
    ) -> Result<Claim, StoreError> {
        // Read inside the transaction, so that no delivery inserted before it is due after it: one
        // that this claim does not see would be overtaken.
        let now = self.clock.now();
        if claims::release_expired(sql, now)? > 0 {
            self.gate.invalidate();
        }
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = claims::claim(sql, now, &self.lease(now), most, blocked)?;
        let more = rows.len() == limit;
        let next_due = if more {
            None
        } else {
            self.gate.claimed_all(blocked);
            claims::next_due(sql, blocked)?
        };
        Ok(Claim {
            claimed: rows.into_iter().map(Claimed::due).collect(),
            more,
            next_due,
        })
    }
}

#[async_trait]
impl Backlog for SqlBacklog {
    async fn insert(&self, work: NewWork) -> Result<(EventInsert, Vec<DeliveryRow>), StoreError> {
        self.log(move |node, sql| node.insert(sql, &work)).await
    }

    fn hand_over(&self, claimed: Vec<Claimed>) {
        self.node.gate.hand_over(claimed);
    }

    async fn handed_over(&self) {
        self.node.gate.handed_over().await;
    }

    fn take_handed_over(&self) -> Vec<Claimed> {
        self.node.gate.take_handed_over()
    }

    fn set_capacity(&self, room: usize, blocked: &[String]) {
        self.node.gate.set(room, blocked);
    }

    fn invalidate(&self) {
        self.node.gate.invalidate();
    }

    fn has_backlog(&self, blocked: &[String]) -> bool {
        self.node.gate.has_backlog(blocked)
    }

    async fn claim(&self, limit: usize, blocked: Vec<String>) -> Result<Claim, StoreError> {
        let claim = self.log(move |node, sql| node.claim(sql, limit, &blocked));
        claim.await.inspect_err(|_| self.invalidate())
    }

    async fn claim_one(&self, destination: &str) -> Result<Option<DeliveryRow>, StoreError> {
        let destination = destination.to_owned();
        self.log(move |node, sql| {
            let lease = node.lease(node.clock.now());
            claims::claim_one(sql, &destination, &lease)
        })
        .await
    }

    async fn renew(&self, ids: Vec<DeliveryId>) -> Result<(), StoreError> {
        self.log(move |node, sql| {
            let lease = node.lease(node.clock.now());
            ids.iter()
                .try_for_each(|id| claims::renew(sql, *id, &lease))
        })
        .await
    }

    async fn release(&self, claimed: Vec<Claimed>) -> Result<(), StoreError> {
        if claimed.is_empty() {
            return Ok(());
        }
        self.log(move |node, sql| {
            claimed.iter().try_for_each(|Claimed { row, .. }| {
                node.gate.add_backlog(&row.destination);
                claims::release(sql, row.id, &node.id)
            })
        })
        .await
    }

    async fn make_due(&self, destination: &str) -> Result<(), StoreError> {
        let destination = destination.to_owned();
        self.log(move |node, sql| {
            if claims::make_due(sql, &destination, node.clock.now())? > 0 {
                node.gate.add_backlog(&destination);
            }
            Ok(())
        })
        .await
    }

    async fn release_own(&self) -> Result<u64, StoreError> {
        self.log(|node, sql| claims::release_own(sql, &node.id))
            .await
    }
}

#[cfg(test)]
mod tests;
