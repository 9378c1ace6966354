//! SQLite: one writer that shares commits between jobs, and concurrent readers.

mod checkpoint;
mod connection;
mod reader;
mod writer;

use crate::store::Job;
use crate::{Database, Sql, StoreError, migrate};
use checkpoint::Checkpointer;
use connection::{Access, Connection};
use reader::Readers;
use std::path::Path;
use writer::Writer;

/// An SQLite database in WAL mode with full fsync.
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    /// Opens the file, creates it if it does not exist, and migrates it to this program's version.
    ///
    /// Fails when the file cannot be read or written, is not a database, or is from a newer version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let named = |error: StoreError| match error {
            StoreError::Unavailable(why) => StoreError::Unavailable(why.context(path.display())),
            other => other,
        };
        let mut connection = Connection::open(path, Access::Write)?;
        if is_foreign(&mut connection).map_err(named)? {
            return Err(named(StoreError::unavailable(
                "it belongs to another program: use another data folder",
            )));
        }
        connection.make_durable().map_err(named)?;
        connection.transaction(|sql| migrate::run(sql, &migrate::SQLITE, migrate::MIGRATIONS))?;
        Ok(Self {
            writer: Writer::start(connection, Checkpointer::start(path)?)?,
            readers: Readers::open(path)?,
        })
    }
}

/// Whether another program created the tables.
fn is_foreign(sql: &mut dyn Sql) -> Result<bool, StoreError> {
    let count = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'";
    let own = sql.number(&format!("{count} AND name = 'schema_version'"), &[])?;
    Ok(own == 0 && sql.number(count, &[])? > 0)
}

impl Database for Sqlite {
    fn write(&self, job: Box<dyn Job>) {
        self.writer.submit(job);
    }

    fn read(&self, job: Box<dyn Job>) {
        self.readers.submit(job);
    }
}

#[cfg(test)]
pub(crate) mod tests;
