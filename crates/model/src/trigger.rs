//! Triggers: the settings that enable an integration for a kind of event.

/// A trigger, by GitLab's name (`push_events`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "the names are GitLab's; the table below describes them"
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

/// A trigger, its field in the API, GitLab's column default, and its description.
type Row = (Trigger, &'static str, bool, &'static str);

impl Trigger {
    /// All triggers, in the order of GitLab's API entity.
    pub const ALL: [Row; 18] = [
        (
            Self::Commit,
            "commit_events",
            true,
            "a commit mentions an issue",
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
            "a group mentioned in public",
        ),
        (
            Self::GroupConfidentialMention,
            "group_confidential_mention_events",
            false,
            "a group mentioned in confidence",
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

    /// The field in the API, such as `push_events`.
    pub fn field(self) -> &'static str {
        self.row().1
    }

    /// GitLab's default.
    pub fn default_on(self) -> bool {
        self.row().2
    }

    /// A short description of the event.
    pub fn meaning(self) -> &'static str {
        self.row().3
    }

    /// Plural spellings of the field that GitLab's documentation has in places.
    pub fn other_fields(self) -> &'static [&'static str] {
        match self {
            Self::Incident => &["incidents_events"],
            Self::GroupMention => &["group_mentions_events"],
            Self::GroupConfidentialMention => &["group_confidential_mentions_events"],
            _ => &[],
        }
    }

    /// The trigger of a field, in any of its spellings.
    pub fn from_field(field: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().map(|row| row.0);
        all.find(|trigger| trigger.field() == field || trigger.other_fields().contains(&field))
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
