//! An event comes in: it is kept once, with its deliveries, in one commit.

use crate::{Engine, Known};
use model::event::{Body, EventError};
use model::{Event, SourceKind};
use store::events::{self, Kept, NewEvent};
use store::sources::SourceRow;
use store::surroundings::Surroundings;
use store::{StoreError, deliveries, known_items};

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
    pub async fn accept(&self, known: &Known, received: Received) -> Result<Accepted, IntakeError> {
        let event = Event::parse(&received.body)?;
        let project_id = known.project.project_id;
        let matched = self.matches(&event, &known.project, &known.rows);
        let item = event.item();
        let now = self.parts.clock.now();
        let new = NewEvent {
            project_id,
            source_key: received.source_key,
            kind: event.kind.name(),
            body: received.body,
            received_at: now,
        };
        let shas = own_commits(&event, &known.project);
        let counted: Vec<_> = matched
            .iter()
            .map(|new| (new.integration, new.skipped.is_some()))
            .collect();
        let kept = self.parts.store.log(move |sql| {
            let kept = events::keep(sql, &new)?;
            if let Kept::New(event_id) = kept {
                events::add_commits(sql, (event_id, project_id), &shas)?;
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
