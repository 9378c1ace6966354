//! The one writer: a thread that puts waiting jobs into shared commits.
//!
//! An fsync costs milliseconds, a row microseconds; whoever writes while a commit
//! is under way shares the next one.

use super::connection::Connection;
use crate::store::{AfterCommit, Job};
use crate::{Row, Sql, StoreError, Value};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Jobs in one commit, so that none waits long for the others.
const PER_COMMIT: usize = 256;

pub(super) struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || serve(connection, &waiting))
            .map_err(|error| {
                StoreError::Unavailable(format!("no thread to write with: {error}"))
            })?;
        Ok(Self { jobs })
    }

    pub(super) fn submit(&self, job: Job) {
        // Fails only when the thread is gone; dropping the job tells its owner.
        let _ = self.jobs.send(job);
    }
}

fn serve(mut connection: Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let jobs = std::iter::once(first).chain(waiting.try_iter().take(PER_COMMIT - 1));
        let mut finished = Vec::new();
        let committed = commit_all(&mut connection, jobs, &mut finished);
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
        }
        for after in finished {
            after(committed.clone());
        }
    }
}

/// Runs the jobs in one transaction. When that cannot be begun, or SQLite gives it up in the
/// middle (a full disk), no job of it changes anything.
fn commit_all(
    connection: &mut Connection,
    jobs: impl Iterator<Item = Job>,
    finished: &mut Vec<AfterCommit>,
) -> Result<(), StoreError> {
    let mut open = connection.plain("BEGIN IMMEDIATE");
    for job in jobs {
        let (outcome, after) = match &open {
            Ok(()) => savepoint(connection, job),
            Err(error) => job(&mut Shut(error.clone())),
        };
        finished.push(after);
        if open.is_ok() && !connection.in_transaction() {
            open = Err(outcome.err().unwrap_or_else(given_up));
        }
    }
    open?;
    connection.plain("COMMIT").inspect_err(|_| {
        // SQLite may have rolled back already; either way nothing of this commit stays.
        let _ = connection.plain("ROLLBACK");
    })
}

fn given_up() -> StoreError {
    StoreError::Unavailable("it gave up the transaction".into())
}

/// One job, undone alone when it fails.
fn savepoint(connection: &mut Connection, job: Job) -> (Result<(), StoreError>, AfterCommit) {
    if let Err(error) = connection.plain("SAVEPOINT job") {
        return job(&mut Shut(error));
    }
    let (outcome, after) = job(connection);
    if connection.in_transaction() {
        let ended = match outcome {
            Ok(()) => connection.plain("RELEASE job"),
            Err(_) => connection
                .plain("ROLLBACK TO job")
                .and_then(|()| connection.plain("RELEASE job")),
        };
        if let Err(error) = ended {
            tracing::error!(%error, "a savepoint could not be ended");
        }
    }
    (outcome, after)
}

/// A database that does nothing: for jobs whose transaction is gone.
struct Shut(StoreError);

impl Sql for Shut {
    fn rows(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, StoreError> {
        Err(self.0.clone())
    }

    fn run(&mut self, _: &str, _: &[Value]) -> Result<u64, StoreError> {
        Err(self.0.clone())
    }

    fn script(&mut self, _: &str) -> Result<(), StoreError> {
        Err(self.0.clone())
    }
}
