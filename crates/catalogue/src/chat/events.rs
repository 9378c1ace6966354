//! Which events the chats tell of: chat facts, section 1.1.

use model::{Kind, Trigger};

/// The kinds of events that a chat tells of, and their switches.
pub struct Events {
    /// the kinds
    pub kinds: &'static [Kind],
    /// the switches
    pub triggers: &'static [Trigger],
}

/// What every chat tells of.
pub const USUAL: Events = Events {
    kinds: &[
        Kind::Push,
        Kind::TagPush,
        Kind::Issue,
        Kind::WorkItem,
        Kind::MergeRequest,
        Kind::Note,
        Kind::Pipeline,
        Kind::WikiPage,
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
    ],
};

/// Incidents and vulnerabilities besides.
pub const WITH_INCIDENTS: Events = Events {
    kinds: &[
        Kind::Push,
        Kind::TagPush,
        Kind::Issue,
        Kind::WorkItem,
        Kind::Incident,
        Kind::MergeRequest,
        Kind::Note,
        Kind::Pipeline,
        Kind::WikiPage,
        Kind::Vulnerability,
    ],
    triggers: &[
        Trigger::Push,
        Trigger::TagPush,
        Trigger::Issues,
        Trigger::ConfidentialIssues,
        Trigger::Incident,
        Trigger::MergeRequests,
        Trigger::Note,
        Trigger::ConfidentialNote,
        Trigger::Pipeline,
        Trigger::WikiPage,
        Trigger::Vulnerability,
    ],
};

/// Incidents, vulnerabilities and deployments besides.
pub const WITH_DEPLOYMENTS: Events = Events {
    kinds: &[
        Kind::Push,
        Kind::TagPush,
        Kind::Issue,
        Kind::WorkItem,
        Kind::Incident,
        Kind::MergeRequest,
        Kind::Note,
        Kind::Pipeline,
        Kind::WikiPage,
        Kind::Deployment,
        Kind::Vulnerability,
    ],
    triggers: &[
        Trigger::Push,
        Trigger::TagPush,
        Trigger::Issues,
        Trigger::ConfidentialIssues,
        Trigger::Incident,
        Trigger::MergeRequests,
        Trigger::Note,
        Trigger::ConfidentialNote,
        Trigger::Pipeline,
        Trigger::WikiPage,
        Trigger::Deployment,
        Trigger::Vulnerability,
    ],
};

/// Deployments and mentions of groups besides what is usual.
pub const WITH_MENTIONS: Events = Events {
    kinds: &[
        Kind::Push,
        Kind::TagPush,
        Kind::Issue,
        Kind::WorkItem,
        Kind::MergeRequest,
        Kind::Note,
        Kind::Pipeline,
        Kind::WikiPage,
        Kind::Deployment,
        Kind::GroupMention,
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
        Trigger::Deployment,
        Trigger::GroupMention,
        Trigger::GroupConfidentialMention,
    ],
};

/// Everything that has a message. The switches for commits and jobs are taken and kept, and nothing
/// is said of these.
pub const FOR_CHANNELS: Events = Events {
    kinds: &[
        Kind::Push,
        Kind::TagPush,
        Kind::Issue,
        Kind::WorkItem,
        Kind::Incident,
        Kind::MergeRequest,
        Kind::Note,
        Kind::Pipeline,
        Kind::WikiPage,
        Kind::Deployment,
        Kind::Alert,
        Kind::Vulnerability,
        Kind::GroupMention,
    ],
    triggers: &[
        Trigger::Push,
        Trigger::TagPush,
        Trigger::Issues,
        Trigger::ConfidentialIssues,
        Trigger::Incident,
        Trigger::MergeRequests,
        Trigger::Note,
        Trigger::ConfidentialNote,
        Trigger::Pipeline,
        Trigger::WikiPage,
        Trigger::Deployment,
        Trigger::Alert,
        Trigger::Vulnerability,
        Trigger::GroupMention,
        Trigger::GroupConfidentialMention,
        Trigger::Commit,
        Trigger::Job,
    ],
};
