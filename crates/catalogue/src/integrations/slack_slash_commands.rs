//! # Slack slash commands
//!
//! ## What it does
//!
//! Keeps the token by which Slack shows that a command comes from it. Crosstie keeps this setting and
//! does not answer commands yet.
//!
//! ## Set-up
//!
//! 1. In Slack, add a *slash command* to your workspace and copy the token that it shows.
//! 2. Enter it as `token`, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "token=secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/slack-slash-commands"
//! ```
//!
//! ## Events
//!
//! None: commands come in, and no notifications are sent.
//!
//! ## Limits
//!
//! Crosstie does not answer commands yet. Nothing is sent, so there is nothing to test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};

settings! {
    /// Token that Slack sends with every command.
    token: Setting::secret("Token").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "slack-slash-commands",
    title: "Slack slash commands",
    summary: "Lets people work on a project by commands in Slack.",
    category: Category::Chat,
    source: include_str!("slack_slash_commands.rs"),
    settings: SETTINGS,
    ..Integration::DEFAULT
};
