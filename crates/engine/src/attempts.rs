//! Around attempts: what they need is fetched before, and what they did is written down after.

use crate::breaker::Sign;
use crate::deliver::Tried;
use crate::lanes::Claimed;
use crate::record::entry;
use crate::{Engine, record};
use catalogue::Failure;
use jiff::Timestamp;
use model::{Event, Status};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::time::Duration;
use store::deliveries::{self, DeliveryRow};
use store::{Sql, StoreError, events, settings};
use tokio::task::JoinError;

/// The wait after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What a kept attempt means for the queue.
pub(crate) struct Kept {
    /// what it says of the host, if the host was asked
    pub sign: Option<Sign>,
    /// when its delivery is due again, if it is
    pub again: Option<Timestamp>,
}

impl Tried {
    /// An attempt that a fault of the integration's own ended.
    pub(crate) fn fault(claimed: &Claimed, now: Timestamp, error: &JoinError) -> Self {
        Self {
            started_at: now,
            took: Duration::ZERO,
            requests: Vec::new(),
            result: Err(Failure::Again {
                why: format!("the integration failed by a fault of its own: {error}"),
                after: None,
                down: false,
            }),
            learned_by: None,
            done: claimed.row.done.clone(),
        }
    }
}

impl Engine {
    /// Claimed deliveries with their events, as many of these as there is room for.
    pub(crate) async fn with_events(&self, rows: Vec<DeliveryRow>) -> Vec<Claimed> {
        let ids: Vec<i64> = rows.iter().map(|row| row.event_id).collect();
        let mut bodies = HashMap::new();
        if !ids.is_empty() && self.holder.has_room() {
            let read = self.parts.store.read(move |sql| events::bodies(sql, &ids));
            // An attempt whose event is not here reads it again, and says what is wrong.
            bodies.extend(read.await.unwrap_or_default());
        }
        let mut held = HashMap::new();
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let event = held.entry(row.event_id).or_insert_with_key(|id| {
                let body = bodies.remove(id).filter(|_| self.holder.has_room())?;
                self.holder.hold(Event::parse(&body).ok()?)
            });
            claimed.push(Claimed {
                event: event.clone(),
                ..Claimed::due(row)
            });
        }
        claimed
    }

    /// Keeps an attempt and what it makes of its delivery.
    pub(crate) async fn keep(&self, claimed: &Claimed, tried: Tried) -> Kept {
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
        let verdict = &entry.verdict;
        Kept {
            sign: (!silent).then_some(sign),
            again: (verdict.status == Status::Pending).then_some(verdict.next_at),
        }
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
            return store.log_batched(record).await;
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
