//! A mail sink: an SMTP server that keeps what it gets, and pages to look at it.
//!
//! [`smtp`] speaks the protocol, and is strict about it; [`message`] reads what came; [`page`] shows it.

mod message;
mod page;
mod sink;
mod smtp;

pub use message::Message;
pub use sink::{Fault, Mail};

use axum::Router;
use smtp::Tls;
use std::io;
use tokio::net::{TcpListener, TcpStream};

impl Mail {
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
        match smtp::serve(self, stream, tls).await? {
            Some(stream) => self.serve_tls(stream, Tls::Begun).await,
            None => Ok(()),
        }
    }

    async fn serve_tls(&self, stream: TcpStream, tls: Tls) -> io::Result<()> {
        let identity = self.state().identity.clone();
        let identity = identity.ok_or_else(|| io::Error::other("there is no certificate"))?;
        let acceptor = identity.acceptor().map_err(io::Error::other)?;
        let stream = acceptor.accept(stream).await?;
        smtp::serve(self, stream, tls).await.map(drop)
    }

    /// The pages, to be served at the root of a host.
    pub fn router(&self) -> Router {
        page::router(self)
    }
}

#[cfg(test)]
mod tests;
