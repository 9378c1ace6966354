//! Loads the events of claimed deliveries, and stores the results of attempts.

use crate::Engine;
use crate::backlog::Claimed;
use crate::breaker::Health;
use crate::deliver::{AttemptResult, Started};
use crate::record::{AttemptRecord, ToolState, record};
use catalogue::Failure;
use jiff::Timestamp;
use model::id::EventId;
use model::{Event, Status};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::deliveries::{self, DeliveryRow};
use store::{Sql, StoreError, events, external_ids, settings};
use tokio::task::JoinError;

/// The wait after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What a stored attempt means for the queue.
pub(crate) struct Stored {
    /// what it shows about the destination, if anything was sent
    pub health: Option<Health>,
    /// when its delivery is due again, if it is pending
    pub due: Option<Timestamp>,
}

impl AttemptResult {
    /// An attempt that ended by a panic.
    pub(crate) fn panicked(started: Started, claimed: &Claimed, error: &JoinError) -> Self {
        let failure = Failure::retry(format!("internal error in the integration: {error}"));
        Self::without_requests(started, Err(failure), &claimed.row)
    }
}

impl Engine {
    /// Reads the events of claimed deliveries, as many as the cache has room for.
    pub(crate) async fn add_events(&self, claimed: &mut [Claimed]) {
        let ids: Vec<EventId> = claimed.iter().map(|claimed| claimed.row.event_id).collect();
        let mut bodies = HashMap::new();
        if !ids.is_empty() && self.events.has_room() {
            let read = self.parts.store.read(move |sql| events::bodies(sql, &ids));
            // On an error the attempt reads its event again, and reports what is wrong.
            bodies.extend(read.await.unwrap_or_default());
        }
        let mut cached = HashMap::new();
        for Claimed { row, event, .. } in claimed {
            let found = cached.entry(row.event_id).or_insert_with_key(|id| {
                let body = bodies.remove(id).filter(|_| self.events.has_room())?;
                self.events.try_cache(Event::parse_shared(body).ok()?)
            });
            event.clone_from(found);
        }
    }

    /// Stores an attempt and its consequences.
    pub(crate) async fn store_attempt(&self, claimed: &Claimed, attempt: AttemptResult) -> Stored {
        let sent_nothing = attempt.requests.is_empty();
        let record = record(&claimed.row, attempt, claimed.early, |tries, asked| {
            let jitter = model::ambient::fraction(&*self.parts.random);
            self.parts.schedule.wait(tries, asked, jitter)
        });
        self.observe(&claimed.row, &record);
        let health = record.health;
        let record = Arc::new(record);
        while let Err(error) = self.write_record(&claimed.row, &record).await {
            tracing::error!(%error, delivery = claimed.row.id.0, "an attempt could not be stored");
            if !error.is_temporary() {
                // The claim's lease ends, and the delivery is attempted again: at least once.
                break;
            }
            // Retried from memory until the store works again, so that nothing is sent twice.
            tokio::time::sleep(STORE_PAUSE).await;
        }
        let transition = &record.transition;
        Stored {
            health: (!sent_nothing).then_some(health),
            due: (transition.status == Status::Pending).then_some(transition.next_at),
        }
    }

    /// Writes a record in one transaction. Only a new tool state changes the settings version.
    async fn write_record(
        &self,
        delivery: &DeliveryRow,
        record: &Arc<AttemptRecord>,
    ) -> Result<(), StoreError> {
        let (record, delivery) = (Arc::clone(record), delivery.clone());
        let new_state = record.tool_state.clone();
        let write = move |sql: &mut dyn Sql| {
            deliveries::record(sql, delivery.id, &record.attempt, &record.transition)?;
            let (project, slug) = (delivery.project_id, delivery.integration.as_str());
            record.external_ids.iter().try_for_each(|(subject, id)| {
                external_ids::put(sql, project, slug, (subject, id), record.attempt.started_at)
            })
        };
        let store = &self.parts.store;
        let Some(ToolState {
            settings_id,
            saved_at,
            state,
        }) = new_state
        else {
            return store.log_batched(write).await;
        };
        store
            .write(move |sql| {
                write(sql)?;
                settings::put_tool_state(sql, settings_id, saved_at, &state)
            })
            .await
    }

    fn observe(&self, row: &DeliveryRow, record: &AttemptRecord) {
        let outcome = record.attempt.outcome.name();
        let seconds = std::time::Duration::from_millis(record.attempt.duration_ms.unsigned_abs())
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
            delivery = row.id.0,
            project = row.project_id.0,
            integration = row.integration,
            outcome,
            duration_ms = record.attempt.duration_ms,
            error = record.attempt.error,
            "attempt"
        );
    }
}

#[cfg(test)]
mod tests;
