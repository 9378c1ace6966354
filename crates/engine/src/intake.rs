//! Stores an event with its deliveries.

use crate::backlog::{Claimed, NewWork};
use crate::{Engine, ProjectSnapshot};
use model::event::Body;
use model::{Event, SourceKind};
use std::sync::Arc;
use store::deliveries::{DeliveryRow, NewDelivery};
use store::events::{EventInsert, NewEvent};
use store::project_details::ProjectDetails;
use store::sources::SourceRow;
use store::{Reason, StoreError};

/// An event of an authenticated request.
#[derive(Clone, Debug)]
pub struct IncomingEvent {
    /// the event, in GitLab's shape
    pub event: Event,
    /// the source's own id of this delivery, the same when it is sent again
    pub source_key: Option<String>,
}

impl Engine {
    /// Stores an event and its deliveries. When this returns `Ok`, both are on disk.
    ///
    /// The request is authenticated, so its project stays cached.
    pub async fn accept(
        self: &Arc<Self>,
        snapshot: &Arc<ProjectSnapshot>,
        incoming: IncomingEvent,
    ) -> Result<EventInsert, StoreError> {
        self.snapshots.put(snapshot);
        let IncomingEvent { event, source_key } = incoming;
        let project = &snapshot.project;
        let work = NewWork {
            commits: own_commits(&event, project),
            item: event.item(),
            deliveries: self.matches(&event, snapshot),
            event: NewEvent {
                project_id: project.project_id,
                source_key,
                kind: event.kind.name(),
                body: event.shared_json(),
                received_at: self.parts.clock.now(),
            },
        };
        let engine = Arc::clone(self);
        // In a task of its own: what was stored is handed over even if the sender hangs up.
        let stored = tokio::spawn(async move { engine.insert(work, event).await });
        stored
            .await
            .map_err(|error| StoreError::Broken(Reason::new("storing an event panicked", error)))?
    }

    async fn insert(
        self: Arc<Self>,
        work: NewWork,
        event: Event,
    ) -> Result<EventInsert, StoreError> {
        let counted: Vec<_> = work.deliveries.iter().map(status_label).collect();
        let (inserted, claimed) = self.backlog.insert(work).await?;
        let metrics = &self.parts.metrics;
        if let EventInsert::Duplicate(_) = inserted {
            metrics.repeats.inc();
            return Ok(inserted);
        }
        metrics.events.with_label_values(&[event.kind.name()]).inc();
        for labels in &counted {
            metrics.matched.with_label_values(labels).inc();
        }
        let pending = counted.iter().filter(|[_, status]| *status == PENDING);
        if claimed.len() < pending.count() {
            self.wake.wake();
        }
        self.hand_over(claimed, event);
        Ok(inserted)
    }

    /// Passes to the queue what was claimed as it was inserted.
    fn hand_over(&self, claimed: Vec<DeliveryRow>, event: Event) {
        if claimed.is_empty() {
            return;
        }
        let event = self.events.try_cache(event);
        let with_event = |row| Claimed {
            event: event.clone(),
            ..Claimed::due(row)
        };
        self.backlog
            .hand_over(claimed.into_iter().map(with_event).collect());
    }
}

const PENDING: &str = "pending";

/// The labels that a new delivery is counted under.
fn status_label(new: &NewDelivery) -> [&'static str; 2] {
    let status = new.skipped.as_ref().map_or(PENDING, |_| "skipped");
    [new.integration, status]
}

/// The commits that Crosstie itself has pages for: those of a push to a bare repository.
fn own_commits(event: &Event, project: &ProjectDetails) -> Vec<String> {
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

/// Whether it is a full SHA-1 or SHA-256 hash.
fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::id::ProjectId;

    #[test]
    fn only_a_bare_repositorys_pushes_have_commits_of_our_own() {
        let body = format!(
            r#"{{"object_kind":"push","commits":[{{"id":"{}"}},{{"id":"short"}},{{"id":"{}"}}]}}"#,
            "A".repeat(40),
            "../".repeat(20)
        );
        let event = Event::parse(&body).unwrap();
        let project = |kind| ProjectDetails {
            project_id: ProjectId(1),
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
