//! The kinds of events and triggers that chats have.

use model::{Kind, Trigger};

/// The kinds of events that a chat tells of, and their switches.
pub struct Events {
    /// the kinds
    pub kinds: &'static [Kind],
    /// the switches
    pub triggers: &'static [Trigger],
}

/// What every chat tells of, and the kinds and switches of some besides.
macro_rules! usual_and {
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

/// What every chat tells of.
pub const USUAL: Events = usual_and!([], []);

/// Incidents and vulnerabilities besides.
pub const WITH_INCIDENTS: Events = usual_and!([Incident, Vulnerability], [Incident, Vulnerability]);

/// Incidents, vulnerabilities and deployments besides.
pub const WITH_DEPLOYMENTS: Events = usual_and!(
    [Incident, Deployment, Vulnerability],
    [Incident, Deployment, Vulnerability]
);

/// Deployments and mentions of groups besides what is usual.
pub const WITH_MENTIONS: Events = usual_and!(
    [Deployment, GroupMention],
    [Deployment, GroupMention, GroupConfidentialMention]
);

/// Everything that has a message. The switches for commits and jobs are taken and kept, and nothing
/// is said of these.
pub const FOR_CHANNELS: Events = usual_and!(
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
