//! # Telegram
//!
//! ## What it does
//!
//! Keeps where messages of a Telegram chat are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. Have `@BotFather` make a bot and copy its token. Add the bot to the chat, or to the channel as
//!    one of its administrators.
//! 2. Enter the token as `token` and the number of the chat, or the channel's name with its `@`, as
//!    `room`. Choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "token=123456:secret&room=@example" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/telegram"
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
    /// Address of the Telegram API, where it is not Telegram's own.
    hostname: Setting::url("Hostname").or("https://api.telegram.org").binds_secrets(),
    /// Token of the bot that speaks, as Telegram's `@BotFather` gives it out.
    token: Setting::secret("Token").required(),
    /// Number of the chat, or the name of a public channel with its `@`.
    room: Setting::text("Channel identifier").required(),
    /// Number of the topic in a group that has topics.
    thread: Setting::integer("Message thread ID", 1, i64::MAX),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "telegram",
    title: "Telegram",
    summary: "Tells a Telegram chat what happens in a project.",
    category: Category::Chat,
    source: include_str!("telegram.rs"),
    settings: SETTINGS,
    triggers: events::WITH_INCIDENTS.triggers,
    kinds: events::WITH_INCIDENTS.kinds,
    form: Form::Passive(None),
    ..Integration::BLANK
};
