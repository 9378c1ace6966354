//! A mail sink: an SMTP server that keeps what it gets, and pages to look at it.
//!
//! [`smtp`] speaks the protocol, and is strict about it; [`message`] reads what came; [`page`] shows it.

mod message;
mod page;
mod smtp;

pub use message::Message;

use crate::tls::Identity;
use axum::Router;
use smtp::Tls;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

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
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    messages: Vec<Message>,
    fault: Fault,
    connections: usize,
    identity: Option<Identity>,
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

    /// Takes mail until the task is dropped.
    pub async fn serve_smtp(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            self.state().connections += 1;
            let sink = self.clone();
            tokio::spawn(async move {
                // Who hangs up in the middle is gone.
                let _ = sink.serve_plaintext(stream).await;
            });
        }
    }

    /// The same with TLS from the first byte on.
    pub async fn serve_smtps(&self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            self.state().connections += 1;
            let sink = self.clone();
            tokio::spawn(async move {
                // Who does not like the certificate goes away, as it should.
                let _ = sink.serve_tls(stream, Tls::Implicit).await;
            });
        }
    }

    async fn serve_plaintext(&self, stream: TcpStream) -> io::Result<()> {
        let tls = match self.state().identity {
            Some(_) => Tls::Offered,
            None => Tls::None,
        };
        match smtp::speak(self, stream, tls).await? {
            Some(stream) => self.serve_tls(stream, Tls::Begun).await,
            None => Ok(()),
        }
    }

    async fn serve_tls(&self, stream: TcpStream, tls: Tls) -> io::Result<()> {
        let identity = self.state().identity.clone();
        let identity = identity.ok_or_else(|| io::Error::other("there is no certificate"))?;
        let acceptor = identity.acceptor().map_err(io::Error::other)?;
        let stream = acceptor.accept(stream).await?;
        smtp::speak(self, stream, tls).await.map(drop)
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
