//! # Unify Circuit
//!
//! ## What it does
//!
//! Keeps where messages of a Circuit conversation are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Circuit, add an *incoming webhook* to a conversation and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://circuit.com/rest/v2/webhooks/incoming/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/unify-circuit"
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

chat::settings::without_channels! { [changed_pipelines]
    /// Address of the incoming webhook, for example `https://circuit.com/rest/v2/webhooks/incoming/…`.
    webhook: Setting::secret_url("Webhook").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "unify-circuit",
    title: "Unify Circuit",
    summary: "Tells a Circuit conversation what happens in a project.",
    category: Category::Chat,
    source: include_str!("unify_circuit.rs"),
    settings: SETTINGS,
    triggers: events::USUAL.triggers,
    kinds: events::USUAL.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
