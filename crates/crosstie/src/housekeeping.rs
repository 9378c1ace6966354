//! What is done now and then while the server runs: old entries of the audit log go.

use jiff::SignedDuration;
use model::Clock;
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError, audit};

/// The time between two runs.
const EVERY: Duration = Duration::from_secs(3_600);
/// Entries that go in one transaction, so that nobody waits long for it.
const AT_ONCE: i64 = 1_000;

/// Runs at once and then every hour; without a number of days nothing is ever deleted.
pub(crate) async fn run(store: Store, clock: Arc<dyn Clock>, audit_days: Option<u32>) {
    let Some(days) = audit_days else { return };
    let mut times = tokio::time::interval(EVERY);
    loop {
        times.tick().await;
        match prune(&store, &*clock, days).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, days, "old entries of the audit log are removed"),
            Err(error) => {
                tracing::warn!(%error, "old entries of the audit log could not be removed");
            }
        }
    }
}

/// Removes what is older than that; answers how many entries.
async fn prune(store: &Store, clock: &dyn Clock, days: u32) -> Result<u64, StoreError> {
    let age = SignedDuration::from_hours(24 * i64::from(days));
    let Ok(before) = clock.now().checked_sub(age) else {
        return Ok(0);
    };
    let mut gone = 0;
    loop {
        let some = store.log(move |sql| audit::prune(sql, before, AT_ONCE));
        let some = some.await?;
        if some == 0 {
            return Ok(gone);
        }
        gone += some;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use store::audit::{Actor, Entry, Filter, Subject};
    use store::{Page, Sqlite};

    const DAY: i64 = 24 * 3_600;

    struct At(i64);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0).unwrap()
        }
    }

    #[tokio::test]
    async fn what_is_older_than_the_days_goes_however_much_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()));
        let add = store.write(|sql| {
            for number in 0..2 * AT_ONCE + 5 {
                let entry = Entry {
                    at: At(number / (2 * AT_ONCE) * DAY).now(),
                    actor: Actor::system(),
                    action: "integration.saved",
                    subject: Subject::Instance,
                    integration: None,
                    changes: Vec::new(),
                };
                audit::add(sql, &entry)?;
            }
            Ok(())
        });
        add.await.unwrap();
        assert_eq!(prune(&store, &At(30 * DAY), 30).await.unwrap(), 0);
        assert_eq!(prune(&store, &At(30 * DAY), u32::MAX).await.unwrap(), 0);
        let gone = prune(&store, &At(30 * DAY + 1), 30).await.unwrap();
        assert_eq!(gone, 2_000);
        let page = Page {
            number: 1,
            size: 20,
        };
        let left = store.read(move |sql| audit::list(sql, &Filter::default(), page));
        assert_eq!(left.await.unwrap().total, 5);
    }
}
