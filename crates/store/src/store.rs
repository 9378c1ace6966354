//! When queries run, and when their changes are durable.

use crate::{Sql, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

/// What is left to do once it is known whether a job's changes are durable.
pub type AfterCommit = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A unit of work inside a transaction. `Err` undoes its changes alone.
pub type Job = Box<dyn FnOnce(&mut dyn Sql) -> (Result<(), StoreError>, AfterCommit) + Send>;

/// A database: the one of the two small traits that a second kind of store implements.
pub trait Database: Send + Sync {
    /// Runs a job in a transaction of its own or one shared with others, and
    /// calls what it returns after the commit.
    fn write(&self, job: Job);

    /// Runs a job that changes nothing, beside writers.
    fn read(&self, job: Job);
}

/// The store: a cheap handle on a database.
#[derive(Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    version: Arc<AtomicU64>,
}

impl Store {
    /// A store on that database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self {
            database,
            version: Arc::default(),
        }
    }

    /// Runs a query function that changes something.
    ///
    /// When this returns `Ok`, the change is on disk. An error undoes the whole function.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, done) = job(work, Some(Arc::clone(&self.version)));
        self.database.write(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// [`write`](Self::write) for what concerns events, deliveries and attempts alone: it leaves
    /// [`version`](Self::version) as it is.
    pub async fn log<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, done) = job(work, None);
        self.database.write(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Counts changes of everything but the log. What was read after looking at it holds for as
    /// long as it stays the same: it counts up before whoever made a change hears of it.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Runs a query function that only reads.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, done) = job(work, None);
        self.database.read(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

/// Wraps a query function so that its answer is given only after the commit, and after that is counted.
fn job<T, F>(
    work: F,
    version: Option<Arc<AtomicU64>>,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    let job: Job = Box::new(move |sql| {
        let result = work(sql);
        let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
        let after: AfterCommit = Box::new(move |committed| {
            if let Some(version) = version {
                version.fetch_add(1, Ordering::Release);
            }
            // The receiver is gone when its request was cancelled; the work stays done.
            let _ = sender.send(committed.and(result));
        });
        (outcome, after)
    });
    (job, receiver)
}
