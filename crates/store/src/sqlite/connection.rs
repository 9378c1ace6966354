//! One SQLite connection as [`Sql`].

use crate::{Reason, Row, Sql, StoreError, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, params_from_iter};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What a connection may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

pub(super) struct Connection(rusqlite::Connection);

impl Connection {
    pub(super) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let named = |error: rusqlite::Error| match store_error(error) {
            StoreError::Unavailable(why) | StoreError::Broken(why) => {
                StoreError::Unavailable(why.context(path.display()))
            }
            other => other,
        };
        if access == Access::Write {
            create_private(path);
        }
        let connection =
            rusqlite::Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(named)?;
        connection.set_prepared_statement_cache_capacity(128);
        // Query plans must not depend on bound values: statements would be compiled again for each.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(named)?;
        if access == Access::Write && connection.is_readonly("main").map_err(named)? {
            return Err(StoreError::unavailable(format!(
                "{} cannot be written: the data folder and the files in it must be writable",
                path.display()
            )));
        }
        connection
            .execute_batch(
                "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;",
            )
            .map_err(named)?;
        Ok(Self(connection))
    }

    /// Sets WAL mode, so that readers do not wait for the writer, and full fsync, so that a commit
    /// survives a power cut. The [`checkpoint`](super::checkpoint) thread copies the log. This changes
    /// the file, so the caller checks first that it is Crosstie's.
    pub(super) fn make_durable(&self) -> Result<(), StoreError> {
        self.0
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 0;",
            )
            .map_err(store_error)
    }

    /// Runs `work` in a transaction, which is committed if it succeeds.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.plain("BEGIN IMMEDIATE")?;
        match work(self).and_then(|value| self.plain("COMMIT").map(|()| value)) {
            Ok(value) => Ok(value),
            Err(error) => {
                // After some errors SQLite has rolled back itself; the first error is returned.
                let _ = self.plain("ROLLBACK");
                Err(error)
            }
        }
    }

    /// Whether a transaction is open: after some errors SQLite has rolled it back itself.
    pub(super) fn in_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }

    /// Runs a statement that takes and returns nothing.
    pub(super) fn plain(&self, sql: &str) -> Result<(), StoreError> {
        self.0
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(drop)
            .map_err(store_error)
    }
}

/// Creates the file readable by its owner only; SQLite gives the files beside it the same mode.
fn create_private(path: &Path) {
    // If this fails, opening the database fails too, with the reason.
    let _ = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
}

impl Sql for Connection {
    fn rows(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let read = || {
            let mut statement = self.0.prepare_cached(sql)?;
            let columns = statement.column_count();
            let rows = statement.query_map(params_from_iter(params), |row| {
                (0..columns)
                    .map(|index| row.get_ref(index).map(value_of))
                    .collect::<Result<Vec<_>, _>>()
            })?;
            rows.map(|row| row.map(Row))
                .collect::<Result<Vec<_>, rusqlite::Error>>()
        };
        read().map_err(store_error)
    }

    fn run(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        self.0
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(params)))
            .map(|changed| changed as u64)
            .map_err(store_error)
    }

    fn insert(&mut self, sql: &str, params: &[Value]) -> Result<Option<i64>, StoreError> {
        let inserted = self.run(sql, params)? > 0;
        Ok(inserted.then(|| self.0.last_insert_rowid()))
    }

    fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(store_error)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Self::Int(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        // No column has fractions; a computed one is read as text.
        ValueRef::Real(number) => Value::Text(number.to_string().into()),
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

fn store_error(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, detail) = &error else {
        let text = match &error {
            // Its `Display` would include the whole statement.
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        return StoreError::Broken(Reason::new(text, error));
    };
    let code = failure.extended_code;
    let advice = match failure.code {
        ErrorCode::ConstraintViolation
            if code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                || code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY =>
        {
            return StoreError::Conflict;
        }
        ErrorCode::DiskFull => "the disk is full: free space on the disk of the data folder",
        ErrorCode::ReadOnly => "read-only: the data folder and the files in it must be writable",
        ErrorCode::CannotOpen => {
            "cannot be opened: check that the data folder exists and is writable"
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => "locked by another program",
        ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => {
            "not a database, or damaged: restore it from a backup"
        }
        ErrorCode::SystemIoFailure => {
            "input/output error: check whether the disk of the data folder is full, over a quota or broken"
        }
        _ => {
            let text = detail.clone().unwrap_or_else(|| failure.to_string());
            return StoreError::Broken(Reason::new(text, error));
        }
    };
    StoreError::Unavailable(Reason::new(advice, error))
}
