//! The sink with the messages it received.

use super::message::Message;
use crate::tls::Identity;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How the sink misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    #[default]
    None,
    /// 550 for this recipient.
    RefuseRecipient(String),
    /// 450 for this recipient.
    PostponeRecipient(String),
    /// 530 for every sender whose connection is not encrypted.
    DemandTls,
    /// Hangs up after the message has come, before it says so.
    Drop,
    /// Waits before each reply.
    Slow(Duration),
}

/// The sink. Clones share everything.
#[derive(Clone, Default)]
pub struct Mail {
    pub(super) shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
pub(super) struct Shared {
    pub(super) messages: Vec<Message>,
    pub(super) fault: Fault,
    pub(super) connections: usize,
    pub(super) identity: Option<Identity>,
}

impl Mail {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// What came, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.state().messages.clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// Misbehaves from now on.
    pub fn set_fault(&self, fault: Fault) {
        self.state().fault = fault;
    }

    /// Offers TLS from now on, with this certificate.
    pub fn set_identity(&self, identity: Identity) {
        self.state().identity = Some(identity);
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    pub(super) fn state(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
