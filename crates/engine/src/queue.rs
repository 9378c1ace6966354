//! Hands out what is due, watches the breakers, and stops without losing anything.

use crate::Engine;
use crate::attempts::Stored;
use crate::breaker::{Breakers, Health};
use crate::deliver::AttemptResult;
use crate::lanes::{Claimed, Lanes};
use crate::record::until;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::deliveries::{self, DeliveryRow};
use tokio::task::{Id, JoinError, JoinSet};

/// Deliveries claimed at a time.
const PER_CLAIM: usize = 256;
/// How long a claim holds; longer than an attempt may take.
pub(crate) const LEASE: Duration = Duration::from_secs(600);
/// The longest sleep: a safety net under the bell and the timers.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The wait after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long a stopping engine waits for attempts under way.
const GRACE: Duration = Duration::from_secs(10);

/// What a task of the queue came back with.
enum Ended {
    Claim(Result<Batch, ()>),
    Attempt(Option<Box<AttemptResult>>),
    Stored(DeliveryRow, Stored),
    Look(String, Result<(), ()>),
}

/// What was claimed at a time.
struct Batch {
    claimed: Vec<Claimed>,
    /// whether there may be more to claim at once
    full: bool,
    /// when something more falls due
    next_due: Option<Timestamp>,
}

struct Queue {
    engine: Arc<Engine>,
    lanes: Lanes,
    breakers: Breakers,
    tasks: JoinSet<Ended>,
    /// what the tasks that make attempts were given
    running: HashMap<Id, Claimed>,
    renewed_at: Timestamp,
    /// attempts that are made and not yet recorded: theirs are not begun again
    keeping: HashSet<i64>,
    /// something may be due that is not claimed
    wanted: bool,
    /// a claim is under way; there is one at a time
    claiming: bool,
    /// when something falls due by itself
    next_due: Option<Timestamp>,
}

impl Engine {
    /// Works until `stop` completes; then ends what is under way and gives back the rest.
    ///
    /// What a killed program had claimed is due again at once.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let mut queue = Queue {
            engine: Arc::clone(&self),
            lanes: Lanes::default(),
            breakers: Breakers::default(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            renewed_at: self.parts.clock.now(),
            keeping: HashSet::new(),
            wanted: true,
            claiming: false,
            next_due: None,
        };
        queue.release().await;
        tokio::pin!(stop);
        loop {
            let sleep = queue.turn().await;
            tokio::select! {
                () = &mut stop => break,
                () = self.bell.notified() => queue.wanted = true,
                () = self.gate.wait() => {}
                Some(ended) = queue.tasks.join_next_with_id() => queue.all_ended(ended).await,
                () = tokio::time::sleep(sleep) => queue.wanted = true,
            }
        }
        queue.finish().await;
    }
}

impl Queue {
    fn now(&self) -> Timestamp {
        self.engine.parts.clock.now()
    }

    async fn release(&self) {
        let node = Arc::clone(&self.engine.parts.node);
        let store = &self.engine.parts.store;
        match store
            .log(move |sql| deliveries::release_own(sql, &node))
            .await
        {
            Ok(0) => {}
            Ok(count) => tracing::info!(
                count,
                "deliveries that an earlier run had begun are due again"
            ),
            Err(error) => tracing::error!(%error, "claims could not be released"),
        }
    }

    /// Claims and begins what can be begun; answers how long there is nothing to do.
    async fn turn(&mut self) -> Duration {
        self.hasten();
        self.look();
        self.renew().await;
        self.fetch().await;
        self.claim();
        for claimed in self.lanes.begin() {
            self.begin(claimed);
        }
        let metrics = &self.engine.parts.metrics;
        metrics
            .in_flight
            .set(i64::try_from(self.tasks.len()).unwrap_or(i64::MAX));
        metrics
            .open_breakers
            .set(i64::try_from(self.breakers.open()).unwrap_or(i64::MAX));
        self.sleep()
    }

    fn hasten(&mut self) {
        let now = self.now();
        let mut urgent = self
            .engine
            .urgent
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for destination in urgent.drain(..) {
            self.breakers.hasten(&destination, now);
        }
    }

    /// Looks at destinations that are down: first whether they take connections at all.
    fn look(&mut self) {
        for destination in self.breakers.due_looks(self.now()) {
            let engine = Arc::clone(&self.engine);
            self.tasks.spawn(async move {
                let reached = engine
                    .parts
                    .outbound
                    .probe(&destination)
                    .await
                    .map_err(drop);
                Ended::Look(destination, reached)
            });
        }
    }

    /// Keeps the claims of what is in memory from running out.
    async fn renew(&mut self) {
        let now = self.now();
        if until(self.renewed_at, now) < LEASE / 4 {
            return;
        }
        self.renewed_at = now;
        let mut ids = self.lanes.ids();
        ids.extend(&self.keeping);
        let lease = self.engine.lease(now);
        let renewed = self.engine.parts.store.log(move |sql| {
            ids.iter()
                .try_for_each(|id| deliveries::renew(sql, *id, &lease))
        });
        if let Err(error) = renewed.await {
            tracing::error!(%error, "claims could not be renewed");
        }
    }

    /// Takes in what the intake hands over, and tells it what it may.
    ///
    /// Not while a claim is under way: what that brings is older.
    async fn fetch(&mut self) {
        if self.claiming {
            return;
        }
        let now = self.now();
        let shut = self.left_alone(now);
        let (refused, taken): (Vec<_>, Vec<_>) = self
            .engine
            .gate
            .fetch()
            .into_iter()
            .partition(|claimed| self.breakers.is_open(&claimed.row.destination, now));
        for claimed in taken {
            self.lanes.add(claimed);
        }
        self.put_back(refused).await;
        self.engine.gate.set(self.lanes.room(), &shut);
    }

    /// Begins to claim what is due, if something may be and there is room for it.
    ///
    /// What is claimed already goes on meanwhile: a claim waits for a commit.
    fn claim(&mut self) {
        let room = self.lanes.room().min(PER_CLAIM);
        if self.claiming || room == 0 {
            return;
        }
        let now = self.now();
        let without = self.left_alone(now);
        if !self.wanted && !self.engine.gate.is_behind(&without) {
            return;
        }
        (self.wanted, self.claiming) = (false, true);
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let in_order = Arc::clone(&engine);
            let claim = engine.parts.store.log(move |sql| {
                // Looked at here, so that nothing that was kept before is due after it: what this
                // leaves behind unseen would be overtaken.
                let now = in_order.parts.clock.now();
                if deliveries::release_expired(sql, now)? > 0 {
                    in_order.gate.lost_sight();
                }
                let rows = deliveries::claim(sql, now, &in_order.lease(now), limit, &without)?;
                let full = rows.len() == room;
                if full {
                    return Ok((rows, full, None));
                }
                in_order.gate.claimed_all(&without);
                Ok((rows, full, deliveries::next_due(sql, &without)?))
            });
            let batch = match claim.await {
                Ok((rows, full, next_due)) => Ok(Batch {
                    claimed: engine.with_events(rows).await,
                    full,
                    next_due,
                }),
                Err(error) => {
                    engine.gate.lost_sight();
                    tracing::error!(%error, "nothing could be claimed");
                    Err(())
                }
            };
            Ended::Claim(batch)
        });
    }

    async fn claimed(&mut self, batch: Result<Batch, ()>) {
        self.claiming = false;
        let Ok(batch) = batch else {
            self.next_due = Some(self.now() + STORE_PAUSE);
            return;
        };
        self.wanted |= batch.full;
        self.next_due = batch.next_due;
        let mut too_early = Vec::new();
        for claimed in batch.claimed {
            if self.keeping.contains(&claimed.row.id) {
                too_early.push(claimed);
            } else {
                self.lanes.add(claimed);
            }
        }
        self.wanted |= !too_early.is_empty();
        self.put_back(too_early).await;
    }

    /// Destinations that get nothing now: down, paused, or busy enough.
    fn left_alone(&self, now: Timestamp) -> Vec<String> {
        let mut without = self.breakers.closed_to(now);
        without.extend(self.lanes.full().cloned());
        without
    }

    fn begin(&mut self, claimed: Claimed) {
        let (engine, copy) = (Arc::clone(&self.engine), claimed.clone());
        let task = self.tasks.spawn(async move {
            let tried = engine.attempt(&copy).await;
            Ended::Attempt(tried.map(Box::new))
        });
        self.running.insert(task.id(), claimed);
    }

    /// Keeps what became of an attempt; the next of its lane need not wait for that.
    fn keep(&mut self, claimed: Claimed, attempt: AttemptResult) {
        self.keeping.insert(claimed.row.id);
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let stored = engine.store_attempt(&claimed, attempt).await;
            Ended::Stored(claimed.row, stored)
        });
    }

    /// One task has ended, and perhaps more with it.
    async fn all_ended(&mut self, first: Result<(Id, Ended), JoinError>) {
        self.ended(first).await;
        while let Some(next) = self.tasks.try_join_next_with_id() {
            self.ended(next).await;
        }
    }

    async fn ended(&mut self, ended: Result<(Id, Ended), JoinError>) {
        match self.unless_failed(ended) {
            Some((_, Ended::Claim(batch))) => self.claimed(batch).await,
            Some((task, Ended::Attempt(tried))) => {
                let Some(claimed) = self.running.remove(&task) else {
                    return;
                };
                self.lanes.end(&claimed.row);
                if let Some(tried) = tried {
                    self.keep(claimed, *tried);
                } else {
                    let now = self.now();
                    self.breakers.look_again(&claimed.row.destination, now);
                }
            }
            Some((_, Ended::Stored(row, stored))) => {
                self.next_due = self.next_due.into_iter().chain(stored.due).min();
                self.keeping.remove(&row.id);
                match stored.health {
                    Some(health) => self.note(&row.destination, health).await,
                    None => self.breakers.look_again(&row.destination, self.now()),
                }
            }
            Some((_, Ended::Look(destination, Ok(())))) => self.try_one(destination).await,
            Some((_, Ended::Look(destination, Err(())))) => {
                self.note(&destination, Health::Unreachable).await;
            }
            None => {}
        }
    }

    /// What a task came back with. An integration that fails by a fault of its own has made an
    /// attempt too.
    fn unless_failed(&self, ended: Result<(Id, Ended), JoinError>) -> Option<(Id, Ended)> {
        let error = match ended {
            Ok(ended) => return Some(ended),
            Err(error) => error,
        };
        let task = error.id();
        let Some(claimed) = self.running.get(&task) else {
            tracing::error!(%error, "a task of the queue ended badly");
            return None;
        };
        let tried = AttemptResult::panicked(self.engine.start_attempt(), claimed, &error);
        Some((task, Ended::Attempt(Some(Box::new(tried)))))
    }

    /// A destination takes connections again: one delivery shows whether it works.
    async fn try_one(&mut self, destination: String) {
        let now = self.now();
        let wanted = destination.clone();
        let lease = self.engine.lease(now);
        let store = &self.engine.parts.store;
        let claim = store.log(move |sql| deliveries::claim_one(sql, &wanted, &lease));
        match claim.await {
            Ok(Some(row)) => {
                let early = row.next_at > now;
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

    /// Takes note of a sign; acts when a destination goes down or comes back.
    async fn note(&mut self, destination: &str, health: Health) {
        let now = self.now();
        let was_open = self.breakers.is_open(destination, now);
        let back = self.breakers.note(destination, health, now);
        let is_open = self.breakers.is_open(destination, now);
        if back {
            tracing::info!(destination, "works again; all that waits for it is due now");
            self.wanted = true;
            let name = destination.to_owned();
            let hurried = self
                .engine
                .parts
                .store
                .log(move |sql| deliveries::make_due(sql, &name, now));
            if let Err(error) = hurried.await {
                tracing::error!(%error, "waiting deliveries could not be made due");
            }
        } else if is_open && !was_open {
            tracing::warn!(
                destination,
                "is left alone for now: it failed, or asked for a pause"
            );
            let waiting = self.lanes.take_waiting(Some(destination));
            self.put_back(waiting).await;
        }
    }

    async fn put_back(&self, waiting: Vec<Claimed>) {
        if waiting.is_empty() {
            return;
        }
        let engine = Arc::clone(&self.engine);
        let put_back = self.engine.parts.store.log(move |sql| {
            waiting.iter().try_for_each(|claimed| {
                engine.gate.put_back(&claimed.row.destination);
                deliveries::release(sql, claimed.row.id, &engine.parts.node)
            })
        });
        if let Err(error) = put_back.await {
            // Their lease ends by itself.
            tracing::error!(%error, "deliveries could not be given back");
        }
    }

    /// How long until something falls due by itself.
    fn sleep(&self) -> Duration {
        let now = self.now();
        // The end of a claim or of an attempt wakes the queue by itself.
        let due = self
            .next_due
            .filter(|_| !self.claiming && self.lanes.room() > 0);
        let times = [due, self.breakers.next_change(now)].into_iter().flatten();
        times
            .min()
            .map_or(LONGEST_SLEEP, |then| until(now, then).min(LONGEST_SLEEP))
    }

    /// Ends what is under way within a limit and gives back what has not begun.
    async fn finish(mut self) {
        self.engine.gate.lost_sight();
        let mut waiting = self.lanes.take_waiting(None);
        waiting.extend(self.engine.gate.fetch());
        self.put_back(waiting).await;
        if tokio::time::timeout(GRACE, self.end_all()).await.is_err() {
            tracing::warn!(
                count = self.tasks.len(),
                "attempts under way are broken off; they are made again at the next start"
            );
        }
        self.tasks.shutdown().await;
    }

    /// Waits for what is under way, keeps what became of it, and gives back what was still claimed.
    async fn end_all(&mut self) {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            match self.unless_failed(ended) {
                Some((task, Ended::Attempt(Some(tried)))) => {
                    if let Some(claimed) = self.running.remove(&task) {
                        self.keep(claimed, *tried);
                    }
                }
                Some((_, Ended::Claim(Ok(batch)))) => self.put_back(batch.claimed).await,
                _ => {}
            }
        }
    }
}
