//! The pending deliveries, and which node may attempt each.
//!
//! The intake and the queue use only the trait. How nodes exclude each other is up to the implementor.

mod gate;
pub(crate) mod sql;

use crate::event_cache::CachedEvent;
use async_trait::async_trait;
use jiff::Timestamp;
use model::event::Item;
use model::id::DeliveryId;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::deliveries::{DeliveryRow, NewDelivery};
use store::events::{EventInsert, NewEvent};

/// How long a claim is valid; longer than an attempt may take.
pub(crate) const LEASE: Duration = Duration::from_secs(600);

/// A claimed delivery.
#[derive(Clone)]
pub(crate) struct Claimed {
    pub row: DeliveryRow,
    /// its event, if that is in memory
    pub event: Option<Arc<CachedEvent>>,
    /// claimed before it was due, to probe its destination
    pub early: bool,
}

impl Claimed {
    /// A delivery that was due.
    pub(crate) fn due(row: DeliveryRow) -> Self {
        Self {
            row,
            event: None,
            early: false,
        }
    }
}

/// What one claim returns.
pub(crate) struct Claim {
    pub claimed: Vec<Claimed>,
    /// whether more may be due already
    pub more: bool,
    /// when the next unclaimed delivery is due, unless more are
    pub next_due: Option<Timestamp>,
}

/// A new event with all that is stored with it.
pub(crate) struct NewWork {
    pub event: NewEvent,
    /// hashes of the commits that Crosstie shows itself
    pub commits: Vec<String>,
    /// the issue or merge request that the event is about
    pub item: Option<Item>,
    pub deliveries: Vec<NewDelivery>,
}

/// The pending deliveries, shared by the intake, which adds to them, and the queue, which claims them.
///
/// Deliveries of one project's integration are claimed in the order they are due. A delivery is
/// claimed by one node at a time; a claim ends with the attempt's record, a release or its lease.
#[async_trait]
pub(crate) trait Backlog: Send + Sync {
    /// Stores an event and its deliveries in one commit. Returns the deliveries that it claimed at
    /// once: those that nothing older waits before and that the queue has room for.
    async fn insert(&self, work: NewWork) -> Result<(EventInsert, Vec<DeliveryRow>), StoreError>;

    /// Passes to the queue what [`insert`](Self::insert) claimed.
    fn hand_over(&self, claimed: Vec<Claimed>);

    /// Waits until something was handed over.
    async fn handed_over(&self);

    /// Takes what was handed over.
    fn take_handed_over(&self) -> Vec<Claimed>;

    /// Sets how many more deliveries the queue has room for, and the destinations that get none now.
    fn set_capacity(&self, room: usize, blocked: &[String]);

    /// Claims nothing in [`insert`](Self::insert) until the next [`claim`](Self::claim).
    fn invalidate(&self);

    /// Whether something that [`claim`](Self::claim) would return may be due.
    fn has_backlog(&self, blocked: &[String]) -> bool;

    /// Claims up to `limit` due deliveries, except for blocked destinations.
    async fn claim(&self, limit: usize, blocked: Vec<String>) -> Result<Claim, StoreError>;

    /// Claims the next delivery of one destination, even before it is due.
    async fn claim_one(&self, destination: &str) -> Result<Option<DeliveryRow>, StoreError>;

    /// Extends claims.
    async fn renew(&self, ids: Vec<DeliveryId>) -> Result<(), StoreError>;

    /// Releases claims: the deliveries are due when they were, as if never claimed.
    async fn release(&self, claimed: Vec<Claimed>) -> Result<(), StoreError>;

    /// Makes all unclaimed deliveries of a destination due now.
    async fn make_due(&self, destination: &str) -> Result<(), StoreError>;

    /// Releases what this node had claimed before it was restarted; returns how many.
    async fn release_own(&self) -> Result<u64, StoreError>;
}
