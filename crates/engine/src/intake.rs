//! An event comes in: it is kept once, with its deliveries, in one commit.

use crate::lanes::Claimed;
use crate::{Engine, Known};
use model::event::{Body, Item};
use model::{Event, SourceKind};
use std::sync::Arc;
use store::deliveries::{DeliveryRow, NewDelivery};
use store::events::{self, Kept, NewEvent};
use store::sources::SourceRow;
use store::surroundings::Surroundings;
use store::{Sql, StoreError, deliveries, known_items};

/// An event of an authenticated request.
#[derive(Clone, Debug)]
pub struct IncomingEvent {
    /// the event, in GitLab's shape
    pub event: Event,
    /// the source's own id of this delivery, the same when it is sent again
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

impl Engine {
    /// Keeps an event and makes its deliveries. When this returns `Ok`, both are on disk.
    pub async fn accept(
        self: &Arc<Self>,
        known: &Known,
        incoming: IncomingEvent,
    ) -> Result<Accepted, StoreError> {
        let IncomingEvent { event, source_key } = incoming;
        let matched = self.matches(&event, known);
        let item = event.item();
        let new = NewEvent {
            project_id: known.project.project_id,
            source_key,
            kind: event.kind.name(),
            body: event.shared_json(),
            received_at: self.parts.clock.now(),
        };
        let work = Work {
            new,
            shas: own_commits(&event, &known.project),
            matched,
            item,
        };
        let engine = Arc::clone(self);
        // On a task of its own: a sender that hangs up does not keep what it sent from being worked on.
        let kept = tokio::spawn(async move { engine.keep_event(work, event).await });
        let kept = kept.await.map_err(|error| {
            StoreError::Broken(format!("an event could not be kept: {error}"))
        })??;
        Ok(match kept {
            Kept::New(event_id) => Accepted {
                event_id,
                repeat: false,
            },
            Kept::Repeat(event_id) => Accepted {
                event_id,
                repeat: true,
            },
        })
    }

    async fn keep_event(self: Arc<Self>, work: Work, event: Event) -> Result<Kept, StoreError> {
        let counted: Vec<_> = work
            .matched
            .iter()
            .map(|new| (new.integration, new.skipped.is_some()))
            .collect();
        let engine = Arc::clone(&self);
        let kept = self.parts.store.log(move |sql| work.write(sql, &engine));
        let (kept, claimed) = kept.await?;
        match kept {
            Kept::New(_) => {
                self.count(&event, &counted);
                let pending = counted.iter().filter(|(_, skipped)| !skipped).count();
                if claimed.len() < pending {
                    self.bell.notify_one();
                }
                self.hand_over(claimed, event);
            }
            Kept::Repeat(_) => self.parts.metrics.repeats.inc(),
        }
        Ok(kept)
    }

    /// Gives the queue what was claimed as it was made.
    fn hand_over(&self, claimed: Vec<DeliveryRow>, event: Event) {
        if claimed.is_empty() {
            return;
        }
        let event = self.holder.hold(event);
        let with_event = |row| Claimed {
            event: event.clone(),
            ..Claimed::due(row)
        };
        self.gate
            .hand_over(claimed.into_iter().map(with_event).collect());
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

/// What is written for an event, in one commit.
struct Work {
    new: NewEvent,
    /// commits of our own
    shas: Vec<String>,
    matched: Vec<NewDelivery>,
    /// the issue or merge request it tells of
    item: Option<Item>,
}

impl Work {
    /// Keeps the event and makes its deliveries; answers those that were claimed as they were made.
    fn write(
        &self,
        sql: &mut dyn Sql,
        engine: &Engine,
    ) -> Result<(Kept, Vec<DeliveryRow>), StoreError> {
        let kept = events::keep(sql, &self.new)?;
        let Kept::New(event_id) = kept else {
            return Ok((kept, Vec::new()));
        };
        let (project_id, now) = (self.new.project_id, self.new.received_at);
        events::add_commits(sql, (event_id, project_id), &self.shas)?;
        if let Some(item) = &self.item {
            known_items::keep(sql, project_id, item)?;
        }
        let mut claimed = Vec::new();
        for delivery in &self.matched {
            let at_once = delivery.skipped.is_none() && engine.gate.admits(&delivery.destination);
            let lease = at_once.then(|| engine.lease(now));
            let row = deliveries::add(sql, (event_id, project_id), delivery, now, lease.as_ref())?;
            if at_once {
                claimed.push(row);
            }
        }
        Ok((kept, claimed))
    }
}

/// The commits that Crosstie itself has a page for: those of a bare repository's push.
fn own_commits(event: &Event, project: &Surroundings) -> Vec<String> {
    let is_bare = |source: &SourceRow| source.kind == SourceKind::Git;
    match &event.body {
        Body::Push(push) if project.source.as_ref().is_some_and(is_bare) => push
            .commits
            .iter()
            .filter(|commit| is_hash(&commit.id))
            .map(|commit| commit.id.to_ascii_lowercase())
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether it is a full hash, SHA-1's or SHA-256's.
fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_repositorys_pushes_have_commits_of_our_own() {
        let body = format!(
            r#"{{"object_kind":"push","commits":[{{"id":"{}"}},{{"id":"short"}},{{"id":"{}"}}]}}"#,
            "A".repeat(40),
            "../".repeat(20)
        );
        let event = Event::parse(&body).unwrap();
        let project = |kind| Surroundings {
            project_id: 1,
            name: String::new(),
            name_with_namespace: String::new(),
            full_path: String::new(),
            default_branch: String::new(),
            protected_branches: Vec::new(),
            source: kind,
        };
        let of = |kind| {
            Some(SourceRow {
                kind,
                ..SourceRow::default()
            })
        };
        assert_eq!(
            own_commits(&event, &project(of(SourceKind::Git))),
            ["a".repeat(40)]
        );
        for other in [of(SourceKind::Gitlab), None] {
            assert!(own_commits(&event, &project(other)).is_empty());
        }
    }
}
