//! The stand-in with the messages it received.

use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The secret part of the webhook's address.
pub const TOKEN: &str = "T0SANDBOX/B0SANDBOX/sandboxsandboxsandbox";

/// Where a message goes that names no channel.
pub const DEFAULT_CHANNEL: &str = "#general";

/// The stand-in. Clones share everything.
#[derive(Clone)]
pub struct Chat {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) channels: Vec<String>,
    pub(super) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) messages: Vec<Message>,
    pub(super) fault: Option<Fault>,
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

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let state = self.shared.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }
}
