//! Groups, personal namespaces, projects, and their members.

mod access;
mod members;
mod namespace_lists;
mod namespaces;
mod project;
mod protected;

pub use access::{access_level_of, namespace_access_level_of};
pub use members::{
    Member, MemberFilter, MemberScope, add_member, all_members, inherited_level, member,
    member_of_all, members, owner_count, remove_member, update_member,
};
pub use namespace_lists::{GroupFilter, GroupOrder, NamespaceFilter, list_groups, list_namespaces};
pub(crate) use namespaces::add_personal_namespace;
pub use namespaces::{
    GroupChanges, Namespace, NamespaceKind, NewGroup, add_group, delete_group, namespace,
    namespace_by_path, personal_namespace, update_group,
};
pub use project::{
    NewProject, ProjectChanges, ProjectFilter, ProjectOrder, ProjectRow, Viewer, add_project,
    delete_project, list_projects, name_taken, project, project_by_path, update_project,
};
pub use protected::{
    NewProtectedBranch, ProtectedBranch, add_protected_branch, delete_protected_branch,
    protected_branch, protected_branches, protected_branches_page, update_protected_branch,
};

use crate::sql::params;
use crate::{Sql, StoreError};

/// Tables whose rows belong to a project or namespace by `scope` and `owner_id`.
const OWNED: [&str; 2] = ["members", "settings"];

/// The key of a full path, the same for upper and lower case.
pub fn path_key(full_path: &str) -> String {
    full_path.to_lowercase()
}

/// Whether a namespace or a project has that path.
pub fn path_taken(sql: &mut dyn Sql, full_path: &str) -> Result<bool, StoreError> {
    let count = sql.number(
        "SELECT (SELECT COUNT(*) FROM namespaces WHERE path_key = ?1) + (SELECT COUNT(*) FROM projects WHERE path_key = ?1)",
        params![path_key(full_path)],
    )?;
    Ok(count > 0)
}

/// The pattern of `LIKE … ESCAPE '\'` for text that contains this.
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests;
