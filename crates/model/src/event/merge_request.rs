//! Merge requests.

use super::parts::{Commit, Label, ProjectPart, User, or_empty};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A merge request event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeRequest {
    /// who caused it
    pub user: Option<User>,
    /// the target project
    pub project: Option<ProjectPart>,
    /// the merge request
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: MergeRequestAttributes,
    /// its labels
    pub labels: Option<Vec<Label>>,
    /// changed fields of an update; absent from old hosts
    pub changes: Option<Map<String, Value>>,
}

/// `object_attributes` of a merge request event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeRequestAttributes {
    /// number within the target project
    pub iid: i64,
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// description, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub description: String,
    /// `opened`, `closed`, `locked`, `merged`
    #[serde(deserialize_with = "or_empty")]
    pub state: String,
    /// `open`, `close`, `reopen`, `update`, `merge`, `approved`, …; empty in GitLab's test events
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// the previous head, if this event added commits
    #[serde(deserialize_with = "or_empty")]
    pub oldrev: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// source branch
    #[serde(deserialize_with = "or_empty")]
    pub source_branch: String,
    /// target branch
    #[serde(deserialize_with = "or_empty")]
    pub target_branch: String,
    /// its head commit
    pub last_commit: Option<Commit>,
    /// its labels, in the bodies that have them here
    pub labels: Option<Vec<Label>>,
}

impl MergeRequestAttributes {
    /// Whether this event is the merge.
    pub fn is_merge(&self) -> bool {
        self.action == "merge" || (self.action.is_empty() && self.state == "merged")
    }
}
