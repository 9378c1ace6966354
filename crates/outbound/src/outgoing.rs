//! What can be sent, whichever way it goes.

use crate::{Mail, Request};

/// One thing to send, as data.
#[derive(Clone, Debug)]
pub enum Outgoing {
    /// an HTTP request
    Http(Request),
    /// lines over a TCP connection of their own
    Lines(Lines),
    /// a letter, over the operator's mail server
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

/// Lines of text for a server that reads until the end and says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// name or address of the server
    pub host: String,
    /// its port
    pub port: u16,
    /// the text, each line ended
    pub text: String,
}

impl Lines {
    /// Where they go, as an address: `tcp://host:port`.
    pub fn url(&self) -> String {
        format!("tcp://{}:{}", self.host, self.port)
    }
}
