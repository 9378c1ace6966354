//! A comment on a commit, an issue, a merge request or a snippet.

use super::issue::IssueAttributes;
use super::merge_request::MergeRequestAttributes;
use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// A comment.
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
    /// what it is on, if a commit
    pub commit: Option<Commit>,
    /// what it is on, if an issue
    pub issue: Option<IssueAttributes>,
    /// what it is on, if a merge request
    pub merge_request: Option<MergeRequestAttributes>,
    /// what it is on, if a snippet
    pub snippet: Option<Snippet>,
}

/// `object_attributes` of a note event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NoteAttributes {
    /// the text, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub note: String,
    /// where it stands
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// `create` or `update`; empty on old hosts, which tell of new ones alone
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
    /// whether the host wrote it by itself
    #[serde(deserialize_with = "or_empty")]
    pub system: bool,
}

/// A snippet, as far as a comment on it needs it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Snippet {
    /// its number on the host
    #[serde(deserialize_with = "or_empty")]
    pub id: i64,
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
}
