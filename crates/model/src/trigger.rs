//! The switches of a settings row that say which events it wants.

/// One event switch, as GitLab names it (`push_events` and its siblings).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the names are GitLab's own; the table below says what each means"
)]
pub enum Trigger {
    Commit,
    Push,
    Issues,
    Incident,
    Alert,
    ConfidentialIssues,
    MergeRequests,
    TagPush,
    Deployment,
    Note,
    ConfidentialNote,
    Pipeline,
    WikiPage,
    Job,
    Vulnerability,
    GroupMention,
    GroupConfidentialMention,
    ArchiveTrace,
}

/// A trigger, its field on the wire, GitLab's column default, and what it means.
type Row = (Trigger, &'static str, bool, &'static str);

impl Trigger {
    /// Every trigger, in the order GitLab's entity lists them.
    pub const ALL: [Row; 18] = [
        (
            Self::Commit,
            "commit_events",
            true,
            "a commit names an issue",
        ),
        (
            Self::Push,
            "push_events",
            true,
            "commits pushed to a branch",
        ),
        (
            Self::Issues,
            "issues_events",
            true,
            "a public issue opened, closed or reopened",
        ),
        (
            Self::Incident,
            "incident_events",
            false,
            "an incident opened, closed or reopened",
        ),
        (Self::Alert, "alert_events", true, "a new, unique alert"),
        (
            Self::ConfidentialIssues,
            "confidential_issues_events",
            true,
            "a confidential issue opened, closed or reopened",
        ),
        (
            Self::MergeRequests,
            "merge_requests_events",
            true,
            "a merge request opened, merged, closed or reopened",
        ),
        (
            Self::TagPush,
            "tag_push_events",
            true,
            "a tag pushed or removed",
        ),
        (
            Self::Deployment,
            "deployment_events",
            false,
            "a deployment started or ended",
        ),
        (Self::Note, "note_events", true, "a new comment"),
        (
            Self::ConfidentialNote,
            "confidential_note_events",
            true,
            "an internal note, or a comment on a confidential issue",
        ),
        (
            Self::Pipeline,
            "pipeline_events",
            true,
            "a pipeline changed its status",
        ),
        (
            Self::WikiPage,
            "wiki_page_events",
            true,
            "a wiki page created or changed",
        ),
        (Self::Job, "job_events", true, "a job changed its status"),
        (
            Self::Vulnerability,
            "vulnerability_events",
            false,
            "a new vulnerability",
        ),
        (
            Self::GroupMention,
            "group_mention_events",
            false,
            "a group named in a public place",
        ),
        (
            Self::GroupConfidentialMention,
            "group_confidential_mention_events",
            false,
            "a group named in a confidential place",
        ),
        (
            Self::ArchiveTrace,
            "archive_trace_events",
            false,
            "a job's log archived",
        ),
    ];

    fn row(self) -> &'static Row {
        const { &Self::ALL }
            .iter()
            .find(|row| row.0 == self)
            .unwrap_or(&Self::ALL[0])
    }

    /// Its field on the wire, such as `push_events`.
    pub fn field(self) -> &'static str {
        self.row().1
    }

    /// What a new row of GitLab's has in this column.
    pub fn default_on(self) -> bool {
        self.row().2
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        self.row().3
    }

    /// Other names of its field: plurals that the API's page prints in places.
    pub fn other_fields(self) -> &'static [&'static str] {
        match self {
            Self::Incident => &["incidents_events"],
            Self::GroupMention => &["group_mentions_events"],
            Self::GroupConfidentialMention => &["group_confidential_mentions_events"],
            _ => &[],
        }
    }

    /// Reads a field's name, in any spelling that it has.
    pub fn from_field(field: &str) -> Option<Self> {
        let is =
            |trigger: &Self| trigger.field() == field || trigger.other_fields().contains(&field);
        Self::ALL.iter().map(|row| row.0).find(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_is_found_by_its_field() {
        for (trigger, field, _, _) in Trigger::ALL {
            assert_eq!(Trigger::from_field(field), Some(trigger));
            assert_eq!(trigger.field(), field);
        }
        for (other, trigger) in [
            ("incidents_events", Trigger::Incident),
            ("group_mentions_events", Trigger::GroupMention),
            (
                "group_confidential_mentions_events",
                Trigger::GroupConfidentialMention,
            ),
        ] {
            assert_eq!(Trigger::from_field(other), Some(trigger));
        }
        assert_eq!(Trigger::from_field("active"), None);
    }
}
