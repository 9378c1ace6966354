//! The one writer: a thread that puts waiting jobs into shared commits.
//!
//! An fsync costs milliseconds, a row microseconds; what is submitted during a commit shares the
//! next one.

use super::checkpoint::Checkpointer;
use super::connection::Connection;
use crate::store::{Job, WriteMode};
use crate::{Reason, Row, Sql, StoreError, Value};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The maximum of jobs in one commit, so that none waits long for the others.
const PER_COMMIT: usize = 256;
/// How long batched jobs wait for more.
const BATCH_WAIT: Duration = Duration::from_millis(5);

pub(super) struct Writer {
    jobs: Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || serve(connection, &waiting, &checkpointer))
            .map_err(|error| {
                StoreError::Unavailable(Reason::new("the writer thread cannot be started", error))
            })?;
        Ok(Self { jobs })
    }

    pub(super) fn submit(&self, job: Box<dyn Job>) {
        // Fails only when the thread is gone; dropping the job returns an error to its caller.
        let _ = self.jobs.send(job);
    }
}

fn serve(
    mut connection: Connection,
    waiting: &Receiver<Box<dyn Job>>,
    checkpointer: &Checkpointer,
) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        gather(&mut jobs, waiting);
        let committed = commit_all(&mut connection, &mut jobs);
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed");
        }
        for job in jobs {
            job.end(committed.clone());
        }
        checkpointer.committed(&mut connection);
    }
}

/// Adds the jobs that wait to the commit of the first.
fn gather(jobs: &mut Vec<Box<dyn Job>>, waiting: &Receiver<Box<dyn Job>>) {
    let until = Instant::now() + BATCH_WAIT;
    let mut batched = jobs[0].mode() == WriteMode::Batched;
    while jobs.len() < PER_COMMIT {
        let left = until.saturating_duration_since(Instant::now());
        let next = match waiting.try_recv() {
            Err(_) if batched => waiting.recv_timeout(left).ok(),
            next => next.ok(),
        };
        let Some(job) = next else { return };
        batched &= job.mode() == WriteMode::Batched;
        jobs.push(job);
    }
}

/// Runs the jobs in one transaction; one that fails changes nothing.
///
/// A savepoint for each costs a large part of the work itself, because SQLite copies every page that
/// changes after one. So all run without first; when one fails, they run again with savepoints.
fn commit_all(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    if connection.plain("BEGIN IMMEDIATE").is_ok() {
        let done = jobs.iter_mut().all(|job| job.run(connection).is_ok());
        if done && connection.in_transaction() {
            return commit(connection);
        }
        roll_back(connection);
    }
    one_by_one(connection, jobs)
}

/// If the transaction cannot start, or SQLite rolls it back in the middle (full disk), no job of it
/// changes anything.
fn one_by_one(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let mut open = connection.plain("BEGIN IMMEDIATE");
    for job in jobs {
        let outcome = match &open {
            Ok(()) => savepoint(connection, job.as_mut()),
            Err(error) => job.run(&mut Failing(error.clone())),
        };
        if open.is_ok() && !connection.in_transaction() {
            open = Err(outcome.err().unwrap_or_else(rolled_back));
        }
    }
    open?;
    commit(connection)
}

fn commit(connection: &Connection) -> Result<(), StoreError> {
    connection
        .plain("COMMIT")
        .inspect_err(|_| roll_back(connection))
}

fn roll_back(connection: &Connection) {
    // Fails if SQLite has rolled back itself.
    let _ = connection.plain("ROLLBACK");
}

fn rolled_back() -> StoreError {
    StoreError::unavailable("it rolled the transaction back")
}

/// Runs one job, which is rolled back alone when it fails.
fn savepoint(connection: &mut Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    if let Err(error) = connection.plain("SAVEPOINT job") {
        return job.run(&mut Failing(error));
    }
    let outcome = job.run(connection);
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
    outcome
}

/// Fails every query: for jobs whose transaction is gone.
struct Failing(StoreError);

impl Sql for Failing {
    fn rows(&mut self, _: &str, _: &[Value]) -> Result<Vec<Row>, StoreError> {
        Err(self.0.clone())
    }

    fn run(&mut self, _: &str, _: &[Value]) -> Result<u64, StoreError> {
        Err(self.0.clone())
    }

    fn insert(&mut self, _: &str, _: &[Value]) -> Result<Option<i64>, StoreError> {
        Err(self.0.clone())
    }

    fn script(&mut self, _: &str) -> Result<(), StoreError> {
        Err(self.0.clone())
    }
}
