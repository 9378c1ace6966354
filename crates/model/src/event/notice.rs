//! The events with small bodies: wiki pages, deployments, alerts, vulnerabilities, group mentions.

use super::issue::IssueAttributes;
use super::merge_request::MergeRequestAttributes;
use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// A wiki page was created, changed or deleted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WikiPage {
    /// who did it
    pub user: Option<User>,
    /// the project whose wiki it is
    pub project: Option<ProjectPart>,
    /// the page itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: WikiPageAttributes,
}

/// `object_attributes` of a wiki page event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WikiPageAttributes {
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// what its author said of the change
    #[serde(deserialize_with = "or_empty")]
    pub message: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// what was changed; old hosts do not say
    #[serde(deserialize_with = "or_empty")]
    pub diff_url: String,
    /// `create`, `update` or `delete`
    #[serde(deserialize_with = "or_empty")]
    pub action: String,
}

/// A deployment started or ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deployment {
    /// who started it
    pub user: Option<User>,
    /// page of who started it
    #[serde(deserialize_with = "or_empty")]
    pub user_url: String,
    /// the project
    pub project: Option<ProjectPart>,
    /// `running`, `success`, `failed`, `canceled`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// the job that deploys
    pub deployable_id: Option<i64>,
    /// the job's page; there is none for deployments made over the API
    #[serde(deserialize_with = "or_empty")]
    pub deployable_url: String,
    /// where it goes
    #[serde(deserialize_with = "or_empty")]
    pub environment: String,
    /// the commit, short
    #[serde(deserialize_with = "or_empty")]
    pub short_sha: String,
    /// the commit's page
    #[serde(deserialize_with = "or_empty")]
    pub commit_url: String,
    /// the commit's first line
    #[serde(deserialize_with = "or_empty")]
    pub commit_title: String,
    /// branch or tag
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
}

/// An alert came up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Alert {
    /// the project, where the host says so
    pub project: Option<ProjectPart>,
    /// the alert itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: AlertAttributes,
}

/// `object_attributes` of an alert event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertAttributes {
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// `critical`, `high`, …
    #[serde(deserialize_with = "or_empty")]
    pub severity: String,
    /// how often it was seen
    #[serde(deserialize_with = "or_empty")]
    pub events: i64,
    /// `triggered`, `acknowledged`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// when it began, in one of GitLab's forms
    #[serde(deserialize_with = "or_empty")]
    pub started_at: String,
}

/// A vulnerability was found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Vulnerability {
    /// the project, where the host says so
    pub project: Option<ProjectPart>,
    /// the vulnerability itself
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: VulnerabilityAttributes,
}

/// `object_attributes` of a vulnerability event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct VulnerabilityAttributes {
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// `critical`, `high`, …
    #[serde(deserialize_with = "or_empty")]
    pub severity: String,
    /// under which names it is known
    #[serde(deserialize_with = "or_empty")]
    pub identifiers: Vec<Named>,
}

/// A name with an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    /// the name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
}

/// A group was named in an issue, a merge request or a comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupMention {
    /// who named it
    pub user: Option<User>,
    /// the project it happened in
    pub project: Option<ProjectPart>,
    /// the group
    #[serde(deserialize_with = "or_empty")]
    pub mentioned: Named,
    /// what names it
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: MentionAttributes,
    /// what a comment is on, if a commit
    pub commit: Option<Commit>,
    /// what a comment is on, if an issue
    pub issue: Option<IssueAttributes>,
    /// what a comment is on, if a merge request
    pub merge_request: Option<MergeRequestAttributes>,
}

/// `object_attributes` of a group mention: those of an issue, a merge request or a comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MentionAttributes {
    /// `issue`, `merge_request` or `note`
    #[serde(deserialize_with = "or_empty")]
    pub object_kind: String,
    /// number within its project
    #[serde(deserialize_with = "or_empty")]
    pub iid: i64,
    /// title of an issue or merge request
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// description of an issue or merge request, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub description: String,
    /// text of a comment, Markdown
    #[serde(deserialize_with = "or_empty")]
    pub note: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
}
