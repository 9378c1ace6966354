//! What the chat integrations share: which events are told of, what is said, and in which channels.
//!
//! The way of an event: [`filter`] decides whether it is told, [`texts`] says it as a
//! [`message::Message`], [`channels`] finds where; the integration puts it down in its tool's own
//! markup ([`slack_markup`], [`markdown`], [`html`]) and form ([`attachments`], or a request of its own:
//! [`single`]).

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
