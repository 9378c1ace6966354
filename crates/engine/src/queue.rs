//! Claims due deliveries, runs their attempts, and stops without losing any.

use crate::Engine;
use crate::attempts::Stored;
use crate::backlog::{Backlog, Claim, Claimed, LEASE};
use crate::breaker::{Breakers, Health};
use crate::deliver::AttemptResult;
use crate::lanes::Lanes;
use crate::record::until;
use jiff::Timestamp;
use model::Clock;
use model::id::DeliveryId;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::deliveries::DeliveryRow;
use tokio::task::{Id, JoinError, JoinSet};

/// The maximum number of deliveries in one claim.
const PER_CLAIM: usize = 256;
/// The longest sleep, in case a wake-up was missed.
const MAX_SLEEP: Duration = Duration::from_secs(30);
/// The wait after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long a stopping queue waits for running attempts.
const GRACE: Duration = Duration::from_secs(10);

/// The result of a task.
enum Ended {
    Claim(Result<Claim, ()>),
    Attempt(Option<Box<AttemptResult>>),
    Stored(DeliveryRow, Stored),
    Probe(String, Result<(), ()>),
}

struct Queue {
    engine: Arc<Engine>,
    backlog: Arc<dyn Backlog>,
    clock: Arc<dyn Clock>,
    lanes: Lanes,
    breakers: Breakers,
    tasks: JoinSet<Ended>,
    /// the deliveries of the tasks that run attempts
    running: HashMap<Id, Claimed>,
    renewed_at: Timestamp,
    /// deliveries with an attempt that is not stored yet; they do not start again
    storing: HashSet<DeliveryId>,
    /// something unclaimed may be due
    may_claim: bool,
    /// a claim is running; there is one at a time
    claiming: bool,
    /// when an unclaimed delivery is due
    next_due: Option<Timestamp>,
}

impl Engine {
    /// Delivers until `stop` completes; then waits for running attempts and releases the rest.
    ///
    /// What this node had claimed when it was killed is due again at once.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut queue = Queue::new(Arc::clone(&self));
        queue.release_own().await;
        tokio::pin!(stop);
        loop {
            let sleep = queue.turn().await;
            tokio::select! {
                () = &mut stop => break,
                () = self.wake.woken() => queue.may_claim = true,
                () = self.backlog.handed_over() => {}
                Some(ended) = queue.tasks.join_next_with_id() => queue.all_ended(ended).await,
                () = tokio::time::sleep(sleep) => queue.may_claim = true,
            }
        }
        queue.finish().await;
    }
}

impl Queue {
    fn new(engine: Arc<Engine>) -> Self {
        let clock = Arc::clone(&engine.parts.clock);
        Self {
            backlog: Arc::clone(&engine.backlog),
            renewed_at: clock.now(),
            clock,
            engine,
            lanes: Lanes::default(),
            breakers: Breakers::default(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            storing: HashSet::new(),
            may_claim: true,
            claiming: false,
            next_due: None,
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn release_own(&self) {
        match self.backlog.release_own().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "released deliveries claimed before the restart"),
            Err(error) => tracing::error!(%error, "own claims could not be released"),
        }
    }

    /// Starts all that can start; returns how long there is nothing to do.
    async fn turn(&mut self) -> Duration {
        let now = self.now();
        for destination in self.engine.wake.take_retry_now() {
            self.breakers.retry_now(&destination, now);
        }
        self.probe();
        self.renew().await;
        self.take_handed_over().await;
        self.claim();
        for claimed in self.lanes.start() {
            self.start(claimed);
        }
        self.set_gauges();
        self.sleep()
    }

    fn set_gauges(&self) {
        let gauge = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let metrics = &self.engine.parts.metrics;
        metrics.in_flight.set(gauge(self.tasks.len()));
        metrics.open_breakers.set(gauge(self.breakers.open()));
    }

    /// Probes destinations with an open circuit: first whether they accept connections.
    fn probe(&mut self) {
        for destination in self.breakers.due_probes(self.now()) {
            let engine = Arc::clone(&self.engine);
            self.tasks.spawn(async move {
                let reached = engine.parts.outbound.probe(&destination).await;
                Ended::Probe(destination, reached.map_err(drop))
            });
        }
    }

    /// Extends the claims of what is in memory.
    async fn renew(&mut self) {
        let now = self.now();
        if until(self.renewed_at, now) < LEASE / 4 {
            return;
        }
        self.renewed_at = now;
        let mut ids = self.lanes.ids();
        ids.extend(&self.storing);
        if let Err(error) = self.backlog.renew(ids).await {
            tracing::error!(%error, "claims could not be renewed");
        }
    }

    /// Takes what the intake handed over, and announces how much more it may.
    ///
    /// Not during a claim, which returns older deliveries.
    async fn take_handed_over(&mut self) {
        if self.claiming {
            return;
        }
        let now = self.now();
        let blocked = self.blocked(now);
        let mut refused = Vec::new();
        for claimed in self.backlog.take_handed_over() {
            if self.breakers.is_open(&claimed.row.destination, now) {
                refused.push(claimed);
            } else {
                self.lanes.add(claimed);
            }
        }
        self.release(refused).await;
        self.backlog.set_capacity(self.lanes.room(), &blocked);
    }

    /// Starts a claim, if something may be due and there is room for it.
    ///
    /// Attempts start meanwhile: a claim waits for a commit.
    fn claim(&mut self) {
        let limit = self.lanes.room().min(PER_CLAIM);
        if self.claiming || limit == 0 {
            return;
        }
        let blocked = self.blocked(self.now());
        if !self.may_claim && !self.backlog.has_backlog(&blocked) {
            return;
        }
        (self.may_claim, self.claiming) = (false, true);
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let mut claim = engine.backlog.claim(limit, blocked).await;
            match &mut claim {
                Ok(claim) => engine.add_events(&mut claim.claimed).await,
                Err(error) => tracing::error!(%error, "nothing could be claimed"),
            }
            Ended::Claim(claim.map_err(drop))
        });
    }

    async fn claimed(&mut self, claim: Result<Claim, ()>) {
        self.claiming = false;
        let Ok(claim) = claim else {
            self.next_due = Some(self.now() + STORE_PAUSE);
            return;
        };
        self.may_claim |= claim.more;
        self.next_due = claim.next_due;
        let mut too_early = Vec::new();
        for claimed in claim.claimed {
            if self.storing.contains(&claimed.row.id) {
                too_early.push(claimed);
            } else {
                self.lanes.add(claimed);
            }
        }
        self.may_claim |= !too_early.is_empty();
        self.release(too_early).await;
    }

    /// Destinations that get nothing now: their circuit is open, or they have enough in memory.
    fn blocked(&self, now: Timestamp) -> Vec<String> {
        let mut blocked = self.breakers.blocked(now);
        blocked.extend(self.lanes.full().cloned());
        blocked
    }

    fn start(&mut self, claimed: Claimed) {
        let (engine, copy) = (Arc::clone(&self.engine), claimed.clone());
        let task = self.tasks.spawn(async move {
            let attempt = engine.attempt(&copy).await;
            Ended::Attempt(attempt.map(Box::new))
        });
        self.running.insert(task.id(), claimed);
    }

    /// Stores the result of an attempt; the next delivery of its lane does not wait for that.
    fn store(&mut self, claimed: Claimed, attempt: AttemptResult) {
        self.storing.insert(claimed.row.id);
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let stored = engine.store_attempt(&claimed, attempt).await;
            Ended::Stored(claimed.row, stored)
        });
    }

    /// Handles a task that has ended, and all others that have.
    async fn all_ended(&mut self, first: Result<(Id, Ended), JoinError>) {
        self.ended(first).await;
        while let Some(next) = self.tasks.try_join_next_with_id() {
            self.ended(next).await;
        }
    }

    async fn ended(&mut self, ended: Result<(Id, Ended), JoinError>) {
        match self.unless_panicked(ended) {
            Some((_, Ended::Claim(claim))) => self.claimed(claim).await,
            Some((task, Ended::Attempt(attempt))) => self.attempted(task, attempt),
            Some((_, Ended::Stored(row, stored))) => {
                self.next_due = self.next_due.into_iter().chain(stored.due).min();
                self.storing.remove(&row.id);
                match stored.health {
                    Some(health) => self.note(&row.destination, health).await,
                    None => self.breakers.probe_again(&row.destination, self.now()),
                }
            }
            Some((_, Ended::Probe(destination, Ok(())))) => self.try_one(destination).await,
            Some((_, Ended::Probe(destination, Err(())))) => {
                self.note(&destination, Health::Unreachable).await;
            }
            None => {}
        }
    }

    fn attempted(&mut self, task: Id, attempt: Option<Box<AttemptResult>>) {
        let Some(claimed) = self.running.remove(&task) else {
            return;
        };
        self.lanes.end(&claimed.row);
        if let Some(attempt) = attempt {
            self.store(claimed, *attempt);
        } else {
            let now = self.now();
            self.breakers.probe_again(&claimed.row.destination, now);
        }
    }

    /// The result of a task. An integration that panics has made an attempt too.
    fn unless_panicked(&self, ended: Result<(Id, Ended), JoinError>) -> Option<(Id, Ended)> {
        let error = match ended {
            Ok(ended) => return Some(ended),
            Err(error) => error,
        };
        let task = error.id();
        let Some(claimed) = self.running.get(&task) else {
            tracing::error!(%error, "a task of the queue panicked");
            return None;
        };
        let attempt = AttemptResult::panicked(self.engine.start_attempt(), claimed, &error);
        Some((task, Ended::Attempt(Some(Box::new(attempt)))))
    }

    /// A destination accepts connections again: one delivery shows whether it works.
    async fn try_one(&mut self, destination: String) {
        match self.backlog.claim_one(&destination).await {
            Ok(Some(row)) => {
                let early = row.next_at > self.now();
                self.lanes.add(Claimed {
                    early,
                    ..Claimed::due(row)
                });
            }
            Ok(None) => self.note(&destination, Health::Up).await,
            Err(error) => {
                tracing::error!(%error, "nothing could be claimed");
                self.note(&destination, Health::Unreachable).await;
            }
        }
    }

    /// Updates the breaker of a destination; acts when its circuit opens or closes.
    async fn note(&mut self, destination: &str, health: Health) {
        let now = self.now();
        let was_open = self.breakers.is_open(destination, now);
        let recovered = self.breakers.note(destination, health, now);
        let is_open = self.breakers.is_open(destination, now);
        if recovered {
            tracing::info!(destination, "circuit closed: works again");
            self.may_claim = true;
            if let Err(error) = self.backlog.make_due(destination).await {
                tracing::error!(%error, "waiting deliveries could not be made due");
            }
        } else if is_open && !was_open {
            if let Health::Pause(_) = health {
                tracing::warn!(destination, "paused: rate limited");
            } else {
                tracing::warn!(destination, "circuit open: paused after repeated failures");
            }
            let waiting = self.lanes.take_waiting(Some(destination));
            self.release(waiting).await;
        }
    }

    async fn release(&self, claimed: Vec<Claimed>) {
        if let Err(error) = self.backlog.release(claimed).await {
            // Their leases end.
            tracing::error!(%error, "claims could not be released");
        }
    }

    /// How long until something is due.
    fn sleep(&self) -> Duration {
        let now = self.now();
        // Otherwise the end of the claim or of an attempt wakes the queue.
        let can_claim = !self.claiming && self.lanes.room() > 0;
        let due = self.next_due.filter(|_| can_claim);
        let times = [due, self.breakers.next_change(now)].into_iter().flatten();
        times
            .min()
            .map_or(MAX_SLEEP, |then| until(now, then).min(MAX_SLEEP))
    }

    /// Releases what has not started, and waits for running attempts within a limit.
    async fn finish(mut self) {
        self.backlog.invalidate();
        let mut waiting = self.lanes.take_waiting(None);
        waiting.extend(self.backlog.take_handed_over());
        self.release(waiting).await;
        if tokio::time::timeout(GRACE, self.end_all()).await.is_err() {
            tracing::warn!(
                count = self.tasks.len(),
                "running attempts are cancelled; they are made again after the next start"
            );
        }
        self.tasks.shutdown().await;
    }

    /// Waits for all tasks, stores the attempts, and releases what was still claimed.
    async fn end_all(&mut self) {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            match self.unless_panicked(ended) {
                Some((task, Ended::Attempt(Some(attempt)))) => {
                    if let Some(claimed) = self.running.remove(&task) {
                        self.store(claimed, *attempt);
                    }
                }
                Some((_, Ended::Claim(Ok(claim)))) => self.release(claim.claimed).await,
                _ => {}
            }
        }
    }
}
