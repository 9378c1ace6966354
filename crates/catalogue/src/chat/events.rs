//! The kinds of events that chats are notified about, and their triggers.

use model::{Kind, Trigger};

/// What a chat is notified about.
pub struct Events {
    /// the kinds
    pub kinds: &'static [Kind],
    /// the triggers
    pub triggers: &'static [Trigger],
}

/// The common kinds and triggers, followed by these.
macro_rules! common_and {
    ([$($kind:ident),*], [$($trigger:ident),*]) => {
        Events {
            kinds: &[
                Kind::Push,
                Kind::TagPush,
                Kind::Issue,
                Kind::WorkItem,
                Kind::MergeRequest,
                Kind::Note,
                Kind::Pipeline,
                Kind::WikiPage,
                $(Kind::$kind),*
            ],
            triggers: &[
                Trigger::Push,
                Trigger::TagPush,
                Trigger::Issues,
                Trigger::ConfidentialIssues,
                Trigger::MergeRequests,
                Trigger::Note,
                Trigger::ConfidentialNote,
                Trigger::Pipeline,
                Trigger::WikiPage,
                $(Trigger::$trigger),*
            ],
        }
    };
}

/// What every chat is notified about.
pub const COMMON: Events = common_and!([], []);

/// The common ones, incidents and vulnerabilities.
pub const WITH_INCIDENTS: Events =
    common_and!([Incident, Vulnerability], [Incident, Vulnerability]);

/// The common ones, incidents, vulnerabilities and deployments.
pub const WITH_DEPLOYMENTS: Events = common_and!(
    [Incident, Deployment, Vulnerability],
    [Incident, Deployment, Vulnerability]
);

/// The common ones, deployments and mentions of groups.
pub const WITH_MENTIONS: Events = common_and!(
    [Deployment, GroupMention],
    [Deployment, GroupMention, GroupConfidentialMention]
);

/// Everything that has a message. The triggers for commits and jobs are stored for GitLab's clients,
/// but nothing is sent for them.
pub const FOR_CHANNELS: Events = common_and!(
    [Incident, Deployment, Alert, Vulnerability, GroupMention],
    [
        Incident,
        Deployment,
        Alert,
        Vulnerability,
        GroupMention,
        GroupConfidentialMention,
        Commit,
        Job
    ]
);
