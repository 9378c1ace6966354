//! Copies the write-ahead log into the database, beside the writer.
//!
//! SQLite does this within every so many commits, and whoever commits then waits for tens of
//! milliseconds. Here it is a thread with a connection of its own. Only the last little of a log that
//! has grown long is left to the writer: nothing may be written while it is copied, so that the log
//! can begin again, and under an unbroken load nobody else finds such a moment.

use super::connection::{Access, Connection};
use crate::{Sql, StoreError};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Commits after which the log is copied.
const COMMITS: u32 = 32;
/// Pages in the log from which on it has to begin again; 4 kB each.
pub(super) const LONGEST: i64 = 4_096;

pub(super) struct Checkpointer {
    bell: SyncSender<()>,
    commits: Cell<u32>,
    /// the log is long, and nearly all of it is copied
    may_begin_again: Arc<AtomicBool>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path, Access::Write)?;
        let (bell, rung) = sync_channel(1);
        let may_begin_again = Arc::new(AtomicBool::new(false));
        let long = Arc::clone(&may_begin_again);
        thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || serve(&mut connection, &rung, &long))
            .map_err(|error| {
                StoreError::Unavailable(format!("no thread for checkpoints: {error}"))
            })?;
        Ok(Self {
            bell,
            commits: Cell::new(0),
            may_begin_again,
        })
    }

    /// The writer has made a commit, and lends its connection before it begins the next.
    pub(super) fn committed(&self, writer: &mut Connection) {
        if self.may_begin_again.swap(false, Ordering::Relaxed) {
            // With all of it copied, SQLite begins the log again at the next commit by itself.
            tell(copy(writer).map(drop));
        }
        self.commits.set(self.commits.get() + 1);
        // When it is rung already, the next commit rings again.
        if self.commits.get() >= COMMITS && self.bell.try_send(()).is_ok() {
            self.commits.set(0);
        }
    }
}

fn serve(connection: &mut Connection, rung: &Receiver<()>, may_begin_again: &AtomicBool) {
    while rung.recv().is_ok() {
        tell(copy(connection).and_then(|pages| {
            if pages > LONGEST {
                // What was written meanwhile, so that little is left to the writer.
                copy(connection)?;
                may_begin_again.store(true, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
}

/// Copies what no reader needs in the log; answers how many pages the log has.
fn copy(connection: &mut dyn Sql) -> Result<i64, StoreError> {
    let told = connection.one("PRAGMA wal_checkpoint(PASSIVE)", &[])?;
    told.map_or(Ok(0), |row| row.int(1))
}

fn tell(copied: Result<(), StoreError>) {
    if let Err(error) = copied {
        tracing::error!(%error, "the database's log could not be copied");
    }
}
