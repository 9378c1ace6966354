//! Events with small bodies: wiki pages, deployments, alerts, vulnerabilities, group mentions.

use super::issue::IssueAttributes;
use super::merge_request::MergeRequestAttributes;
use super::parts::{Commit, ProjectPart, User, or_empty};
use serde::Deserialize;

/// An event with no more than a user, a project and attributes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, bound = "A: Default + Deserialize<'de>")]
pub struct Notice<A> {
    /// who caused it
    pub user: Option<User>,
    /// the project; absent from some hosts
    pub project: Option<ProjectPart>,
    /// what happened
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: A,
}

/// A wiki page was created, changed or deleted.
pub type WikiPage = Notice<WikiPageAttributes>;
/// An alert was raised.
pub type Alert = Notice<AlertAttributes>;
/// A vulnerability was found.
pub type Vulnerability = Notice<VulnerabilityAttributes>;

/// `object_attributes` of a wiki page event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WikiPageAttributes {
    /// title
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
    /// description of the change
    #[serde(deserialize_with = "or_empty")]
    pub message: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// page with the changes; empty from old hosts
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
    /// page of the user who started it
    #[serde(deserialize_with = "or_empty")]
    pub user_url: String,
    /// the project
    pub project: Option<ProjectPart>,
    /// `running`, `success`, `failed`, `canceled`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// id of the deployment job
    pub deployable_id: Option<i64>,
    /// the job's page; empty for deployments of the API
    #[serde(deserialize_with = "or_empty")]
    pub deployable_url: String,
    /// environment
    #[serde(deserialize_with = "or_empty")]
    pub environment: String,
    /// abbreviated commit hash
    #[serde(deserialize_with = "or_empty")]
    pub short_sha: String,
    /// the commit's page
    #[serde(deserialize_with = "or_empty")]
    pub commit_url: String,
    /// first line of the commit message
    #[serde(deserialize_with = "or_empty")]
    pub commit_title: String,
    /// branch or tag
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
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
    /// number of occurrences
    #[serde(deserialize_with = "or_empty")]
    pub events: i64,
    /// `triggered`, `acknowledged`, …
    #[serde(deserialize_with = "or_empty")]
    pub status: String,
    /// start time, in one of GitLab's formats
    #[serde(deserialize_with = "or_empty")]
    pub started_at: String,
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
    /// its identifiers, such as a CVE
    #[serde(deserialize_with = "or_empty")]
    pub identifiers: Vec<Named>,
}

/// A name with a URL.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    /// name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// its page
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
}

/// A group was mentioned in an issue, a merge request or a comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupMention {
    /// who mentioned it
    pub user: Option<User>,
    /// the project
    pub project: Option<ProjectPart>,
    /// the group
    #[serde(deserialize_with = "or_empty")]
    pub mentioned: Named,
    /// the text that mentions it
    #[serde(rename = "object_attributes", deserialize_with = "or_empty")]
    pub attributes: MentionAttributes,
    /// the commit that a comment is on
    pub commit: Option<Commit>,
    /// the issue that a comment is on
    pub issue: Option<IssueAttributes>,
    /// the merge request that a comment is on
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
