//! When queries run, and when their changes are durable.

use crate::settings_version::{self, SettingsVersion};
use crate::{Sql, StoreError};
use std::sync::Arc;
use tokio::sync::oneshot;

/// How a write may be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMode {
    /// As soon as possible; it may be rolled back and run again.
    Retryable,
    /// The same, after up to a few milliseconds, so that more writes share the commit.
    Batched,
}

/// A unit of work inside a transaction.
pub trait Job: Send {
    /// How it may be committed.
    fn mode(&self) -> WriteMode;

    /// Does the work; may be called again after a rollback. `Err` rolls back this job alone.
    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError>;

    /// Called once, after the commit: whether the work is durable, or why not.
    fn end(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A database. With [`Sql`], all that another kind of database has to implement.
pub trait Database: Send + Sync {
    /// Runs a job in a transaction of its own or a shared one, and ends it after the commit.
    fn write(&self, job: Box<dyn Job>);

    /// Runs a job that only reads, concurrently with writes.
    fn read(&self, job: Box<dyn Job>);
}

/// A cheap handle on a database.
#[derive(Clone)]
pub struct Store {
    database: Arc<dyn Database>,
    version: SettingsVersion,
}

impl Store {
    /// A store on that database.
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self {
            database,
            version: SettingsVersion::default(),
        }
    }

    /// Runs a function that changes something, and raises the settings version with it.
    ///
    /// When this returns `Ok`, the change is on disk. An error rolls back the whole function.
    /// It may run more than once, each time after a rollback.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let version = Some(self.version.clone());
        self.submit(work, WriteMode::Retryable, version).await
    }

    /// [`write`](Self::write) for events, deliveries and attempts, which leave the settings version
    /// as it is.
    pub async fn log<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work, WriteMode::Retryable, None).await
    }

    /// [`log`](Self::log) for writes without a waiting caller: may take a few milliseconds longer.
    pub async fn log_batched<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(work, WriteMode::Batched, None).await
    }

    async fn submit<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
        mode: WriteMode,
        version: Option<SettingsVersion>,
    ) -> Result<T, StoreError> {
        let (job, done) = task(work, mode, version);
        self.database.write(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// The newest settings version that this process has seen. What was read at this version is
    /// current for as long as it stays the same: a write raises it before its caller returns.
    pub fn settings_version(&self) -> u64 {
        self.version.seen()
    }

    /// Runs a function that only reads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, done) = task(once(work), WriteMode::Retryable, None);
        self.database.read(job);
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// [`read`](Self::read), with the settings version of the same transaction.
    pub async fn read_versioned<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<(u64, T), StoreError> {
        let read = self.read(|sql| Ok((settings_version::read(sql)?, work(sql)?)));
        let (version, value) = read.await?;
        self.version.observe(version);
        Ok((version, value))
    }
}

fn closed() -> StoreError {
    StoreError::unavailable("it is closed")
}

/// Makes a job of a function that can run only once.
fn once<T>(
    work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError>,
) -> impl FnMut(&mut dyn Sql) -> Result<T, StoreError> {
    let mut work = Some(work);
    move |sql| work.take().map_or_else(|| Err(closed()), |work| work(sql))
}

/// A function whose result is sent after the commit.
struct Task<T, F> {
    work: F,
    mode: WriteMode,
    result: Result<T, StoreError>,
    /// raised by the work; the newest value is published before the result is sent
    version: Option<SettingsVersion>,
    bumped_to: u64,
    sender: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Task<T, F>
where
    F: FnMut(&mut dyn Sql) -> Result<T, StoreError>,
{
    fn work(&mut self, sql: &mut dyn Sql) -> Result<T, StoreError> {
        let value = (self.work)(sql)?;
        if self.version.is_some() {
            self.bumped_to = settings_version::bump(sql)?;
        }
        Ok(value)
    }
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send,
{
    fn mode(&self) -> WriteMode {
        self.mode
    }

    fn run(&mut self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        self.result = self.work(sql);
        self.result.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn end(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = committed.and(self.result);
        if let Some(version) = self.version.filter(|_| result.is_ok()) {
            version.observe(self.bumped_to);
        }
        // The receiver is gone when its request was cancelled; the work stays done.
        let _ = self.sender.send(result);
    }
}

/// Makes a job of a function, and the receiver of its result.
fn task<T: Send + 'static>(
    work: impl FnMut(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    mode: WriteMode,
    version: Option<SettingsVersion>,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, StoreError>>) {
    let (sender, receiver) = oneshot::channel();
    let task = Task {
        work,
        mode,
        result: Err(closed()),
        version,
        bumped_to: 0,
        sender,
    };
    (Box::new(task), receiver)
}
