//! The kinds of events and their triggers.

use crate::Trigger;

/// The kind of an event, by GitLab's `object_kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are GitLab's")]
pub enum Kind {
    Push,
    TagPush,
    Issue,
    WorkItem,
    Note,
    MergeRequest,
    WikiPage,
    Pipeline,
    Job,
    Deployment,
    FeatureFlag,
    Release,
    Milestone,
    Emoji,
    AccessToken,
    DeployToken,
    Vulnerability,
    Alert,
    Incident,
    GroupMention,
    ArchiveTrace,
    Member,
    Subgroup,
    Project,
    Group,
    User,
    Key,
    RepositoryUpdate,
}

impl Kind {
    /// All kinds with their `object_kind` and display name.
    pub const ALL: [(Self, &'static str, &'static str); 28] = [
        (Self::Push, "push", "push"),
        (Self::TagPush, "tag_push", "tag push"),
        (Self::Issue, "issue", "issue"),
        (Self::WorkItem, "work_item", "work item"),
        (Self::Note, "note", "comment"),
        (Self::MergeRequest, "merge_request", "merge request"),
        (Self::WikiPage, "wiki_page", "wiki page"),
        (Self::Pipeline, "pipeline", "pipeline"),
        (Self::Job, "build", "job"),
        (Self::Deployment, "deployment", "deployment"),
        (Self::FeatureFlag, "feature_flag", "feature flag"),
        (Self::Release, "release", "release"),
        (Self::Milestone, "milestone", "milestone"),
        (Self::Emoji, "emoji", "emoji"),
        (Self::AccessToken, "access_token", "access token"),
        (Self::DeployToken, "deploy_token", "deploy token"),
        (Self::Vulnerability, "vulnerability", "vulnerability"),
        (Self::Alert, "alert", "alert"),
        (Self::Incident, "incident", "incident"),
        (Self::GroupMention, "group_mention", "group mention"),
        (Self::ArchiveTrace, "archive_trace", "job log"),
        (Self::Member, "member", "member"),
        (Self::Subgroup, "subgroup", "subgroup"),
        (Self::Project, "project", "project"),
        (Self::Group, "group", "group"),
        (Self::User, "user", "user"),
        (Self::Key, "key", "key"),
        (
            Self::RepositoryUpdate,
            "repository_update",
            "repository update",
        ),
    ];

    /// System hooks without `object_kind`, by prefix of their `event_name`.
    const BY_EVENT_NAME: [(&'static str, Self); 8] = [
        ("subgroup_", Self::Subgroup),
        ("project_", Self::Project),
        ("group_", Self::Group),
        ("key_", Self::Key),
        ("user_add_to_", Self::Member),
        ("user_remove_from_", Self::Member),
        ("user_update_for_", Self::Member),
        ("user_access_request_", Self::Member),
    ];

    /// The value of `object_kind`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.1)
    }

    /// The display name.
    pub fn title(self) -> &'static str {
        self.row().map_or("", |row| row.2)
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static str)> {
        const { &Self::ALL }.iter().find(|row| row.0 == self)
    }

    /// The kind for an `object_kind` or `event_name`.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(row) = Self::ALL.iter().find(|row| row.1 == name) {
            return Some(row.0);
        }
        match name {
            "user_create" | "user_destroy" | "user_failed_login" | "user_rename" => {
                Some(Self::User)
            }
            "expiring_access_token" => Some(Self::AccessToken),
            "expiring_deploy_token" => Some(Self::DeployToken),
            _ => Self::BY_EVENT_NAME
                .iter()
                .find(|(prefix, _)| name.starts_with(prefix))
                .map(|(_, kind)| *kind),
        }
    }

    /// The trigger for events of this kind, where GitLab has one
    /// (<https://docs.gitlab.com/api/project_integrations/>).
    pub fn trigger(self, confidential: bool) -> Option<Trigger> {
        Some(match (self, confidential) {
            (Self::Push, _) => Trigger::Push,
            (Self::TagPush, _) => Trigger::TagPush,
            (Self::Issue | Self::WorkItem, false) => Trigger::Issues,
            (Self::Issue | Self::WorkItem, true) => Trigger::ConfidentialIssues,
            (Self::Note, false) => Trigger::Note,
            (Self::Note, true) => Trigger::ConfidentialNote,
            (Self::MergeRequest, _) => Trigger::MergeRequests,
            (Self::WikiPage, _) => Trigger::WikiPage,
            (Self::Pipeline, _) => Trigger::Pipeline,
            (Self::Job, _) => Trigger::Job,
            (Self::Deployment, _) => Trigger::Deployment,
            (Self::Vulnerability, _) => Trigger::Vulnerability,
            (Self::Alert, _) => Trigger::Alert,
            (Self::Incident, _) => Trigger::Incident,
            (Self::GroupMention, false) => Trigger::GroupMention,
            (Self::GroupMention, true) => Trigger::GroupConfidentialMention,
            (Self::ArchiveTrace, _) => Trigger::ArchiveTrace,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_hooks_are_recognized_by_their_event_name() {
        let rows = [
            ("user_add_to_team", Kind::Member),
            ("user_access_request_denied_for_group", Kind::Member),
            ("user_rename", Kind::User),
            ("project_transfer", Kind::Project),
            ("subgroup_create", Kind::Subgroup),
            ("group_rename", Kind::Group),
            ("repository_update", Kind::RepositoryUpdate),
            ("key_create", Kind::Key),
        ];
        for (name, kind) in rows {
            assert_eq!(Kind::from_name(name), Some(kind), "{name}");
        }
        assert_eq!(Kind::from_name("coffee"), None);
        assert_eq!(Kind::from_name(""), None);
    }
}
