//! What can go wrong with the store.

/// A failed store operation.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// a row with the same unique value exists
    #[error("already taken")]
    Conflict,
    /// the database cannot be used now: disk full, locked, read-only, gone
    #[error("the database cannot be used: {0}")]
    Unavailable(String),
    /// the database was written by a newer Crosstie
    #[error(
        "the database has version {found}, this Crosstie knows versions up to {known}: start the newer Crosstie again, or restore the backup made before the upgrade"
    )]
    Newer {
        /// version of the database
        found: i64,
        /// newest version this program knows
        known: i64,
    },
    /// a query or a row is not what the program expects: a fault of ours
    #[error("the database and the program do not agree: {0}")]
    Broken(String),
    /// a stored secret cannot be read
    #[error("a stored secret cannot be read: {0}")]
    Secret(String),
}

impl StoreError {
    /// Whether the same operation may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
