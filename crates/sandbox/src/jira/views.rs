//! Issues as tests see them.

use serde_json::Value;

/// An issue as a test sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueView {
    /// such as `PROJ-12`
    pub key: String,
    /// the status' name
    pub status: String,
    /// the resolution's name, once there is one
    pub resolution: Option<String>,
    /// oldest first
    pub comments: Vec<CommentView>,
    /// web links, oldest first
    pub links: Vec<LinkView>,
}

/// A comment as a test sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct CommentView {
    /// the wiki text as it came, or a document's words without their marks
    pub text: String,
    /// the document as it came, if it came as one
    pub document: Option<Value>,
}

/// A web link as a test sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// where it leads
    pub url: String,
    /// what it says
    pub title: String,
    /// whether it is struck through
    pub resolved: bool,
    /// the sender's own name for it
    pub global_id: Option<String>,
}
