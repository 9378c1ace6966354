//! A project with what a delivery needs of it, in one look.

use crate::sources::{self, SourceRow};
use crate::sql::params;
use crate::{Row, Sql, StoreError};

/// A project and where its events come from.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Crosstie's own id
    pub project_id: i64,
    /// display name
    pub name: String,
    /// `Group / Sub / Project`
    pub name_with_namespace: String,
    /// `group/sub/project`
    pub full_path: String,
    /// its default branch
    pub default_branch: String,
    /// names and patterns of its protected branches
    pub protected_branches: Vec<String>,
    /// its source, if one is set
    pub source: Option<SourceRow>,
}

/// Protected branches come in one text, a line each: a branch's name has no line break.
const QUERY: &str = "SELECT p.id, p.name, n.full_name, p.full_path, p.default_branch,
        (SELECT group_concat(b.name, '\n') FROM protected_branches b WHERE b.project_id = p.id),
        s.project_id, s.kind, s.web_url, s.repository_path, s.api_url, s.secret, s.api_token
    FROM projects p JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN sources s ON s.project_id = p.id";

fn from_row(row: &Row) -> Result<Surroundings, StoreError> {
    let name = row.text(1)?;
    let source = match row.opt_int(6)? {
        Some(_) => Some(sources::from_row(row, 7)?),
        None => None,
    };
    Ok(Surroundings {
        project_id: row.int(0)?,
        name_with_namespace: format!("{} / {name}", row.text(2)?),
        name,
        full_path: row.text(3)?,
        default_branch: row.text(4)?,
        protected_branches: row
            .opt_text(5)?
            .iter()
            .flat_map(|text| text.lines())
            .map(str::to_owned)
            .collect(),
        source,
    })
}

/// The project of that id.
pub fn by_id(sql: &mut dyn Sql, id: i64) -> Result<Option<Surroundings>, StoreError> {
    sql.one(&format!("{QUERY} WHERE p.id = ?1"), params![id])?
        .map(|row| from_row(&row))
        .transpose()
}

/// The project of that full path, upper and lower case alike.
pub fn by_path(sql: &mut dyn Sql, path: &str) -> Result<Option<Surroundings>, StoreError> {
    sql.one(
        &format!("{QUERY} WHERE p.path_key = ?1"),
        params![path.to_lowercase()],
    )?
    .map(|row| from_row(&row))
    .transpose()
}
