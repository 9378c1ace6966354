//! Single values of the whole instance.

use crate::sql::params;
use crate::{Sql, StoreError};

/// The value of that name.
pub fn get(sql: &mut dyn Sql, name: &str) -> Result<Option<String>, StoreError> {
    let row = sql.one("SELECT value FROM instance WHERE name = ?1", params![name])?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets the value of that name.
pub fn set(sql: &mut dyn Sql, name: &str, value: &str) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO instance (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}
