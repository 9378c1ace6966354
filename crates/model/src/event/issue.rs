//! Issues, work items and incidents.

use super::parts::{Label, ProjectPart, User, or_empty};
use serde::Deserialize;

/// An event about an issue; work items and incidents have the same shape.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Issue {
    /// who caused it
    pub user: Option<User>,
    /// its project; absent for an epic
    pub project: Option<ProjectPart>,
    /// the issue
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: IssueAttributes,
    /// its labels
    pub labels: Option<Vec<Label>>,
}

/// `object_attributes` of an issue event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct IssueAttributes {
    /// number within the project
    #[serde(deserialize_with = "or_empty")]
    pub iid: i64,
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// description, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub description: String,
    /// `opened` or `closed`
    #[serde(deserialize_with = "or_empty")]
    pub state: String,
    /// `open`, `close`, `reopen` or `update`; empty in GitLab's test events
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// `Issue`, `Task`, `Incident`, …; empty from old hosts
    #[serde(rename = "type", deserialize_with = "or_empty")]
    pub type_name: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// whether only members who may read confidential issues may see it
    #[serde(deserialize_with = "or_empty")]
    pub confidential: bool,
    /// its labels, in the bodies that have them here
    pub labels: Option<Vec<Label>>,
}
