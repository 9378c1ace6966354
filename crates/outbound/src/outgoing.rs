//! What can be sent, by protocol.

use crate::{Mail, Request};

/// One thing to send, as data.
#[derive(Clone, Debug)]
pub enum Outgoing {
    /// an HTTP request
    Http(Request),
    /// lines over a TCP connection
    Lines(Lines),
    /// a message over the mail server of `--smtp-url`
    Mail(Mail),
}

impl From<Request> for Outgoing {
    fn from(request: Request) -> Self {
        Self::Http(request)
    }
}

impl From<Lines> for Outgoing {
    fn from(lines: Lines) -> Self {
        Self::Lines(lines)
    }
}

impl From<Mail> for Outgoing {
    fn from(mail: Mail) -> Self {
        Self::Mail(mail)
    }
}

/// Lines of text for a server that reads to the end and sends nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// name or address of the server
    pub host: String,
    /// its port
    pub port: u16,
    /// the text, every line with its line break
    pub text: String,
}

impl Lines {
    /// The destination as `tcp://host:port`.
    pub fn url(&self) -> String {
        format!("tcp://{}:{}", self.host, self.port)
    }
}
