//! A counter of all changes except those to the delivery log; cached settings are compared with it.
//!
//! The row is the truth. A process remembers the newest version that it wrote or read, so that a
//! look into its cache costs no query. With one process on a database, as with SQLite, that is
//! always the row's. A database that several nodes share has to announce a change to the others:
//! on PostgreSQL `bump` adds a `NOTIFY`, and a connection that listens calls
//! [`SettingsVersion::observe`]. Until then a node notices at its next write or uncached read.

use crate::{Sql, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The newest version that this process has seen.
#[derive(Clone, Default)]
pub(crate) struct SettingsVersion(Arc<AtomicU64>);

impl SettingsVersion {
    pub(crate) fn seen(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn observe(&self, version: u64) {
        self.0.fetch_max(version, Ordering::AcqRel);
    }
}

/// The version as of this transaction.
pub(crate) fn read(sql: &mut dyn Sql) -> Result<u64, StoreError> {
    let version = sql.number("SELECT version FROM settings_version", &[])?;
    Ok(version.unsigned_abs())
}

/// Raises the version and returns the new one.
pub(crate) fn bump(sql: &mut dyn Sql) -> Result<u64, StoreError> {
    let version = sql.number(
        "UPDATE settings_version SET version = version + 1 RETURNING version",
        &[],
    )?;
    Ok(version.unsigned_abs())
}
