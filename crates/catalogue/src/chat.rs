//! What the chat integrations share: which events are told of, what is said, and in which channels.
//!
//! The way of an event: [`filter`] decides whether it is told, [`texts`] says it as a
//! [`message::Message`], [`channels`] finds where; the integration puts it down in its tool's own
//! markup ([`slack_markup`]) and form ([`attachments`]).

pub mod attachments;
pub mod channels;
pub mod filter;
mod from_markdown;
pub mod message;
pub mod rich;
pub mod settings;
pub mod slack_markup;
pub mod texts;

use model::{Kind, Trigger};

/// The kinds of events that have a message.
pub const KINDS: &[Kind] = &[
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
];

/// Their switches; those for commits and jobs are taken and kept, and nothing is said of these.
pub const TRIGGERS: &[Trigger] = &[
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
];

#[cfg(test)]
mod tests;
