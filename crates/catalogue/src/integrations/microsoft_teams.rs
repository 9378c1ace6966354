//! # Microsoft Teams notifications
//!
//! ## What it does
//!
//! Keeps where messages of a Microsoft Teams channel are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Microsoft Teams, add the workflow that posts to a channel when a *webhook request* is
//!    received, and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://example.webhook.office.com/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/microsoft-teams"
//! ```
//!
//! ## Events
//!
//! The switches are kept. Crosstie does not act on events for this integration yet.
//!
//! ## Limits
//!
//! Nothing is sent, so there is nothing that could be tried.

use crate::chat::{self, events};
use crate::{Category, Form, Integration, Setting};

chat::settings::without_channels! { [changed_pipelines default_branch]
    /// Address of the incoming webhook, for example `https://example.webhook.office.com/…`.
    webhook: Setting::secret_url("Webhook").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "microsoft-teams",
    title: "Microsoft Teams notifications",
    summary: "Tells a Microsoft Teams channel what happens in a project.",
    category: Category::Chat,
    source: include_str!("microsoft_teams.rs"),
    settings: SETTINGS,
    triggers: events::USUAL.triggers,
    kinds: events::USUAL.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
