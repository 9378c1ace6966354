//! Copies the write-ahead log into the database, beside the writer.
//!
//! SQLite does this within every so many commits, and whoever commits then waits for tens of
//! milliseconds. Here it is a thread with a connection of its own; only a log that has grown long
//! under an unbroken load makes the writer wait, so that it can begin again.

use super::connection::{Access, Connection};
use crate::{Sql, StoreError};
use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Commits after which the log is copied.
const COMMITS: u32 = 32;
/// Pages in the log from which on it has to begin again; 4 kB each.
const LONGEST: i64 = 4_096;

pub(super) struct Checkpointer {
    bell: SyncSender<()>,
    commits: Cell<u32>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path, Access::Write)?;
        let (bell, rung) = sync_channel(1);
        thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || serve(&mut connection, &rung))
            .map_err(|error| {
                StoreError::Unavailable(format!("no thread for checkpoints: {error}"))
            })?;
        Ok(Self {
            bell,
            commits: Cell::new(0),
        })
    }

    /// The writer has made a commit.
    pub(super) fn committed(&self) {
        self.commits.set(self.commits.get() + 1);
        // When it is rung already, the next commit rings again.
        if self.commits.get() >= COMMITS && self.bell.try_send(()).is_ok() {
            self.commits.set(0);
        }
    }
}

fn serve(connection: &mut Connection, rung: &Receiver<()>) {
    while rung.recv().is_ok() {
        let copied = copy(connection, "PASSIVE").and_then(|pages| {
            if pages > LONGEST {
                copy(connection, "RESTART")?;
            }
            Ok(())
        });
        if let Err(error) = copied {
            tracing::error!(%error, "the database's log could not be copied");
        }
    }
}

/// Copies what no reader needs in the log; answers how many pages the log has.
fn copy(connection: &mut dyn Sql, mode: &str) -> Result<i64, StoreError> {
    let told = connection.one(&format!("PRAGMA wal_checkpoint({mode})"), &[])?;
    told.map_or(Ok(0), |row| row.int(1))
}
