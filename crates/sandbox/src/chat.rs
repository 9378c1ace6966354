//! A stand-in of a chat that takes Slack's incoming webhooks, and a page to read along.
//!
//! Answers: chat facts, sections 3.1 and 8; what Slack calls its errors, in one word each.

mod mrkdwn;
mod page;
mod webhook;

use axum::Router;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The secret part of the webhook's address.
pub const TOKEN: &str = "T0SANDBOX/B0SANDBOX/sandboxsandboxsandbox";

/// Where a message goes that names no channel.
pub const DEFAULT_CHANNEL: &str = "#general";

/// The stand-in. Clones share everything.
#[derive(Clone)]
pub struct Chat {
    shared: Arc<Shared>,
}

struct Shared {
    channels: Vec<String>,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    fault: Option<Fault>,
}

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Message {
    /// the channel it went to
    pub channel: String,
    /// the whole payload
    pub payload: Value,
    /// when it came
    pub at: Timestamp,
}

/// How the stand-in misbehaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// with this status
    pub status: u16,
    /// and this text
    pub body: String,
    /// asking for this many seconds of patience
    pub retry_after: Option<u32>,
}

impl Chat {
    /// A chat with these channels and [`DEFAULT_CHANNEL`].
    pub fn new(channels: &[&str], now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let names = [DEFAULT_CHANNEL].iter().chain(channels);
        Self {
            shared: Arc::new(Shared {
                channels: names.map(|name| (*name).to_owned()).collect(),
                now: Box::new(now),
                state: Mutex::default(),
            }),
        }
    }

    /// The path of the webhook.
    pub fn webhook_path() -> String {
        format!("/services/{TOKEN}")
    }

    /// What was said, first to last.
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// Misbehaves from now on, or no longer.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// The webhook and the page, to be served at the root of a host.
    pub fn router(&self) -> Router {
        webhook::router(self).merge(page::router(self))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a stand-in until the task is dropped.
pub async fn serve(chat: &Chat, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, chat.router()).await
}

#[cfg(test)]
mod tests;
