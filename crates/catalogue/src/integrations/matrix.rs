//! # Matrix notifications
//!
//! ## What it does
//!
//! Keeps where messages of a Matrix room are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. Make an account for Crosstie on your Matrix server, let it join the room, and copy its access
//!    token.
//! 2. Enter the server's address as `hostname`, the token as `token`, and the *internal room id* from
//!    the room's settings as `room`. Choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "hostname=https://matrix.example.com&token=secret&room=!abc:example.com" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/matrix"
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
    /// Address of the Matrix server.
    hostname: Setting::url("Hostname").or("https://matrix.org").binds_secrets(),
    /// Access token of the account that speaks.
    token: Setting::secret("Token").required(),
    /// Internal id of the room, for example `!abc:matrix.org`.
    room: Setting::text("Room identifier").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "matrix",
    title: "Matrix notifications",
    summary: "Tells a Matrix room what happens in a project.",
    category: Category::Chat,
    source: include_str!("matrix.rs"),
    settings: SETTINGS,
    triggers: events::WITH_INCIDENTS.triggers,
    kinds: events::WITH_INCIDENTS.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
