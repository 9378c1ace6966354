//! # Google Chat
//!
//! ## What it does
//!
//! Keeps where messages of a Google Chat space are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Google Chat, add a *webhook* to a space and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://chat.googleapis.com/v1/spaces/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/hangouts-chat"
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
    /// Address of the incoming webhook, for example `https://chat.googleapis.com/v1/spaces/…`.
    webhook: Setting::secret_url("Webhook").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "hangouts-chat",
    title: "Google Chat",
    summary: "Tells a Google Chat space what happens in a project.",
    category: Category::Chat,
    source: include_str!("hangouts_chat.rs"),
    settings: SETTINGS,
    triggers: events::USUAL.triggers,
    kinds: events::USUAL.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
