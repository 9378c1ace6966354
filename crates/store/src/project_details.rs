//! A project with all that a delivery needs of it, in one query.

use crate::sources::SourceRow;
use crate::sql::params;
use crate::{Columns, FromColumns, Sql, StoreError};
use model::id::ProjectId;

/// A project with its source.
#[derive(Clone, Debug)]
pub struct ProjectDetails {
    /// Crosstie's own id
    pub project_id: ProjectId,
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

const QUERY: &str = "SELECT p.id, n.full_name, p.name, p.full_path, p.default_branch,
        (SELECT group_concat(b.name, '\n') FROM protected_branches b WHERE b.project_id = p.id),
        s.project_id";
const FROM: &str = "FROM projects p JOIN namespaces n ON n.id = p.namespace_id LEFT JOIN sources s ON s.project_id = p.id";

impl FromColumns for ProjectDetails {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let project_id = columns.read()?;
        let (namespace, name): (String, String) = columns.read()?;
        Ok(Self {
            project_id,
            name_with_namespace: format!("{namespace} / {name}"),
            name,
            full_path: columns.read()?,
            default_branch: columns.read()?,
            // One line each: the name of a branch has no line break.
            protected_branches: columns
                .read::<Option<String>>()?
                .iter()
                .flat_map(|text| text.lines())
                .map(str::to_owned)
                .collect(),
            source: match columns.read::<Option<i64>>()? {
                Some(_) => Some(columns.read()?),
                None => None,
            },
        })
    }
}

/// The project of that id.
pub fn by_id(sql: &mut dyn Sql, id: ProjectId) -> Result<Option<ProjectDetails>, StoreError> {
    let columns = SourceRow::COLUMNS;
    let query = format!("{QUERY}, {columns} {FROM} WHERE p.id = ?1");
    sql.find(&query, params![id])
}

/// The project of that full path, upper and lower case alike.
pub fn by_path(sql: &mut dyn Sql, path: &str) -> Result<Option<ProjectDetails>, StoreError> {
    let columns = SourceRow::COLUMNS;
    let query = format!("{QUERY}, {columns} {FROM} WHERE p.path_key = ?1");
    sql.find(&query, params![path.to_lowercase()])
}
