//! What the chat integrations share: events, messages, filters and channels.
//!
//! [`filter`] decides whether an event is sent, [`texts`] builds its [`message::Message`] and
//! [`channels`] the channels. The integration renders it in its tool's markup ([`slack_markup`],
//! [`markdown`], [`html`]) and payload: [`incoming`] with [`attachments`] for Slack and compatible tools,
//! [`single`] for the others.

pub mod attachments;
pub mod channels;
pub mod events;
pub mod filter;
mod from_markdown;
pub mod html;
pub mod incoming;
pub mod markdown;
pub mod message;
pub mod rich;
pub mod settings;
pub mod single;
pub mod slack_markup;
pub mod texts;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
