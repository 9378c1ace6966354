//! When queries run, and when their changes are durable.

use crate::{Sql, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;

/// What a job asks of the transaction it runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// it runs once, and what it does is undone alone when it fails
    Once,
    /// it may be run again after its changes were undone
    Repeatable,
    /// the same, and nobody minds if it waits a few milliseconds for others to share its commit
    Unhurried,
}

/// A unit of work inside a transaction.
pub trait Job: Send {
    /// How it is to be run.
    fn manner(&self) -> Manner;

    /// Does the work. `Err` undoes its changes alone.
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError>;

    /// Hears last whether what it did is durable, or why not.
    fn end(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A database: the one of the two small traits that a second kind of store implements.
pub trait Database: Send + Sync {
    /// Runs a job in a transaction of its own or one shared with others, and
    /// ends it after the commit.
    fn write(&self, job: Box<dyn Job>);

    /// Runs a job that changes nothing, beside writers.
    fn read(&self, job: Box<dyn Job>);
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
        let version = Some(Arc::clone(&self.version));
        let (job, done) = task(once(work), Manner::Once, version);
        self.database.write(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// [`write`](Self::write) for what concerns events, deliveries and attempts alone: it leaves
    /// [`version`](Self::version) as it is.
    ///
    /// There is much of it, so the function shares its transaction without a safety net of its own:
    /// when one of them fails, all are undone and run again one by one.
    pub async fn log<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        self.log_in(Manner::Repeatable, work).await
    }

    /// [`log`](Self::log) for what nobody waits for: it may take a few milliseconds more.
    pub async fn log_unhurried<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        self.log_in(Manner::Unhurried, work).await
    }

    async fn log_in<T, F>(&self, manner: Manner, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, done) = task(work, manner, None);
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
        let (job, done) = task(once(work), Manner::Once, None);
        self.database.read(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

/// A query function that is run once.
fn once<T, F>(work: F) -> impl FnMut(&mut dyn Sql) -> Result<T, StoreError>
where
    F: FnOnce(&mut dyn Sql) -> Result<T, StoreError>,
{
    let mut work = Some(work);
    move |sql| work.take().map_or_else(|| Err(closed()), |work| work(sql))
}

/// A query function whose answer is given only after the commit, and after that is counted.
struct Task<T, F> {
    work: F,
    manner: Manner,
    result: Result<T, StoreError>,
    version: Option<Arc<AtomicU64>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send,
{
    fn manner(&self) -> Manner {
        self.manner
    }

    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        self.result = (self.work)(sql);
        self.result.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn end(self: Box<Self>, committed: Result<(), StoreError>) {
        if let Some(version) = self.version {
            version.fetch_add(1, Ordering::Release);
        }
        // The receiver is gone when its request was cancelled; the work stays done.
        let _ = self.answer.send(committed.and(self.result));
    }
}

/// Makes a job of a query function, and where its answer will come.
fn task<T, F>(
    work: F,
    manner: Manner,
    version: Option<Arc<AtomicU64>>,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    let task = Task {
        work,
        manner,
        result: Err(closed()),
        version,
        answer,
    };
    (Box::new(task), receiver)
}
