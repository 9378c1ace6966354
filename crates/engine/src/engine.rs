//! What the steps share.

use crate::Metrics;
use crate::comparison::Repositories;
use crate::gate::Gate;
use crate::held::Holder;
use crate::known::Memory;
use crate::queue::LEASE;
use crate::retry::Schedule;
use catalogue::{Integration, MailSite};
use model::{Clock, Random};
use outbound::Outbound;
use std::sync::Arc;
use store::deliveries::Lease;
use store::{Keyring, Store};
use tokio::sync::Notify;

/// What an engine is built from.
pub struct Parts {
    /// where everything is kept
    pub store: Store,
    /// id of this node, under which it claims deliveries; the same after a restart
    pub node: Arc<str>,
    /// opens sealed secrets
    pub keyring: Arc<Keyring>,
    /// the way out
    pub outbound: Outbound,
    /// the time of day
    pub clock: Arc<dyn Clock>,
    /// for jitter
    pub random: Arc<dyn Random>,
    /// when failed deliveries are tried again
    pub schedule: Schedule,
    /// Crosstie's own address, for links of projects that have no other
    pub external_url: String,
    /// how mail leaves, if the operator has set a mail server
    pub mail: Option<MailSite>,
    /// reads the repositories on this machine, if anything does
    pub repositories: Option<Arc<dyn Repositories>>,
    /// counters
    pub metrics: Metrics,
    /// whether integrations are there that only developers have a use for
    pub for_development: bool,
}

/// The engine; shared by the server that feeds it and the queue that drains it.
pub struct Engine {
    pub(crate) parts: Parts,
    /// projects as they were read last
    pub(crate) memory: Memory,
    /// rung when something may be due
    pub(crate) bell: Notify,
    /// lets new deliveries through to the queue
    pub(crate) gate: Gate,
    /// the events of deliveries that are under way
    pub(crate) holder: Holder,
    /// destinations a human asked to try at once
    pub(crate) urgent: std::sync::Mutex<Vec<String>>,
}

impl Engine {
    /// An engine that does nothing yet: [`Engine::run`](crate::queue) drains the queue.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            memory: Memory::default(),
            bell: Notify::new(),
            gate: Gate::default(),
            holder: Holder::default(),
            urgent: std::sync::Mutex::default(),
        })
    }

    /// Whether integrations are there that only developers have a use for.
    pub fn is_for_development(&self) -> bool {
        self.parts.for_development
    }

    /// Whether an integration is there at all.
    pub fn offers(&self, integration: &Integration) -> bool {
        self.parts.for_development || !integration.for_development
    }

    /// A claim of this node from now on.
    pub(crate) fn lease(&self, now: jiff::Timestamp) -> Lease {
        Lease {
            node: Arc::clone(&self.parts.node),
            until: now + LEASE,
        }
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// Puts an ended delivery into the queue again; `None` when there is none of that id.
    ///
    /// A destination that is being left alone is tried at once.
    pub async fn retry(&self, delivery_id: i64) -> Result<Option<bool>, store::StoreError> {
        let now = self.parts.clock.now();
        let found = self.parts.store.write(move |sql| {
            let Some(delivery) = store::deliveries::get(sql, delivery_id)? else {
                return Ok(None);
            };
            let queued = store::deliveries::retry(sql, delivery_id, now)?;
            Ok(Some((delivery.destination, queued)))
        });
        let Some((destination, queued)) = found.await? else {
            return Ok(None);
        };
        self.urgent
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(destination);
        self.bell.notify_one();
        Ok(Some(queued))
    }
}
