//! Copies the write-ahead log into the database, beside the writer.
//!
//! SQLite does this within every so many commits, which then take tens of milliseconds. Here a thread
//! with its own connection does it. The writer copies only the end of a log that has grown long: the
//! log can restart only if nothing is written while its end is copied, and under constant load only
//! the writer can ensure that.

use super::connection::{Access, Connection};
use crate::{Reason, Sql, StoreError};
use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Commits after which the log is copied.
const COMMITS: u32 = 32;
/// Length of the log, in pages of 4 kB, from which it has to restart.
pub(super) const MAX_PAGES: i64 = 4_096;

pub(super) struct Checkpointer {
    wake: SyncSender<()>,
    commits: Cell<u32>,
    /// the log is long, and nearly all of it is copied
    may_restart: Arc<AtomicBool>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path, Access::Write)?;
        let (wake, woken) = sync_channel(1);
        let may_restart = Arc::new(AtomicBool::new(false));
        let long = Arc::clone(&may_restart);
        thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || serve(&mut connection, &woken, &long))
            .map_err(|error| {
                StoreError::Unavailable(Reason::new(
                    "the checkpoint thread cannot be started",
                    error,
                ))
            })?;
        Ok(Self {
            wake,
            commits: Cell::new(0),
            may_restart,
        })
    }

    /// Called after each commit, with the writer's connection before its next transaction.
    pub(super) fn committed(&self, writer: &mut Connection) {
        if self.may_restart.swap(false, Ordering::Relaxed) {
            // With all of it copied, SQLite restarts the log at the next commit.
            log_error(copy(writer).map(drop));
        }
        self.commits.set(self.commits.get() + 1);
        // When it is awake already, the next commit wakes it again.
        if self.commits.get() >= COMMITS && self.wake.try_send(()).is_ok() {
            self.commits.set(0);
        }
    }
}

fn serve(connection: &mut Connection, woken: &Receiver<()>, may_restart: &AtomicBool) {
    while woken.recv().is_ok() {
        log_error(copy(connection).and_then(|pages| {
            if pages > MAX_PAGES {
                // What was written meanwhile, so that little is left for the writer.
                copy(connection)?;
                may_restart.store(true, Ordering::Relaxed);
            }
            Ok(())
        }));
    }
}

/// Copies what no reader needs in the log; returns the length of the log in pages.
fn copy(connection: &mut dyn Sql) -> Result<i64, StoreError> {
    let row = connection.find::<(i64, i64)>("PRAGMA wal_checkpoint(PASSIVE)", &[])?;
    Ok(row.map_or(0, |(_, pages)| pages))
}

fn log_error(copied: Result<(), StoreError>) {
    if let Err(error) = copied {
        tracing::error!(%error, "the write-ahead log could not be checkpointed");
    }
}
