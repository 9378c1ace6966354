//! # Slack notifications
//!
//! ## What it does
//!
//! Notifies Slack channels about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines, deployments and more, each with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. In Slack, add an *incoming webhook* for a channel of your workspace and copy its address.
//! 2. Enter the address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears in each configured channel.
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what, with the newest 20 commits.
//! - **Issue, work item, incident**: when it is opened, closed or reopened; with its description when
//!   it is opened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written, with its text.
//! - **Pipeline**: when it has passed or failed, with the jobs that failed.
//! - **Wiki page**, **deployment**, **alert**, **vulnerability**, **group mention**.
//!
//! Edits are not sent. Confidential events have their own triggers and channels.
//! The triggers for commits and jobs are stored for GitLab's clients; nothing is sent for these events.
//! Pushes, pipelines and deployments pass the branch filter; tags always do. Issues, merge requests
//! and comments pass the label filter.
//!
//! ## Limits
//!
//! At most 10 channels for one event. Channels and the user name count only for Slack's older kind
//! of webhook; those that belong to an app always post to the channel they were made for. Texts
//! are cut at 3,000 characters. Names in other people's words (`@channel`) call nobody.

use crate::chat::incoming::IncomingWebhook;
use crate::chat::settings::{FOR_CHANNELS, SLACK_CHANNELS};
use crate::chat::slack_markup::Mrkdwn;
use crate::chat::{channels, events};
use crate::setting::settings;
use crate::{Category, Deliver, Integration, Setting};

settings! {
    /// Address of the incoming webhook, for example `https://hooks.slack.com/services/…`.
    webhook: Setting::secret_url("Webhook").required(),
    /// Name that the messages appear under.
    username: Setting::text("Username"),
    ..FOR_CHANNELS,
    ..SLACK_CHANNELS,
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "slack",
    title: "Slack notifications",
    summary: "Notifies Slack channels about what happens in a project.",
    category: Category::Chat,
    source: include_str!("slack.rs"),
    docs_url: "https://api.slack.com/messaging/webhooks",
    setup_url: "https://api.slack.com/messaging/webhooks",
    settings: SETTINGS,
    triggers: events::FOR_CHANNELS.triggers,
    kinds: events::FOR_CHANNELS.kinds,
    validate: channels::check,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&IncomingWebhook(&Mrkdwn))),
    example: &[
        ("webhook", "https://hooks.slack.com/services/T0/B0/secret"),
        ("push_channel", "dev,releases"),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests;
