//! SQLite: one writer that shares commits, and readers beside it.

mod connection;
mod reader;
mod writer;

use crate::store::Job;
use crate::{Database, StoreError, migrate};
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
    /// Opens the file, creates it if it is not there, and brings it to this program's version.
    ///
    /// Fails when the file cannot be read or written, is no database, or is from a newer version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path, Access::Write)?;
        connection.transaction(|sql| migrate::run(sql, &migrate::SQLITE))?;
        Ok(Self {
            writer: Writer::start(connection)?,
            readers: Readers::open(path)?,
        })
    }
}

impl Database for Sqlite {
    fn write(&self, job: Job) {
        self.writer.submit(job);
    }

    fn read(&self, job: Job) {
        self.readers.submit(job);
    }
}

#[cfg(test)]
mod tests;
