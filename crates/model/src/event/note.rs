//! Comments on commits, issues, merge requests and snippets.

use super::issue::IssueAttributes;
use super::merge_request::MergeRequestAttributes;
use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// A comment event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Note {
    /// who wrote it
    pub user: Option<User>,
    /// the project it was written in
    pub project: Option<ProjectPart>,
    /// the comment itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: NoteAttributes,
    /// the commit it is on
    pub commit: Option<Commit>,
    /// the issue it is on
    pub issue: Option<IssueAttributes>,
    /// the merge request it is on
    pub merge_request: Option<MergeRequestAttributes>,
    /// the snippet it is on
    pub snippet: Option<Snippet>,
}

/// `object_attributes` of a note event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NoteAttributes {
    /// the text, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub note: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// `create` or `update`; empty on old hosts, which report only new comments
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// whether the host generated it
    #[serde(deserialize_with = "or_empty")]
    pub system: bool,
}

/// The snippet of a comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Snippet {
    /// id on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
}
