//! What the steps share.

use crate::Metrics;
use crate::backlog::Backlog;
use crate::backlog::sql::SqlBacklog;
use crate::comparison::Repositories;
use crate::event_cache::EventCache;
use crate::retry::Schedule;
use crate::snapshot::SnapshotCache;
use crate::wake::Wake;
use catalogue::{Integration, MailSite};
use model::id::DeliveryId;
use model::{Clock, Random};
use outbound::Outbound;
use std::sync::Arc;
use store::{Keyring, Store};

/// What an engine is built from.
pub struct Parts {
    /// the database
    pub store: Store,
    /// id of this node, under which it claims deliveries; the same after a restart
    pub node: Arc<str>,
    /// opens sealed secrets
    pub keyring: Arc<Keyring>,
    /// sends requests
    pub outbound: Outbound,
    /// the time of day
    pub clock: Arc<dyn Clock>,
    /// for jitter
    pub random: Arc<dyn Random>,
    /// when failed deliveries are attempted again
    pub schedule: Schedule,
    /// Crosstie's own URL, for links of projects that have no other
    pub external_url: String,
    /// the mail server, if one is configured
    pub mail: Option<MailSite>,
    /// reads the repositories on this machine, if anything can
    pub repositories: Option<Arc<dyn Repositories>>,
    /// counters and gauges
    pub metrics: Metrics,
    /// whether integrations for developers only are available
    pub for_development: bool,
}

/// Shared by the server, which feeds it, and the queue, which delivers.
pub struct Engine {
    pub(crate) parts: Parts,
    pub(crate) snapshots: SnapshotCache,
    pub(crate) events: EventCache,
    pub(crate) backlog: Arc<dyn Backlog>,
    pub(crate) wake: Wake,
}

impl Engine {
    /// A new engine; [`Engine::run`](crate::queue) starts to deliver.
    pub fn new(parts: Parts) -> Arc<Self> {
        let (store, node, clock) = (&parts.store, &parts.node, &parts.clock);
        let backlog = SqlBacklog::new(store.clone(), Arc::clone(node), Arc::clone(clock));
        Arc::new(Self {
            parts,
            snapshots: SnapshotCache::default(),
            events: EventCache::default(),
            backlog: Arc::new(backlog),
            wake: Wake::default(),
        })
    }

    /// Whether integrations for developers only are available.
    pub fn is_for_development(&self) -> bool {
        self.parts.for_development
    }

    /// Whether an integration is available.
    pub fn offers(&self, integration: &Integration) -> bool {
        self.parts.for_development || !integration.for_development
    }

    /// The metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// Makes an ended delivery pending again, and its destination is probed at once if it is down.
    ///
    /// Returns whether the delivery was not pending; `None` if there is no delivery of that id.
    pub async fn retry(&self, delivery_id: DeliveryId) -> Result<Option<bool>, store::StoreError> {
        let now = self.parts.clock.now();
        let found = self.parts.store.log(move |sql| {
            let Some(delivery) = store::deliveries::get(sql, delivery_id)? else {
                return Ok(None);
            };
            let queued = store::deliveries::retry(sql, delivery_id, now)?;
            Ok(Some((delivery.destination, queued)))
        });
        let Some((destination, queued)) = found.await? else {
            return Ok(None);
        };
        self.wake.retry_now(destination);
        Ok(Some(queued))
    }
}
