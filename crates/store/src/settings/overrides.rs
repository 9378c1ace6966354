//! Who below a level has settings of its own.

use super::Level;
use crate::sql::params;
use crate::{Page, Paged, Row, Sql, StoreError, page};

/// A project or group that does not take an integration's settings from above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// where its settings are
    pub level: Level,
    /// display name of it alone
    pub name: String,
    /// display name with the groups above
    pub full_name: String,
    /// path with the groups above
    pub full_path: String,
    /// whether events are delivered by its settings
    pub active: bool,
}

fn from_row(row: &Row) -> Result<Override, StoreError> {
    Ok(Override {
        level: Level::from_parts(&row.text(0)?, row.int(1)?)?,
        name: row.text(2)?,
        full_name: row.text(3)?,
        full_path: row.text(4)?,
        active: row.flag(5)?,
    })
}

/// The projects and groups below a group, or all of them, with settings of their own for an
/// integration, by full path.
pub fn overrides(
    sql: &mut dyn Sql,
    below: Option<i64>,
    slug: &str,
    page: Page,
) -> Result<Paged<Override>, StoreError> {
    let within = "(?2 = 0 OR n.id IN (
        WITH RECURSIVE tree (id) AS (
            SELECT ?2 UNION ALL SELECT child.id FROM tree JOIN namespaces child ON child.parent_id = tree.id)
        SELECT id FROM tree))";
    let from = format!(
        "(SELECT s.scope, s.owner_id, p.name, n.full_name || ' / ' || p.name AS full_name, p.full_path, s.active
          FROM settings s JOIN projects p ON p.id = s.owner_id JOIN namespaces n ON n.id = p.namespace_id
          WHERE s.scope = 'project' AND s.slug = ?1 AND s.inherits = 0 AND {within}
          UNION ALL
          SELECT s.scope, s.owner_id, n.name, n.full_name, n.full_path, s.active
          FROM settings s JOIN namespaces n ON n.id = s.owner_id
          WHERE s.scope = 'namespace' AND s.slug = ?1 AND s.inherits = 0 AND n.id <> ?2 AND {within}) own"
    );
    let columns = "scope, owner_id, name, full_name, full_path, active";
    let given = params![slug, below.unwrap_or(0)];
    page::read(
        sql,
        (columns, &from, "full_path, scope"),
        given,
        page,
        from_row,
    )
}
