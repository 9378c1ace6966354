//! Projects and groups with settings of their own.

use super::Level;
use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use model::id::NamespaceId;

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

/// The projects and groups below a group, or all of them, with settings of their own for an
/// integration, by full path.
pub fn overrides(
    sql: &mut dyn Sql,
    below: Option<NamespaceId>,
    slug: &str,
    page: Page,
) -> Result<Paged<Override>, StoreError> {
    let from = source(below.is_some());
    let given = params![slug, below.unwrap_or(NamespaceId(0))];
    // The instance has no use for the second one.
    let given = &given[..if below.is_some() { 2 } else { 1 }];
    page::read(sql, (COLUMNS, &from, ORDER), given, page)
}

const COLUMNS: &str = Override::COLUMNS;
columns!(Override, "": level = "scope, owner_id", name, full_name, full_path, active);
const ORDER: &str = "full_path, scope";

/// Where they are read from: `?1` is the integration, `?2` the group.
fn source(of_group: bool) -> String {
    let (within, but) = if of_group {
        let tree = "WITH RECURSIVE tree (id) AS (
            SELECT ?2 UNION ALL SELECT child.id FROM tree JOIN namespaces child ON child.parent_id = tree.id)
        SELECT id FROM tree";
        (format!("AND n.id IN ({tree})"), "AND n.id <> ?2")
    } else {
        (String::new(), "")
    };
    format!(
        "(SELECT s.scope, s.owner_id, p.name, n.full_name || ' / ' || p.name AS full_name, p.full_path, s.active
          FROM settings s JOIN projects p ON p.id = s.owner_id JOIN namespaces n ON n.id = p.namespace_id
          WHERE s.scope = 'project' AND s.slug = ?1 AND s.inherits = 0 {within}
          UNION ALL
          SELECT s.scope, s.owner_id, n.name, n.full_name, n.full_path, s.active
          FROM settings s JOIN namespaces n ON n.id = s.owner_id
          WHERE s.scope = 'namespace' AND s.slug = ?1 AND s.inherits = 0 {within} {but}) own"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sqlite, Store};
    use std::sync::Arc;

    /// A thousand projects with a hundred others' settings for each with those asked for.
    const MANY: &str = "
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000)
        INSERT INTO projects (id, namespace_id, name, path, full_path, path_key, visibility, default_branch, creator_id, created_at, last_activity_at)
        SELECT n, 1, 'p' || n, 'p' || n, 'g/p' || n, 'g/p' || n, 'private', 'main', 1, 0, 0 FROM number";
    const SET: &str = "
        INSERT INTO settings (scope, owner_id, slug, inherits, active, triggers, fields, learned, created_at, updated_at)
        SELECT 'project', id, ?1, ?2, 1, '{}', '{}', '{}', 0, 0 FROM projects WHERE id % ?3 = 0";
    const GROUP: &str = "
        INSERT INTO namespaces (id, kind, name, path, full_name, full_path, path_key, description, visibility, created_at)
        VALUES (1, 'group', 'g', 'g', 'g', 'g', 'g', '', 'private', 0)";

    fn fill(sql: &mut dyn Sql) -> Result<(), StoreError> {
        sql.run(GROUP, params![])?;
        sql.run(MANY, params![])?;
        for (slug, inherits, every) in [("x", 0, 100), ("linked", 1, 1), ("y", 0, 1), ("z", 0, 1)] {
            sql.run(SET, params![slug, inherits, every])?;
        }
        Ok(())
    }

    /// The query plan of a page.
    fn plan(sql: &mut dyn Sql, below: Option<NamespaceId>) -> Result<Vec<String>, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM {} ORDER BY {ORDER} LIMIT 20",
            source(below.is_some())
        );
        let given = params!["x", 1];
        let given = &given[..if below.is_some() { 2 } else { 1 }];
        crate::sqlite::tests::query_plan(sql, &query, given)
    }

    #[tokio::test]
    async fn only_rows_of_the_integration_are_read_and_a_page_at_a_time_is_answered() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(Sqlite::open(&folder.path().join("t.db")).unwrap()));
        let work = store.write(|sql| {
            fill(sql)?;
            for below in [None, Some(NamespaceId(1))] {
                let page = Page { number: 2, size: 4 };
                let found = overrides(sql, below, "x", page)?;
                let shown: Vec<&str> = found
                    .rows
                    .iter()
                    .map(|row| row.full_path.as_str())
                    .collect();
                assert_eq!(shown, ["g/p400", "g/p500", "g/p600", "g/p700"]);
                assert_eq!(found.total, 10);
                assert_eq!(overrides(sql, below, "linked", page)?.total, 0);
                let plan = plan(sql, below)?;
                let steps = plan.iter().filter(|step| step.contains(" s "));
                for step in steps {
                    assert!(
                        step.contains("INDEX settings_of_own (slug=? AND scope=?")
                            || step.contains("(scope=? AND owner_id=? AND slug=?)"),
                        "{plan:#?}"
                    );
                }
                let whole =
                    |table: &&String| table.starts_with("SCAN s") || table.starts_with("SCAN p");
                assert_eq!(plan.iter().find(whole), None, "{plan:#?}");
            }
            Ok(())
        });
        work.await.unwrap();
    }
}
