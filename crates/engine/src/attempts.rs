//! Around an attempt: what an integration does wrong is caught, and what it did is written down.

use crate::breaker::Sign;
use crate::deliver::Tried;
use crate::lanes::Claimed;
use crate::record::entry;
use crate::{Engine, record};
use catalogue::Failure;
use jiff::Timestamp;
use model::Status;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;
use store::deliveries::{self, DeliveryRow};
use store::{Sql, StoreError, settings};

/// The wait after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What a kept attempt means for the queue.
pub(crate) struct Kept {
    /// what it says of the host, if the host was asked
    pub sign: Option<Sign>,
    /// when its delivery is due again, if it is
    pub again: Option<Timestamp>,
}

impl Engine {
    /// Makes an attempt, whatever the integration does; `None` when none was to be made.
    pub(crate) async fn try_once(self: &Arc<Self>, claimed: &Claimed) -> Option<Tried> {
        let engine = Arc::clone(self);
        let copy = claimed.clone();
        let started_at = self.parts.clock.now();
        let attempt = tokio::spawn(async move { engine.attempt(&copy).await });
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
