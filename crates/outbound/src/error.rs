//! Why a request got no answer.

use std::time::Duration;

/// A request that failed before a whole answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// the address cannot be used at all
    #[error("the URL {url} cannot be used: {why}")]
    BadUrl {
        /// as given, secrets excepted
        url: String,
        /// what is wrong with it
        why: String,
    },
    /// the guard refused the address
    #[error(
        "{host} is at {address}, an address inside a private or special network; an administrator can permit it with --outbound-allow {host}"
    )]
    Refused {
        /// the host of the URL
        host: String,
        /// what it resolved to
        address: String,
    },
    /// the name is unknown
    #[error("the name {host} cannot be resolved: {why}")]
    Resolve {
        /// the host of the URL
        host: String,
        /// the resolver's words
        why: String,
    },
    /// nobody answers there
    #[error("cannot connect to {host}: {why}")]
    Connect {
        /// host and port
        host: String,
        /// the system's words
        why: String,
    },
    /// the operator's proxy does not permit it
    #[error(
        "the proxy {proxy} does not lead to {host}: it answered {said}; an administrator can permit it there"
    )]
    ProxyRefused {
        /// host and port
        host: String,
        /// host and port of the proxy
        proxy: String,
        /// its status line
        said: String,
    },
    /// the encrypted connection could not be made
    #[error("no secure connection to {host}: {why}")]
    Tls {
        /// host and port
        host: String,
        /// the TLS library's words
        why: String,
    },
    /// no whole answer within the time
    #[error("{host} did not answer within {} s", .after.as_secs_f32())]
    Timeout {
        /// host and port
        host: String,
        /// the limit
        after: Duration,
    },
    /// the connection broke or did not speak HTTP
    #[error("the connection to {host} broke: {why}")]
    Broken {
        /// host and port
        host: String,
        /// the library's words
        why: String,
    },
    /// the answer is larger than we take
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge {
        /// host and port
        host: String,
        /// the limit in bytes
        limit: usize,
    },
    /// the answer leads to another host
    #[error(
        "{host} answered with a redirect to {location}, which is not followed; set the URL to the final address"
    )]
    Redirect {
        /// host and port
        host: String,
        /// where it leads, without query
        location: String,
    },
    /// the operator has set no mail server
    #[error(
        "no mail server is set: an administrator names one with --smtp-url, for example --smtp-url smtp://mail.example.com"
    )]
    NoRelay,
    /// the mail server takes nothing from us, whoever it is for
    #[error("the mail server {host} {why}")]
    MailServer {
        /// host and port
        host: String,
        /// what it does not do or accept, and what to do about it
        why: String,
        /// whether it may be different later
        temporary: bool,
    },
}

impl SendError {
    /// Whether the same request may succeed later.
    ///
    /// A refused address and a redirect need a human; what the network did may pass.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::BadUrl { .. }
            | Self::Refused { .. }
            | Self::ProxyRefused { .. }
            | Self::Redirect { .. }
            | Self::TooLarge { .. }
            | Self::NoRelay => false,
            Self::MailServer { temporary, .. } => *temporary,
            Self::Resolve { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::Broken { .. } => true,
        }
    }

    /// Whether whatever else goes the same way would fare no better.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::NoRelay | Self::MailServer { .. })
    }
}
