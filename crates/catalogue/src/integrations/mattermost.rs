//! # Mattermost notifications
//!
//! ## What it does
//!
//! Notifies channels of a Mattermost server about what happens in a project: pushes, merge
//! requests, issues, comments, pipelines, deployments and more, each with a link to where it
//! happened.
//!
//! ## Set-up
//!
//! 1. In Mattermost, add an *incoming webhook* for a channel and copy its address. To have messages
//!    in other channels too, do not lock it to that channel.
//! 2. Enter the address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears in each configured channel.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://mattermost.example.com/hooks/secret&push_channel=dev,releases" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/mattermost"
//! ```
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what, with the newest 20 commits.
//! - **Issue, work item, incident**: when it is opened, closed or reopened; with its description when
//!   it is opened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written, with its text.
//! - **Pipeline**: when it has passed or failed, with the jobs that failed.
//! - **Wiki page**, **deployment**, **vulnerability**.
//!
//! Edits are not sent. Confidential events have their own triggers and channels.
//! Pushes, pipelines and deployments pass the branch filter; tags always do. Issues, merge requests
//! and comments pass the label filter.
//!
//! ## Limits
//!
//! At most 10 channels for one event. The user name counts only where the server lets webhooks
//! override it. Texts are cut at 3,000 characters. Names in other people's words (`@channel`) call
//! nobody.

use crate::chat::incoming::IncomingWebhook;
use crate::chat::settings::FOR_CHANNELS;
use crate::chat::slack_markup::MattermostMrkdwn;
use crate::chat::{channels, events};
use crate::setting::settings;
use crate::{Category, Deliver, Integration, Setting};

settings! {
    /// Address of the incoming webhook, for example `https://mattermost.example.com/hooks/…`.
    webhook: Setting::secret_url("Webhook").required(),
    /// Name that the messages appear under.
    username: Setting::text("Username"),
    ..FOR_CHANNELS,
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "mattermost",
    title: "Mattermost notifications",
    summary: "Notifies channels of a Mattermost server about what happens in a project.",
    category: Category::Chat,
    source: include_str!("mattermost.rs"),
    docs_url: "https://developers.mattermost.com/integrate/webhooks/incoming/",
    setup_url: "https://developers.mattermost.com/integrate/webhooks/incoming/",
    settings: SETTINGS,
    triggers: events::WITH_DEPLOYMENTS.triggers,
    kinds: events::WITH_DEPLOYMENTS.kinds,
    validate: channels::check,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&IncomingWebhook(&MattermostMrkdwn))),
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests;
