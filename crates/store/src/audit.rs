//! The audit log: who changed what, when, and from where.
//!
//! [`add`] is called in the transaction of the change itself, so that neither is stored without the
//! other. Values of secrets are not stored: [`Change::secret`] has only how one changed.

mod list;

pub use list::{EntryRow, Filter, Owner, list};

use crate::projects::MemberScope;
use crate::settings::Level;
use crate::sql::params;
use crate::{Sql, StoreError};
use jiff::Timestamp;
use model::id::{NamespaceId, ProjectId, UserId};
use serde_json::{Map, Value as Json, json};

/// Who changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// the user, if one did it
    pub user_id: Option<UserId>,
    /// its username at that time, or what acted instead
    pub name: String,
    /// where the request came from
    pub address: Option<String>,
}

impl Actor {
    /// A command run on the server itself.
    pub fn command_line() -> Self {
        Self {
            user_id: None,
            name: "command line".into(),
            address: None,
        }
    }

    /// An unauthenticated client at that address.
    pub fn stranger(address: Option<String>) -> Self {
        Self {
            user_id: None,
            name: "somebody".into(),
            address,
        }
    }

    /// The server itself.
    pub fn system() -> Self {
        Self {
            user_id: None,
            name: "system".into(),
            address: None,
        }
    }
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// the whole instance
    Instance,
    /// a group
    Namespace(NamespaceId),
    /// a project
    Project(ProjectId),
    /// a user
    User(UserId),
}

impl Subject {
    fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Instance => ("instance", 0),
            Self::Namespace(id) => ("namespace", id.0),
            Self::Project(id) => ("project", id.0),
            Self::User(id) => ("user", id.0),
        }
    }

    fn from_parts(scope: &str, owner: i64) -> Result<Self, StoreError> {
        match scope {
            "instance" => Ok(Self::Instance),
            "namespace" => Ok(Self::Namespace(NamespaceId(owner))),
            "project" => Ok(Self::Project(ProjectId(owner))),
            "user" => Ok(Self::User(UserId(owner))),
            other => Err(StoreError::broken(format!("audit scope {other}"))),
        }
    }

    /// Its path or username now; empty for the instance and for what was deleted.
    fn path(self, sql: &mut dyn Sql) -> Result<String, StoreError> {
        let (query, id) = match self {
            Self::Instance => return Ok(String::new()),
            Self::Namespace(id) => ("SELECT full_path FROM namespaces WHERE id = ?1", id.0),
            Self::Project(id) => ("SELECT full_path FROM projects WHERE id = ?1", id.0),
            Self::User(id) => ("SELECT username FROM users WHERE id = ?1", id.0),
        };
        Ok(sql.find(query, params![id])?.unwrap_or_default())
    }
}

impl From<Level> for Subject {
    fn from(level: Level) -> Self {
        match level {
            Level::Instance => Self::Instance,
            Level::Namespace(id) => Self::Namespace(id),
            Level::Project(id) => Self::Project(id),
        }
    }
}

impl From<MemberScope> for Subject {
    fn from(scope: MemberScope) -> Self {
        match scope {
            MemberScope::Namespace(id) => Self::Namespace(id),
            MemberScope::Project(id) => Self::Project(id),
        }
    }
}

/// One changed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change(Json);

impl Change {
    /// A changed value, `null` for none; `None` if it is the same.
    pub fn value(name: &str, old: impl Into<Json>, new: impl Into<Json>) -> Option<Self> {
        let (old, new) = (old.into(), new.into());
        (old != new).then(|| Self(json!({ "name": name, "old": old, "new": new })))
    }

    /// How a secret changed, without its values; `None` if it is the same.
    pub fn secret(name: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> Option<Self> {
        let change = match (old, new) {
            (None, Some(_)) => "set",
            (Some(_), None) => "removed",
            (Some(old), Some(new)) if old != new => "changed",
            _ => return None,
        };
        Some(Self(
            json!({ "name": name, "old": null, "new": null, "secret": change }),
        ))
    }

    /// The values that differ between two maps, by name.
    pub fn between(old: &Map<String, Json>, new: &Map<String, Json>) -> Vec<Self> {
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let value = |map: &Map<String, Json>, name| map.get(name).cloned().unwrap_or_default();
        names
            .into_iter()
            .filter_map(|name| Self::value(name, value(old, name), value(new, name)))
            .collect()
    }

    /// As the API shows it: `name`, `old` and `new`; for secrets `secret` (`set`, `changed` or `removed`)
    /// instead of the values.
    pub fn json(&self) -> &Json {
        &self.0
    }
}

/// An entry to add.
#[derive(Clone, Debug)]
pub struct Entry {
    /// when
    pub at: Timestamp,
    /// who
    pub actor: Actor,
    /// what was done: `integration.saved`, `token.created`, …
    pub action: &'static str,
    /// to what
    pub subject: Subject,
    /// slug of the integration, if it is about one
    pub integration: Option<String>,
    /// the changed values
    pub changes: Vec<Change>,
}

/// Adds an entry in the transaction of its change, before the change if it deletes the subject.
pub fn add(sql: &mut dyn Sql, entry: &Entry) -> Result<(), StoreError> {
    let path = entry.subject.path(sql)?;
    let (scope, owner) = entry.subject.parts();
    let changes: Json = entry
        .changes
        .iter()
        .map(|change| change.0.clone())
        .collect();
    sql.run(
        "INSERT INTO audit_events (created_at, actor_id, actor_name, address, action, scope, owner_id, path, integration, changes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            entry.at,
            entry.actor.user_id,
            &entry.actor.name,
            entry.actor.address.clone(),
            entry.action,
            scope,
            owner,
            path,
            entry.integration.clone(),
            changes.to_string(),
        ],
    )?;
    Ok(())
}

/// Adds an entry if it has changes: clients that save the same values repeatedly would bury the rest.
pub fn add_if_changed(sql: &mut dyn Sql, entry: &Entry) -> Result<(), StoreError> {
    if entry.changes.is_empty() {
        return Ok(());
    }
    add(sql, entry)
}

/// Deletes up to `most` entries from before a time; returns how many.
pub fn prune(sql: &mut dyn Sql, before: Timestamp, most: i64) -> Result<u64, StoreError> {
    sql.run(
        "DELETE FROM audit_events WHERE id IN (
             SELECT id FROM audit_events WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)",
        params![before, most],
    )
}

#[cfg(test)]
mod tests;
