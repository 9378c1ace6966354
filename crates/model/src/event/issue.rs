//! Something about an issue, a work item or an incident.

use super::parts::{Label, ProjectPart, User, or_empty};
use serde::Deserialize;

/// An event about an issue; work items and incidents have the same shape.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Issue {
    /// who did it
    pub user: Option<User>,
    /// the project it belongs to; an epic has none
    pub project: Option<ProjectPart>,
    /// the issue itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: IssueAttributes,
    /// its labels
    pub labels: Option<Vec<Label>>,
}

/// `object_attributes` of an issue event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct IssueAttributes {
    /// number within its project
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
    /// `open`, `close`, `reopen`, `update`; empty in bodies made for tests
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// `Issue`, `Task`, `Incident`, …; empty on old hosts
    #[serde(rename = "type", deserialize_with = "or_empty")]
    pub type_name: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// whether only members who may see confidential things should learn of it
    #[serde(deserialize_with = "or_empty")]
    pub confidential: bool,
    /// its labels, where they stand here
    pub labels: Option<Vec<Label>>,
}
