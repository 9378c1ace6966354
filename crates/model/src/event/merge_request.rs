//! Something about a merge request.

use super::parts::{Commit, Label, ProjectPart, User, or_empty};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A merge request event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeRequest {
    /// who did it
    pub user: Option<User>,
    /// the project it aims at
    pub project: Option<ProjectPart>,
    /// the merge request itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: MergeRequestAttributes,
    /// its labels
    pub labels: Option<Vec<Label>>,
    /// what an update changed; absent from old hosts
    pub changes: Option<Map<String, Value>>,
}

/// `object_attributes` of a merge request event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MergeRequestAttributes {
    /// number within its project
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
    /// `open`, `close`, `reopen`, `update`, `merge`, `approved`, …; empty in bodies made for tests
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// the head before this event, when it brought new commits
    #[serde(deserialize_with = "or_empty")]
    pub oldrev: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// branch it comes from
    #[serde(deserialize_with = "or_empty")]
    pub source_branch: String,
    /// branch it goes to
    #[serde(deserialize_with = "or_empty")]
    pub target_branch: String,
    /// its head
    pub last_commit: Option<Commit>,
    /// its labels, where they stand here
    pub labels: Option<Vec<Label>>,
}

impl MergeRequestAttributes {
    /// Whether this event is the merge itself.
    pub fn is_merge(&self) -> bool {
        self.action == "merge" || (self.action.is_empty() && self.state == "merged")
    }
}
