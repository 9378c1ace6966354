//! An event comes in: it is kept once, with its deliveries, in one commit.

use crate::Engine;
use model::Event;
use model::event::EventError;
use store::events::{self, Kept, NewEvent};
use store::surroundings::Surroundings;
use store::{StoreError, deliveries, known_items, settings};

/// An event as a source handed it over, authenticated and in GitLab's shape.
#[derive(Clone, Debug)]
pub struct Received {
    /// JSON in GitLab's shape
    pub body: String,
    /// the source's own id of this delivery, by which a repeat is known
    pub source_key: Option<String>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// the id it is kept under
    pub event_id: i64,
    /// whether the same delivery was kept before
    pub repeat: bool,
}

/// Why an event was not kept.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// it is no event
    #[error(transparent)]
    Event(#[from] EventError),
    /// it cannot be kept now
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Keeps an event and makes its deliveries. When this returns `Ok`, both are on disk.
    pub async fn accept(
        &self,
        project: &Surroundings,
        received: Received,
    ) -> Result<Accepted, IntakeError> {
        let event = Event::parse(&received.body)?;
        let project_id = project.project_id;
        let rows = self
            .parts
            .store
            .read(move |sql| settings::effective(sql, project_id))
            .await?;
        let matched = self.matches(&event, project, &rows);
        let item = event.item();
        let now = self.parts.clock.now();
        let new = NewEvent {
            project_id,
            source_key: received.source_key,
            kind: event.kind.name(),
            body: received.body,
            received_at: now,
        };
        let counted: Vec<_> = matched
            .iter()
            .map(|new| (new.integration, new.skipped.is_some()))
            .collect();
        let kept = self.parts.store.write(move |sql| {
            let kept = events::keep(sql, &new)?;
            if let Kept::New(event_id) = kept {
                for delivery in &matched {
                    deliveries::add(sql, (event_id, project_id), delivery, now)?;
                }
                if let Some(item) = &item {
                    known_items::keep(sql, project_id, item)?;
                }
            }
            Ok(kept)
        });
        Ok(match kept.await? {
            Kept::New(event_id) => {
                self.count(&event, &counted);
                self.bell.notify_one();
                Accepted {
                    event_id,
                    repeat: false,
                }
            }
            Kept::Repeat(event_id) => {
                self.parts.metrics.repeats.inc();
                Accepted {
                    event_id,
                    repeat: true,
                }
            }
        })
    }

    fn count(&self, event: &Event, matched: &[(&'static str, bool)]) {
        let metrics = &self.parts.metrics;
        metrics.events.with_label_values(&[event.kind.name()]).inc();
        for (integration, skipped) in matched {
            let status = if *skipped { "skipped" } else { "pending" };
            metrics
                .matched
                .with_label_values(&[*integration, status])
                .inc();
        }
    }
}
