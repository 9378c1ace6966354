//! External ids: stored with the attempt that created something, read by later deliveries.

use super::*;
use crate::testing::engine;
use catalogue::{Context, Deliver, End, Integration, Memo, Plan, Skip, Step, Values};
use jiff::Timestamp;
use model::id::{DeliveryId, EventId, ProjectId};

/// Creates one thread for each issue.
struct Threads;

impl Plan for Threads {
    fn steps(&self, _: &Event, _: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        Err("not used here".into())
    }

    fn test_steps(&self, _: &Values, _: &Context) -> Vec<Step> {
        Vec::new()
    }

    fn subjects(&self, event: &Event) -> Vec<String> {
        vec![format!("thread of a {}", event.kind.name())]
    }
}

static THREADS: Integration = Integration {
    slug: "threads",
    deliver: Some(Deliver::Plan(&Threads)),
    ..Integration::DEFAULT
};

/// Project 1 with an event and a delivery to [`THREADS`].
const ROWS: &str = "
    INSERT INTO users VALUES (1, 'ada', 'ada', 'Ada', '', 0, NULL, 0);
    INSERT INTO namespaces VALUES (1, 'user', NULL, 1, 'Ada', 'ada', 'Ada', 'ada', 'ada', '', 'public', 0);
    INSERT INTO projects VALUES (1, 1, 'p', 'p', 'ada/p', 'ada/p', NULL, 'private', 'main', 0, 1, 0, 0);
    INSERT INTO events VALUES (1, 1, NULL, 'issue', '{}', 0);
    INSERT INTO deliveries (id, event_id, project_id, integration, status, destination, next_at, created_at)
        VALUES (1, 1, 1, 'threads', 'pending', '', 0, 0);";

fn delivery() -> DeliveryRow {
    DeliveryRow {
        id: DeliveryId(1),
        event_id: EventId(1),
        project_id: ProjectId(1),
        integration: THREADS.slug.into(),
        status: Status::Pending,
        reason: None,
        destination: String::new(),
        tries: 0,
        done: Vec::new(),
        next_at: Timestamp::UNIX_EPOCH,
        created_at: Timestamp::UNIX_EPOCH,
        finished_at: None,
    }
}

fn attempt(engine: &Engine, result: Result<End, Failure>, id: &str) -> AttemptResult {
    let memo = Memo {
        external_ids: vec![("thread of a issue".into(), id.into())],
        tool_state: None,
    };
    let started = engine.start_attempt();
    AttemptResult {
        memo,
        ..AttemptResult::without_requests(started, result, &delivery())
    }
}

#[tokio::test]
async fn an_external_id_is_stored_with_its_attempt_and_read_by_later_deliveries() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(&folder);
    let rows = engine.parts.store.write(|sql| sql.script(ROWS));
    rows.await.unwrap();
    let event = Event::parse(r#"{"object_kind":"issue"}"#).unwrap();
    let ids = || engine.external_ids(ProjectId(1), &THREADS, &event);
    assert!(ids().await.unwrap().is_empty());

    // A failed attempt stores it as well: the tool has created something.
    let claimed = Claimed::due(delivery());
    let failed = attempt(&engine, Err(Failure::retry("busy")), "first");
    engine.store_attempt(&claimed, failed).await;
    assert_eq!(ids().await.unwrap()["thread of a issue"], "first");
    let delivered = attempt(&engine, Ok(End::Delivered(None)), "second");
    engine.store_attempt(&claimed, delivered).await;
    assert_eq!(ids().await.unwrap()["thread of a issue"], "second");
    let attempts = engine
        .parts
        .store
        .read(|sql| sql.number("SELECT COUNT(*) FROM attempts", &[]));
    assert_eq!(attempts.await.unwrap(), 2);

    let other = Event::parse(r#"{"object_kind":"push"}"#).unwrap();
    assert!(
        engine
            .external_ids(ProjectId(1), &THREADS, &other)
            .await
            .unwrap()
            .is_empty()
    );
    let deleted = engine
        .parts
        .store
        .write(|sql| sql.script("DELETE FROM projects"));
    deleted.await.unwrap();
    assert!(
        ids().await.unwrap().is_empty(),
        "they are deleted with the project"
    );
}
