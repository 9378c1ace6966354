//! Hands out what is due, watches the breakers, and stops without losing anything.

use crate::breaker::{Breakers, Sign};
use crate::deliver::Tried;
use crate::lanes::{Claimed, Lanes};
use crate::record::{entry, until};
use crate::{Engine, record};
use catalogue::Failure;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::StoreError;
use store::deliveries::{self, DeliveryRow};
use store::{Sql, settings};
use tokio::task::{JoinError, JoinSet};

/// Deliveries in memory at a time.
const IN_MEMORY: usize = 1_024;
/// Deliveries claimed at a time.
const PER_CLAIM: usize = 64;
/// How long a claim holds; longer than an attempt may take.
const LEASE: Duration = Duration::from_secs(600);
/// The longest sleep: a safety net under the bell and the timers.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The wait after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// How long a stopping engine waits for attempts under way.
const GRACE: Duration = Duration::from_secs(10);

/// What a task of the queue came back with.
enum Ended {
    Claim(Result<Batch, ()>),
    Attempt(Box<(Claimed, Option<Tried>)>),
    Kept(DeliveryRow, Option<Sign>),
    Look(String, Result<(), ()>),
}

/// What was claimed at a time.
struct Batch {
    rows: Vec<DeliveryRow>,
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
                Some(ended) = queue.tasks.join_next() => queue.all_ended(ended).await,
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
        let now = self.now();
        match self
            .engine
            .parts
            .store
            .log(move |sql| deliveries::release_claims(sql, now))
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
        let renewed = self.engine.parts.store.log(move |sql| {
            ids.iter()
                .try_for_each(|id| deliveries::renew(sql, *id, now + LEASE))
        });
        if let Err(error) = renewed.await {
            tracing::error!(%error, "claims could not be renewed");
        }
    }

    /// Begins to claim what is due, if something may be and there is room for it.
    ///
    /// What is claimed already goes on meanwhile: a claim waits for a commit.
    fn claim(&mut self) {
        let room = IN_MEMORY.saturating_sub(self.lanes.len()).min(PER_CLAIM);
        if !self.wanted || self.claiming || room == 0 {
            return;
        }
        (self.wanted, self.claiming) = (false, true);
        let now = self.now();
        let without = self.left_alone(now);
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let store = self.engine.parts.store.clone();
        self.tasks.spawn(async move {
            let claim = store.log(move |sql| {
                let rows = deliveries::claim(sql, now, now + LEASE, limit, &without)?;
                let full = rows.len() == room;
                let next_due = if full {
                    None
                } else {
                    deliveries::next_due(sql, &without)?
                };
                Ok(Batch {
                    rows,
                    full,
                    next_due,
                })
            });
            let batch = claim.await;
            Ended::Claim(batch.map_err(|error| tracing::error!(%error, "nothing could be claimed")))
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
        for row in batch.rows {
            let claimed = Claimed { row, early: false };
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
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let tried = engine.try_once(&claimed).await;
            Ended::Attempt(Box::new((claimed, tried)))
        });
    }

    /// Keeps what became of an attempt; the next of its lane need not wait for that.
    fn keep(&mut self, claimed: Claimed, tried: Tried) {
        self.keeping.insert(claimed.row.id);
        let engine = Arc::clone(&self.engine);
        self.tasks.spawn(async move {
            let sign = engine.keep(&claimed, tried).await;
            Ended::Kept(claimed.row, sign)
        });
    }

    /// One task has ended, and perhaps more with it.
    async fn all_ended(&mut self, first: Result<Ended, JoinError>) {
        self.ended(first).await;
        while let Some(next) = self.tasks.try_join_next() {
            self.ended(next).await;
        }
    }

    async fn ended(&mut self, ended: Result<Ended, JoinError>) {
        match ended {
            Ok(Ended::Claim(batch)) => self.claimed(batch).await,
            Ok(Ended::Attempt(attempt)) => {
                let (claimed, tried) = *attempt;
                self.lanes.end(&claimed.row);
                // Its destination may have had enough in memory; now there is room for more.
                self.wanted = true;
                if let Some(tried) = tried {
                    self.keep(claimed, tried);
                } else {
                    let now = self.now();
                    self.breakers.look_again(&claimed.row.destination, now);
                }
            }
            Ok(Ended::Kept(row, sign)) => {
                // A failed one is due again some time.
                self.wanted = true;
                self.keeping.remove(&row.id);
                match sign {
                    Some(sign) => self.note(&row.destination, sign).await,
                    None => self.breakers.look_again(&row.destination, self.now()),
                }
            }
            Ok(Ended::Look(destination, Ok(()))) => self.try_one(destination).await,
            Ok(Ended::Look(destination, Err(()))) => {
                self.note(&destination, Sign::Unreachable).await;
            }
            // `try_once` catches what integrations do wrong; this is the queue's own fault.
            Err(error) => tracing::error!(%error, "a task of the queue ended badly"),
        }
    }

    /// A destination takes connections again: one delivery shows whether it works.
    async fn try_one(&mut self, destination: String) {
        let now = self.now();
        let wanted = destination.clone();
        let claim = self
            .engine
            .parts
            .store
            .log(move |sql| deliveries::claim_one_for(sql, &wanted, now, now + LEASE));
        match claim.await {
            Ok(Some(row)) => {
                let early = row.next_at > now;
                self.lanes.add(Claimed { row, early });
            }
            Ok(None) => self.note(&destination, Sign::Up).await,
            Err(error) => {
                tracing::error!(%error, "nothing could be claimed");
                self.note(&destination, Sign::Unreachable).await;
            }
        }
    }

    /// Takes note of a sign; acts when a destination goes down or comes back.
    async fn note(&mut self, destination: &str, sign: Sign) {
        let now = self.now();
        let was_open = self
            .breakers
            .closed_to(now)
            .iter()
            .any(|name| name == destination);
        let back = self.breakers.note(destination, sign, now);
        let is_open = self
            .breakers
            .closed_to(now)
            .iter()
            .any(|name| name == destination);
        if back {
            tracing::info!(destination, "works again; all that waits for it is due now");
            let name = destination.to_owned();
            let hurried = self
                .engine
                .parts
                .store
                .log(move |sql| deliveries::hurry(sql, &name, now));
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
        let now = self.now();
        let put_back = self.engine.parts.store.log(move |sql| {
            waiting
                .iter()
                .try_for_each(|claimed| deliveries::put_back(sql, claimed.row.id, now))
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
            .filter(|_| !self.claiming && self.lanes.len() < IN_MEMORY);
        let times = [due, self.breakers.next_change(now)].into_iter().flatten();
        times
            .min()
            .map_or(LONGEST_SLEEP, |then| until(now, then).min(LONGEST_SLEEP))
    }

    /// Ends what is under way within a limit and gives back what has not begun.
    async fn finish(mut self) {
        let waiting = self.lanes.take_waiting(None);
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
        while let Some(ended) = self.tasks.join_next().await {
            match ended {
                Ok(Ended::Attempt(attempt)) => {
                    if let (claimed, Some(tried)) = *attempt {
                        self.keep(claimed, tried);
                    }
                }
                Ok(Ended::Claim(Ok(batch))) => {
                    let unwanted = batch.rows.into_iter();
                    let unwanted = unwanted.map(|row| Claimed { row, early: false });
                    self.put_back(unwanted.collect()).await;
                }
                _ => {}
            }
        }
    }
}

impl Engine {
    /// Makes an attempt, whatever the integration does; `None` when none was to be made.
    async fn try_once(self: &Arc<Self>, claimed: &Claimed) -> Option<Tried> {
        let engine = Arc::clone(self);
        let row = claimed.row.clone();
        let started_at = self.parts.clock.now();
        let attempt = tokio::spawn(async move { engine.attempt(&row).await });
        attempt.await.unwrap_or_else(|error| {
            Some(Tried {
                started_at,
                took: Duration::ZERO,
                requests: Vec::new(),
                result: Err(Failure::Again {
                    why: format!("the integration failed by a fault of its own: {error}"),
                    after: None,
                    down: false,
                }),
                learned_by: None,
                done: claimed.row.done.clone(),
            })
        })
    }

    /// Keeps an attempt; answers what it says of the host, `None` when the host was not asked.
    async fn keep(&self, claimed: &Claimed, tried: Tried) -> Option<Sign> {
        let silent = tried.requests.is_empty();
        let learned = tried.learned();
        let fraction = model::ambient::fraction(&*self.parts.random);
        let entry = entry(
            &claimed.row,
            tried,
            &self.parts.schedule,
            claimed.early,
            fraction,
        );
        self.observe(&claimed.row, &entry);
        let sign = entry.sign;
        let id = claimed.row.id;
        while let Err(error) = self.write_down(id, &entry, learned.clone()).await {
            tracing::error!(%error, delivery = id, "an attempt could not be recorded");
            if !error.is_temporary() {
                // The claim's lease ends, and the delivery is tried again: at least once.
                break;
            }
            // Held in memory until there is room again: what was said is not said twice.
            tokio::time::sleep(STORE_PAUSE).await;
        }
        (!silent).then_some(sign)
    }

    async fn write_down(
        &self,
        id: i64,
        entry: &record::Entry,
        learned: Option<(i64, Timestamp, Map<String, Value>)>,
    ) -> Result<(), StoreError> {
        let (attempt, verdict) = (entry.attempt.clone(), entry.verdict.clone());
        let record = move |sql: &mut dyn Sql| deliveries::record(sql, id, &attempt, &verdict);
        let store = &self.parts.store;
        let Some((row, as_of, learned)) = learned else {
            return store.log(record).await;
        };
        let both = move |sql: &mut dyn Sql| {
            record(sql)?;
            settings::learn(sql, row, as_of, &learned)
        };
        store.write(both).await
    }

    fn observe(&self, row: &DeliveryRow, entry: &record::Entry) {
        let outcome = entry.attempt.outcome.name();
        let seconds = std::time::Duration::from_millis(entry.attempt.duration_ms.unsigned_abs())
            .as_secs_f64();
        let metrics = &self.parts.metrics;
        metrics
            .attempts
            .with_label_values(&[row.integration.as_str(), outcome])
            .inc();
        metrics
            .attempt_seconds
            .with_label_values(&[row.integration.as_str()])
            .observe(seconds);
        tracing::info!(
            delivery = row.id,
            project = row.project_id,
            integration = row.integration,
            outcome,
            duration_ms = entry.attempt.duration_ms,
            error = entry.attempt.error,
            "attempt"
        );
    }
}
