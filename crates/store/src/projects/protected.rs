//! Protected branches, for `branches_to_be_notified`.

use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use model::access::AccessLevel;
use model::id::ProjectId;

/// A branch name, or a pattern with `*`, that is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedBranch {
    /// its id
    pub id: i64,
    /// the name or pattern
    pub name: String,
    /// who may push
    pub push_level: AccessLevel,
    /// who may merge
    pub merge_level: AccessLevel,
    /// whether history may be rewritten
    pub allow_force_push: bool,
}

/// A branch to protect, and how.
#[derive(Clone, Copy, Debug)]
pub struct NewProtectedBranch<'a> {
    /// the name or pattern
    pub name: &'a str,
    /// who may push
    pub push_level: AccessLevel,
    /// who may merge
    pub merge_level: AccessLevel,
    /// whether history may be rewritten
    pub allow_force_push: bool,
}

const COLUMNS: &str = ProtectedBranch::COLUMNS;
columns!(ProtectedBranch, "": id, name, push_level, merge_level, allow_force_push);

/// All protected branches of a project.
pub fn protected_branches(
    sql: &mut dyn Sql,
    project_id: ProjectId,
) -> Result<Vec<ProtectedBranch>, StoreError> {
    sql.list(
        &format!("SELECT {COLUMNS} FROM protected_branches WHERE project_id = ?1 ORDER BY id"),
        params![project_id],
    )
}

/// A page of a project's protected branches, those with `search` in their name.
pub fn protected_branches_page(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    search: Option<&str>,
    page: Page,
) -> Result<Paged<ProtectedBranch>, StoreError> {
    let from =
        r"protected_branches WHERE project_id = ?1 AND (?2 IS NULL OR name LIKE ?2 ESCAPE '\')";
    let given = params![project_id, search.map(super::like)];
    page::read(sql, (COLUMNS, from, "id"), given, page)
}

/// The protected branch of a project with exactly that name or pattern.
pub fn protected_branch(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    name: &str,
) -> Result<Option<ProtectedBranch>, StoreError> {
    sql.find(
        &format!("SELECT {COLUMNS} FROM protected_branches WHERE project_id = ?1 AND name = ?2"),
        params![project_id, name],
    )
}

/// Protects a branch; a conflict when it is already.
pub fn add_protected_branch(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    new: &NewProtectedBranch<'_>,
) -> Result<ProtectedBranch, StoreError> {
    sql.returned(
        &format!(
            "INSERT INTO protected_branches (project_id, name, push_level, merge_level, allow_force_push)
             VALUES (?1, ?2, ?3, ?4, ?5) RETURNING {COLUMNS}"
        ),
        params![
            project_id,
            new.name,
            new.push_level,
            new.merge_level,
            new.allow_force_push
        ],
    )
}

/// Changes how a branch is protected.
pub fn update_protected_branch(
    sql: &mut dyn Sql,
    branch: &ProtectedBranch,
) -> Result<(), StoreError> {
    sql.run(
        "UPDATE protected_branches SET push_level = ?2, merge_level = ?3, allow_force_push = ?4 WHERE id = ?1",
        params![
            branch.id,
            branch.push_level,
            branch.merge_level,
            branch.allow_force_push
        ],
    )?;
    Ok(())
}

/// Ends the protection of a branch; `false` when there is none.
pub fn delete_protected_branch(
    sql: &mut dyn Sql,
    project_id: ProjectId,
    name: &str,
) -> Result<bool, StoreError> {
    let changed = sql.run(
        "DELETE FROM protected_branches WHERE project_id = ?1 AND name = ?2",
        params![project_id, name],
    )?;
    Ok(changed > 0)
}
