//! Reading the audit log.

use super::{Actor, Change, Subject};
use crate::rows::columns;
use crate::{Columns, FromColumns, Page, Paged, Sql, StoreError, Value, page};
use jiff::Timestamp;
use serde_json::Value as Json;

/// A stored entry.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// its id
    pub id: i64,
    /// when
    pub created_at: Timestamp,
    /// who
    pub actor: Actor,
    /// what was done
    pub action: String,
    /// to what
    pub subject: Subject,
    /// its path then; empty for the instance
    pub path: String,
    /// the integration, if it is about one
    pub integration: Option<String>,
    /// the changed values
    pub changes: Vec<Change>,
}

/// A project, group or user, by id or by path at the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// its id
    Id(i64),
    /// its full path or username, case-insensitive
    Name(String),
}

/// Selects entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// about this project
    pub project: Option<Owner>,
    /// about this group
    pub group: Option<Owner>,
    /// about this integration
    pub integration: Option<String>,
    /// by this user
    pub user: Option<Owner>,
    /// of this action
    pub action: Option<String>,
    /// at this time or later
    pub after: Option<Timestamp>,
    /// at this time or earlier
    pub before: Option<Timestamp>,
}

const COLUMNS: &str = EntryRow::COLUMNS;
columns!(EntryRow, "": id, created_at, actor = "actor_id, actor_name, address", action,
    subject = "scope, owner_id", path, integration, changes);

impl FromColumns for Actor {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: columns.read()?,
            name: columns.read()?,
            address: columns.read()?,
        })
    }
}

impl FromColumns for Subject {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let scope: String = columns.read()?;
        Self::from_parts(&scope, columns.read()?)
    }
}

impl FromColumns for Vec<Change> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.parse("changes", |text| {
            let changes: Vec<Json> = serde_json::from_str(text).ok()?;
            Some(changes.into_iter().map(Change).collect())
        })
    }
}

/// A condition and its parameters.
struct Condition {
    text: String,
    given: Vec<Value>,
}

impl Condition {
    /// Adds a condition, with `?` for the value.
    fn add(&mut self, condition: &str, value: impl Into<Value>) {
        self.given.push(value.into());
        let numbered = condition.replace('?', &format!("?{}", self.given.len()));
        self.text.push_str(" AND ");
        self.text.push_str(&numbered);
    }

    fn add_owner(&mut self, scope: &str, owner: &Owner) {
        self.add("scope = ?", scope);
        match owner {
            Owner::Id(id) => self.add("owner_id = ?", *id),
            Owner::Name(path) => self.add("LOWER(path) = ?", path.to_lowercase()),
        }
    }
}

/// Entries, newest first.
pub fn list(sql: &mut dyn Sql, filter: &Filter, page: Page) -> Result<Paged<EntryRow>, StoreError> {
    let mut wanted = Condition {
        text: "audit_events WHERE 1 = 1".to_owned(),
        given: Vec::new(),
    };
    if let Some(project) = &filter.project {
        wanted.add_owner("project", project);
    }
    if let Some(group) = &filter.group {
        wanted.add_owner("namespace", group);
    }
    match &filter.user {
        Some(Owner::Id(id)) => wanted.add("actor_id = ?", *id),
        Some(Owner::Name(name)) => wanted.add(
            "actor_id IS NOT NULL AND LOWER(actor_name) = ?",
            name.to_lowercase(),
        ),
        None => {}
    }
    if let Some(integration) = &filter.integration {
        wanted.add("integration = ?", integration);
    }
    if let Some(action) = &filter.action {
        wanted.add("action = ?", action);
    }
    if let Some(after) = filter.after {
        wanted.add("created_at >= ?", after);
    }
    if let Some(before) = filter.before {
        wanted.add("created_at <= ?", before);
    }
    let query = (COLUMNS, wanted.text.as_str(), "id DESC");
    page::read(sql, query, &wanted.given, page)
}
