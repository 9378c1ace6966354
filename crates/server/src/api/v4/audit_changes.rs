//! What the audit log says of a project, a group or a protected branch that was changed.

use store::audit::Change;
use store::projects::{Namespace, ProjectRow, ProtectedBranch};

/// How a project differs from what it was.
pub(super) fn project(old: &ProjectRow, new: &ProjectRow) -> Vec<Change> {
    let changes = [
        Change::value("name", old.name.as_str(), new.name.as_str()),
        Change::value("path", old.full_path.as_str(), new.full_path.as_str()),
        Change::value(
            "description",
            old.description.as_deref(),
            new.description.as_deref(),
        ),
        Change::value("visibility", old.visibility.name(), new.visibility.name()),
        Change::value(
            "default_branch",
            old.default_branch.as_str(),
            new.default_branch.as_str(),
        ),
        Change::value("archived", old.archived, new.archived),
    ];
    changes.into_iter().flatten().collect()
}

/// How a group differs from what it was.
pub(super) fn group(old: &Namespace, new: &Namespace) -> Vec<Change> {
    let changes = [
        Change::value("name", old.name.as_str(), new.name.as_str()),
        Change::value("path", old.full_path.as_str(), new.full_path.as_str()),
        Change::value(
            "description",
            old.description.as_str(),
            new.description.as_str(),
        ),
        Change::value("visibility", old.visibility.name(), new.visibility.name()),
    ];
    changes.into_iter().flatten().collect()
}

/// How a branch is protected, as one value with its name.
pub(super) fn branch(old: Option<&ProtectedBranch>, new: Option<&ProtectedBranch>) -> Vec<Change> {
    let shown = |branch: Option<&ProtectedBranch>| {
        branch.map(|branch| {
            serde_json::json!({
                "name": branch.name,
                "push_access_level": branch.push_level.number(),
                "merge_access_level": branch.merge_level.number(),
                "allow_force_push": branch.allow_force_push,
            })
        })
    };
    let change = Change::value("protected_branch", shown(old), shown(new));
    change.into_iter().collect()
}
