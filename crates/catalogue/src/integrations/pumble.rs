//! # Pumble
//!
//! ## What it does
//!
//! Keeps where messages of a Pumble channel are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Pumble, add an *incoming webhook* for a channel and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://api.pumble.com/workspaces/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/pumble"
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

chat::settings::without_channels! { []
    /// Address of the incoming webhook, for example `https://api.pumble.com/workspaces/…`.
    webhook: Setting::secret_url("Webhook").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pumble",
    title: "Pumble",
    summary: "Tells a Pumble channel what happens in a project.",
    category: Category::Chat,
    source: include_str!("pumble.rs"),
    settings: SETTINGS,
    triggers: events::USUAL.triggers,
    kinds: events::USUAL.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
