//! Nodes that share a backlog.

use super::*;
use model::id::{DeliveryId, ProjectId};
use std::sync::atomic::{AtomicI64, Ordering};
use store::Sqlite;
use store::deliveries::NewDelivery;
use store::events::NewEvent;

/// Seconds since 1970.
#[derive(Default)]
struct Seconds(AtomicI64);

impl Clock for Seconds {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

const PROJECT: &str = "
    INSERT INTO users VALUES (1, 'ada', 'ada', 'Ada', '', 0, NULL, 0);
    INSERT INTO namespaces VALUES (1, 'user', NULL, 1, 'Ada', 'ada', 'Ada', 'ada', 'ada', '', 'public', 0);
    INSERT INTO projects VALUES (1, 1, 'p', 'p', 'ada/p', 'ada/p', NULL, 'private', 'main', 0, 1, 0, 0);";

struct Nodes {
    store: Store,
    clock: Arc<Seconds>,
    _folder: tempfile::TempDir,
}

impl Nodes {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Sqlite::open(&folder.path().join("t.db")).unwrap();
        let store = Store::new(Arc::new(database));
        store.write(|sql| sql.script(PROJECT)).await.unwrap();
        Self {
            store,
            clock: Arc::default(),
            _folder: folder,
        }
    }

    fn node(&self, id: &str) -> SqlBacklog {
        let clock = Arc::clone(&self.clock);
        SqlBacklog::new(self.store.clone(), id.into(), clock)
    }

    /// Inserts an event with a delivery to each of these destinations; returns those claimed at once.
    async fn insert(&self, node: &SqlBacklog, destinations: &[&str]) -> Vec<i64> {
        let deliveries = destinations.iter().map(|destination| NewDelivery {
            integration: "x",
            destination: (*destination).into(),
            skipped: None,
        });
        let event = NewEvent {
            project_id: ProjectId(1),
            source_key: None,
            kind: "push",
            body: "{}".into(),
            received_at: self.clock.now(),
        };
        let work = NewWork {
            event,
            commits: Vec::new(),
            item: None,
            deliveries: deliveries.collect(),
        };
        ids(&node.insert(work).await.unwrap().1)
    }
}

fn ids(rows: &[DeliveryRow]) -> Vec<i64> {
    rows.iter().map(|row| row.id.0).collect()
}

fn claimed_ids(claim: Claim) -> Vec<i64> {
    let claimed = claim.claimed.into_iter();
    claimed.map(|claimed| claimed.row.id.0).collect()
}

async fn claim(node: &SqlBacklog, limit: usize) -> Vec<i64> {
    claimed_ids(node.claim(limit, Vec::new()).await.unwrap())
}

#[tokio::test]
async fn two_nodes_never_claim_the_same_delivery() {
    let nodes = Nodes::new().await;
    let (a, b) = (nodes.node("a"), nodes.node("b"));
    assert!(nodes.insert(&a, &["t"; 40]).await.is_empty());
    let mut claims = tokio::task::JoinSet::new();
    for node in [a, b].map(Arc::new) {
        for _ in 0..10 {
            let node = Arc::clone(&node);
            claims.spawn(async move {
                let one = node.claim_one("t").await.unwrap().map(|row| row.id.0);
                let more = claim(&node, 3).await;
                one.into_iter().chain(more).collect::<Vec<_>>()
            });
        }
    }
    let mut claimed = claims.join_all().await.concat();
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_start_releases_only_what_its_own_node_had_claimed() {
    let nodes = Nodes::new().await;
    let (a, b) = (nodes.node("a"), nodes.node("b"));
    nodes.insert(&a, &["t"; 4]).await;
    assert_eq!(
        (claim(&a, 1).await, claim(&b, 2).await),
        (vec![1], vec![2, 3])
    );
    let restarted = nodes.node("a");
    assert_eq!(restarted.release_own().await.unwrap(), 1);
    assert_eq!(claim(&restarted, 10).await, [1, 4]);
}

#[tokio::test]
async fn an_expired_lease_of_another_node_is_claimed_and_a_renewed_one_is_not() {
    let nodes = Nodes::new().await;
    let (a, b) = (nodes.node("a"), nodes.node("b"));
    nodes.insert(&a, &["t"; 2]).await;
    assert_eq!(claim(&a, 2).await, [1, 2]);
    nodes.clock.0.store(500, Ordering::Relaxed);
    a.renew(vec![DeliveryId(2)]).await.unwrap();
    b.renew(vec![DeliveryId(1)]).await.unwrap();
    assert!(claim(&b, 2).await.is_empty());
    nodes.clock.0.store(600, Ordering::Relaxed);
    assert_eq!(claim(&b, 2).await, [1]);
}

#[tokio::test]
async fn what_a_lease_left_behind_is_not_overtaken() {
    let nodes = Nodes::new().await;
    let (a, b) = (nodes.node("a"), nodes.node("b"));
    b.set_capacity(10, &[]);
    nodes.insert(&a, &["t", "u"]).await;
    assert_eq!(claim(&a, 2).await, [1, 2]);
    assert!(claim(&b, 2).await.is_empty());
    assert_eq!(nodes.insert(&b, &["t"]).await, [3], "nothing waits");
    nodes.clock.0.store(600, Ordering::Relaxed);
    let claimed = b.claim(2, vec!["t".into()]).await.unwrap();
    assert_eq!(claimed_ids(claimed), [2]);
    assert!(
        nodes.insert(&b, &["t"]).await.is_empty(),
        "delivery 1 waits"
    );
}

#[tokio::test]
async fn what_is_released_keeps_its_place_and_when_it_is_due() {
    let nodes = Nodes::new().await;
    let node = nodes.node("a");
    nodes.insert(&node, &["t"]).await;
    nodes.clock.0.store(5, Ordering::Relaxed);
    nodes.insert(&node, &["t"]).await;
    let claim = node.claim(1, Vec::new()).await.unwrap();
    node.release(claim.claimed).await.unwrap();
    let again = node.claim_one("t").await.unwrap().unwrap();
    assert_eq!(
        (again.id, again.next_at),
        (DeliveryId(1), Timestamp::UNIX_EPOCH)
    );
}
