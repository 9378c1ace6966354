//! Migrates a database to this program's schema version.
//!
//! Migrations only add tables and columns (expand first, contract in a later version), so that the
//! program before can run beside the one after during an upgrade. Indexes may be replaced.

use crate::sql::params;
use crate::{Sql, StoreError};

/// What differs between the databases in a `CREATE TABLE`.
pub(crate) struct Dialect {
    /// an id that counts up and is never used again
    id: &'static str,
    /// a column of bytes
    bytes: &'static str,
}

pub(crate) const SQLITE: Dialect = Dialect {
    id: "INTEGER PRIMARY KEY AUTOINCREMENT",
    bytes: "BLOB",
};

/// Version 1, 2, 3, … in order.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_leases.sql"),
    include_str!("../migrations/0003_external_ids.sql"),
];

/// Runs the migrations that a database lacks, inside the caller's transaction.
pub(crate) fn run(
    sql: &mut dyn Sql,
    dialect: &Dialect,
    migrations: &[&str],
) -> Result<(), StoreError> {
    sql.script("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")?;
    let found = sql.number("SELECT COALESCE(MAX(version), 0) FROM schema_version", &[])?;
    let newest = (1..).zip(migrations).last().map_or(0, |(number, _)| number);
    if found > newest {
        return Err(StoreError::Newer {
            found,
            supported: newest,
        });
    }
    for (number, migration) in (1..).zip(migrations) {
        if number > found {
            sql.script(
                &migration
                    .replace("{id}", dialect.id)
                    .replace("{bytes}", dialect.bytes),
            )?;
            sql.run(
                "INSERT INTO schema_version (version) VALUES (?1)",
                params![number],
            )?;
        }
    }
    Ok(())
}
