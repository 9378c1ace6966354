//! Single values of the whole instance.

use crate::sql::params;
use crate::{Sql, StoreError};

/// The value of that name.
pub fn get(sql: &mut dyn Sql, name: &str) -> Result<Option<String>, StoreError> {
    sql.find("SELECT value FROM instance WHERE name = ?1", params![name])
}

/// Sets the value of that name.
pub fn set(sql: &mut dyn Sql, name: &str, value: &str) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO instance (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}

/// The id of the node that has this database for itself: the stored one, or else `fresh`, stored now.
///
/// It stays the same across restarts, so that a start can release what this node had claimed. Nodes
/// that share a database must each bring an id of their own instead.
pub fn node_id(sql: &mut dyn Sql, fresh: &str) -> Result<String, StoreError> {
    if let Some(id) = get(sql, "node_id")? {
        return Ok(id);
    }
    set(sql, "node_id", fresh)?;
    Ok(fresh.to_owned())
}
