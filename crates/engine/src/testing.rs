//! An engine on a database of its own, for tests.

use crate::retry::Schedule;
use crate::{Engine, Metrics, Parts};
use jiff::Timestamp;
use model::{Clock, Random};
use outbound::{AllowList, Limits, Outbound};
use std::sync::Arc;
use store::{Keyring, Sqlite, Store};

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

impl Random for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

pub(crate) fn engine(folder: &tempfile::TempDir) -> Arc<Engine> {
    let database = Sqlite::open(&folder.path().join("t.db")).unwrap();
    Engine::new(Parts {
        store: Store::new(Arc::new(database)),
        node: "test".into(),
        keyring: Arc::new(Keyring::new(&"k".repeat(32)).unwrap()),
        outbound: Outbound::new(AllowList::default(), Limits::default()),
        clock: Arc::new(Still),
        random: Arc::new(Still),
        schedule: Schedule::default(),
        mail: None,
        repositories: None,
        external_url: "https://crosstie.test".into(),
        metrics: Metrics::new().unwrap(),
        for_development: false,
    })
}
