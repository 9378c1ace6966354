//! What an integration needs to know of a project.

use crate::source::Links;

/// A project as the integrations see it.
#[derive(Clone, Debug)]
pub struct Project {
    /// Crosstie's own id
    pub id: i64,
    /// display name of the project alone
    pub name: String,
    /// human form with its groups, `Group / Sub / Project`
    pub name_with_namespace: String,
    /// `group/sub/project`
    pub full_path: String,
    /// the branch that closing references count on
    pub default_branch: String,
    /// how its host writes links
    pub links: Links,
}
