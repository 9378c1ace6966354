//! A stand-in of a chat that takes Slack's incoming webhooks, and a page to read along.
//!
//! It answers errors as Slack does, in one word each:
//! <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>.

mod messages;
mod mrkdwn;
mod page;
mod webhook;

pub use messages::{Chat, DEFAULT_CHANNEL, Fault, Message, TOKEN};

use axum::Router;
use tokio::net::TcpListener;

impl Chat {
    /// The webhook and the page, to be served at the root of a host.
    pub fn router(&self) -> Router {
        webhook::router(self).merge(page::router(self))
    }
}

/// Serves a stand-in until the task is dropped.
pub async fn serve(chat: &Chat, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, chat.router()).await
}

#[cfg(test)]
mod tests;
