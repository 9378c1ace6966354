//! Integrations' settings: one row per level and integration, inheritance resolved when read.

use crate::rows::columns;
use crate::sql::params;
use crate::{Columns, FromColumns, Sql, StoreError, Value};
use jiff::Timestamp;
use model::id::{NamespaceId, ProjectId, SettingsId};
use serde_json::{Map, Value as Json};

/// The level a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// the whole instance
    Instance,
    /// a group
    Namespace(NamespaceId),
    /// a project
    Project(ProjectId),
}

impl Level {
    fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Instance => ("instance", 0),
            Self::Namespace(id) => ("namespace", id.0),
            Self::Project(id) => ("project", id.0),
        }
    }

    pub(crate) fn from_parts(scope: &str, owner: i64) -> Result<Self, StoreError> {
        match scope {
            "instance" => Ok(Self::Instance),
            "namespace" => Ok(Self::Namespace(NamespaceId(owner))),
            "project" => Ok(Self::Project(ProjectId(owner))),
            other => Err(StoreError::broken(format!("settings scope {other}"))),
        }
    }

    /// The context that the row's secrets are sealed with, so that they open nowhere else.
    pub fn seal_context(self, slug: &str) -> String {
        let (scope, owner) = self.parts();
        format!("settings:{scope}:{owner}:{slug}")
    }
}

/// One integration's settings at one level.
#[derive(Clone, Debug)]
pub struct SettingsRow {
    /// its id, shown by the API
    pub id: SettingsId,
    /// where it belongs
    pub level: Level,
    /// which integration
    pub slug: String,
    /// whether the settings of the level above are effective instead of its own
    pub inherits: bool,
    /// whether events are delivered
    pub active: bool,
    /// event switches that were set, by field name
    pub triggers: Map<String, Json>,
    /// the plain values, by setting name
    pub fields: Map<String, Json>,
    /// the secret values as a sealed JSON object
    pub secrets: Option<Vec<u8>>,
    /// what the integration learned about its tool
    pub tool_state: Map<String, Json>,
    /// when it was first saved
    pub created_at: Timestamp,
    /// when it was last saved
    pub updated_at: Timestamp,
}

const COLUMNS: &str = SettingsRow::COLUMNS;
columns!(SettingsRow, "": id, level = "scope, owner_id", slug, inherits, active, triggers, fields,
    secrets, tool_state = "learned", created_at, updated_at);

impl FromColumns for Level {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let scope: String = columns.read()?;
        Self::from_parts(&scope, columns.read()?)
    }
}

/// The row of an integration at a level.
pub fn get(sql: &mut dyn Sql, level: Level, slug: &str) -> Result<Option<SettingsRow>, StoreError> {
    let (scope, owner) = level.parts();
    sql.find(
        &format!("SELECT {COLUMNS} FROM settings WHERE scope = ?1 AND owner_id = ?2 AND slug = ?3"),
        params![scope, owner, slug],
    )
}

/// All rows of a level, by integration.
pub fn of_level(sql: &mut dyn Sql, level: Level) -> Result<Vec<SettingsRow>, StoreError> {
    let (scope, owner) = level.parts();
    sql.list(
        &format!("SELECT {COLUMNS} FROM settings WHERE scope = ?1 AND owner_id = ?2 ORDER BY slug"),
        params![scope, owner],
    )
}

/// All rows of all levels with the full path of their owner, empty for the instance.
pub fn with_paths(sql: &mut dyn Sql) -> Result<Vec<(String, SettingsRow)>, StoreError> {
    let columns = COLUMNS.replace(", ", ", s.");
    sql.list(
        &format!(
            "SELECT COALESCE(n.full_path, p.full_path, '') AS owner_path, s.{columns} FROM settings s
             LEFT JOIN namespaces n ON s.scope = 'namespace' AND n.id = s.owner_id
             LEFT JOIN projects p ON s.scope = 'project' AND p.id = s.owner_id
             ORDER BY owner_path, s.slug"
        ),
        params![],
    )
}

/// Deletes a row, so that the level above is effective.
pub fn delete(sql: &mut dyn Sql, level: Level, slug: &str) -> Result<(), StoreError> {
    let (scope, owner) = level.parts();
    sql.run(
        "DELETE FROM settings WHERE scope = ?1 AND owner_id = ?2 AND slug = ?3",
        params![scope, owner, slug],
    )?;
    Ok(())
}

/// Inserts or replaces a row and returns it; `id` and `created_at` of an existing one stay.
pub fn put(sql: &mut dyn Sql, row: &SettingsRow) -> Result<SettingsRow, StoreError> {
    let (scope, owner) = row.level.parts();
    let text = |map: &Map<String, Json>| Json::Object(map.clone()).to_string();
    sql.returned(
        &format!(
            "INSERT INTO settings (scope, owner_id, slug, inherits, active, triggers, fields, secrets, learned, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (scope, owner_id, slug) DO UPDATE SET inherits = excluded.inherits, active = excluded.active,
                 triggers = excluded.triggers, fields = excluded.fields, secrets = excluded.secrets,
                 learned = excluded.learned, updated_at = excluded.updated_at
             RETURNING {COLUMNS}"
        ),
        params![
            scope,
            owner,
            &row.slug,
            row.inherits,
            row.active,
            text(&row.triggers),
            text(&row.fields),
            row.secrets.clone(),
            text(&row.tool_state),
            row.created_at,
            row.updated_at,
        ],
    )
}

/// Stores what an integration learned about its tool, unless the row was saved since `saved_at`.
pub fn put_tool_state(
    sql: &mut dyn Sql,
    id: SettingsId,
    saved_at: Timestamp,
    state: &Map<String, Json>,
) -> Result<(), StoreError> {
    sql.run(
        "UPDATE settings SET learned = ?3 WHERE id = ?1 AND updated_at = ?2",
        params![id, saved_at, Json::Object(state.clone()).to_string()],
    )?;
    Ok(())
}

/// Where an integration's settings at a level come from.
#[derive(Clone, Debug, Default)]
pub struct Inheritance {
    /// the level's own row, inheriting or not
    pub own: Option<SettingsRow>,
    /// the nearest row above that does not inherit: a group's or the instance's
    pub above: Option<SettingsRow>,
    /// levels up to that row; the instance is the farthest
    distance: i64,
}

impl Inheritance {
    /// The effective row: the level's own, or the one above if there is none or it inherits.
    pub fn effective(&self) -> Option<&SettingsRow> {
        let own = self.own.as_ref().filter(|row| !row.inherits);
        own.or(self.above.as_ref())
    }

    /// Whether the values come from above.
    pub fn is_inherited(&self) -> bool {
        self.own.as_ref().is_none_or(|own| own.inherits)
    }

    /// The effective row under the level's own id and times, if it has a row of its own.
    pub fn into_effective(self) -> Option<SettingsRow> {
        match (self.own, self.above) {
            (Some(own), Some(above)) if own.inherits => Some(SettingsRow {
                id: own.id,
                created_at: own.created_at,
                updated_at: own.updated_at.max(above.updated_at),
                ..above
            }),
            (own, above) => own.or(above),
        }
    }

    /// Levels up to the effective row; 0 for the level's own.
    pub fn distance(&self) -> i64 {
        if self.is_inherited() {
            self.distance
        } else {
            0
        }
    }

    fn add(&mut self, level: Level, (distance, row): (i64, SettingsRow)) {
        if row.level == level {
            self.own = Some(row);
        } else if !row.inherits && self.above.is_none() {
            self.above = Some(row);
            self.distance = distance;
        }
    }
}

/// The inheritance of one integration at a level, as stored: `engine::effective` also applies the
/// rule of one issue tracker.
pub fn stored_inheritance(
    sql: &mut dyn Sql,
    level: Level,
    slug: &str,
) -> Result<Inheritance, StoreError> {
    let mut found = Inheritance::default();
    for row in upwards(sql, level, "WHERE slug = ?3", params![slug])? {
        found.add(level, row);
    }
    Ok(found)
}

/// [`stored_inheritance`] of each integration with settings at a level or above, by slug.
pub fn stored_inheritances(
    sql: &mut dyn Sql,
    level: Level,
) -> Result<Vec<Inheritance>, StoreError> {
    let mut all: Vec<Inheritance> = Vec::new();
    let mut last = String::new();
    for row in upwards(sql, level, "", &[])? {
        if all.is_empty() || row.1.slug != last {
            last.clone_from(&row.1.slug);
            all.push(Inheritance::default());
        }
        if let Some(inheritance) = all.last_mut() {
            inheritance.add(level, row);
        }
    }
    Ok(all)
}

/// The rows of a level and all above with their distance, by slug, nearest first; `only` may use ?3 and
/// more.
fn upwards(
    sql: &mut dyn Sql,
    level: Level,
    only: &str,
    given: &[Value],
) -> Result<Vec<(i64, SettingsRow)>, StoreError> {
    // No namespace has the instance's number, 0.
    let (start, project) = match level {
        Level::Instance | Level::Namespace(_) => ("SELECT id, 0 FROM namespaces WHERE id = ?1", 0),
        Level::Project(id) => ("SELECT namespace_id, 1 FROM projects WHERE id = ?1", id.0),
    };
    sql.list(
        &format!(
            "WITH RECURSIVE chain (id, depth) AS (
                 {start}
                 UNION ALL
                 SELECT parent.parent_id, chain.depth + 1
                 FROM chain JOIN namespaces parent ON parent.id = chain.id
                 WHERE parent.parent_id IS NOT NULL
             ), found AS (
                 SELECT s.*, 0 AS depth FROM settings s WHERE s.scope = 'project' AND s.owner_id = ?2
                 UNION ALL
                 SELECT s.*, chain.depth FROM chain CROSS JOIN settings s WHERE s.scope = 'namespace' AND s.owner_id = chain.id
                 UNION ALL
                 SELECT s.*, 1000000 FROM settings s WHERE s.scope = 'instance' AND s.owner_id = 0
             )
             SELECT depth, {COLUMNS} FROM found {only} ORDER BY slug, depth"
        ),
        &[params![level.parts().1, project], given].concat(),
    )
}

mod overrides;

pub use overrides::{Override, overrides};

#[cfg(test)]
mod tests;
