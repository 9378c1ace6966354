//! The database.
//!
//! Queries are written once, as functions over [`Sql`]; a database is one
//! implementation of that trait and of [`Database`], which says when a function
//! runs and when its changes are durable. Secrets are sealed by [`Keyring`]
//! before they get here.

pub mod audit;
pub mod claims;
pub mod deliveries;
mod error;
pub mod events;
pub mod external_ids;
pub mod identity;
pub mod instance;
mod migrate;
pub mod page;
pub mod project_details;
pub mod projects;
mod rows;
mod sealed;
mod secrets;
pub mod settings;
mod settings_version;
pub mod source_items;
pub mod sources;
mod sql;
mod sqlite;
mod store;

pub use error::{Reason, StoreError};
pub use page::{Page, Paged};
pub use rows::{Columns, FromColumns};
pub use sealed::{Resealed, reseal};
pub use secrets::{Keyring, SecretsError};
pub use sql::{Row, Sql, Value};
pub use sqlite::Sqlite;
pub use store::{Database, Job, Store, WriteMode};
