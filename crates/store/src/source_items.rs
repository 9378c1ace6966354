//! Titles and URLs of the source hosts' issues and merge requests, from their events.

use crate::sql::params;
use crate::{Sql, StoreError};
use model::event::Item;
use model::id::ProjectId;

/// The maximum of numbers in one query.
const AT_ONCE: usize = 500;

/// Stores an item of an event, in place of an earlier version.
pub fn put(sql: &mut dyn Sql, project_id: ProjectId, item: &Item) -> Result<(), StoreError> {
    sql.run(
        "INSERT INTO known_items (project_id, sign, number, url, title) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (project_id, sign, number) DO UPDATE SET url = excluded.url, title = excluded.title
         WHERE url <> excluded.url OR title <> excluded.title",
        params![project_id, item.sign.to_string(), item.number, &item.url, &item.title],
    )?;
    Ok(())
}

/// The stored items of a project with these signs and numbers.
pub fn find(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    wanted: &[(char, i64)],
) -> Result<Vec<Item>, StoreError> {
    let mut found = Vec::new();
    for sign in ['#', '!'] {
        let numbers = wanted.iter().filter(|item| item.0 == sign);
        let numbers: Vec<String> = numbers.map(|item| item.1.to_string()).collect();
        for some in numbers.chunks(AT_ONCE) {
            let rows: Vec<(i64, (String, String))> = sql.list(
                &format!(
                    "SELECT number, url, title FROM known_items WHERE project_id = ?1 AND sign = ?2 AND number IN ({})",
                    some.join(", ")
                ),
                params![project_id, sign.to_string()],
            )?;
            found.extend(rows.into_iter().map(|(number, (url, title))| Item {
                sign,
                number,
                url,
                title,
            }));
        }
    }
    Ok(found)
}
