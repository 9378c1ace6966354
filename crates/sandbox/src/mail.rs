//! A mail sink: an SMTP server that keeps what it gets, and pages to look at it.
//!
//! [`smtp`] speaks the protocol, and is strict about it; [`message`] reads what came; [`page`] shows it.

mod message;
mod page;
mod smtp;

pub use message::Message;

use axum::Router;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// How the sink misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Not at all.
    #[default]
    None,
    /// 550 for this recipient.
    RefuseRecipient(String),
    /// 450 for this recipient.
    PostponeRecipient(String),
    /// 530 for every sender: TLS first, which is not offered.
    DemandTls,
    /// Hangs up after the message has come, before it says so.
    Drop,
    /// Waits before each reply.
    Slow(Duration),
}

/// The sink. Clones share everything.
#[derive(Clone, Default)]
pub struct Mail {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    messages: Vec<Message>,
    trouble: Trouble,
    connections: usize,
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
    pub fn set_trouble(&self, trouble: Trouble) {
        self.state().trouble = trouble;
    }

    /// Takes mail until the task is dropped.
    pub async fn serve_smtp(&self, listener: TcpListener) -> std::io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            self.state().connections += 1;
            let sink = self.clone();
            tokio::spawn(async move {
                // Who hangs up in the middle is gone.
                let _ = smtp::speak(&sink, stream).await;
            });
        }
    }

    /// The pages, to be served at the root of a host.
    pub fn router(&self) -> Router {
        page::router(self)
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    fn state(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
