//! Why sending failed.

use std::time::Duration;

/// Why there is no answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// the URL cannot be used at all
    #[error("the URL {url} is invalid: {why}")]
    BadUrl {
        /// as configured, without secrets
        url: String,
        /// what is wrong with it
        why: String,
    },
    /// the guard refused the address
    #[error(
        "{host} resolves to {address}, a private or reserved address; an administrator can allow it with --outbound-allow {host}"
    )]
    Refused {
        /// the host of the URL
        host: String,
        /// the refused address
        address: String,
    },
    /// the name cannot be resolved
    #[error("cannot resolve {host}: {why}")]
    Resolve {
        /// the host of the URL
        host: String,
        /// the resolver's message
        why: String,
    },
    /// no connection could be opened
    #[error("cannot connect to {host}: {why}")]
    Connect {
        /// host and port
        host: String,
        /// the system's message
        why: String,
    },
    /// the operator's proxy refused the tunnel
    #[error(
        "the proxy {proxy} refuses connections to {host} ({status}); an administrator can allow them in the proxy's configuration"
    )]
    ProxyRefused {
        /// host and port
        host: String,
        /// host and port of the proxy
        proxy: String,
        /// status code and reason phrase of its response
        status: String,
    },
    /// TLS could not be established
    #[error("the TLS handshake with {host} failed: {why}")]
    Tls {
        /// host and port
        host: String,
        /// the TLS library's message
        why: String,
    },
    /// no complete answer within the time limit
    #[error("{host} timed out after {} s", .after.as_secs_f32())]
    Timeout {
        /// host and port
        host: String,
        /// the limit
        after: Duration,
    },
    /// the connection was lost, or the peer violated the protocol
    #[error("the connection to {host} failed: {why}")]
    Broken {
        /// host and port
        host: String,
        /// the library's message
        why: String,
    },
    /// the answer exceeds the size limit
    #[error("the response of {host} is larger than {limit} bytes")]
    TooLarge {
        /// host and port
        host: String,
        /// the limit in bytes
        limit: usize,
    },
    /// the answer redirects to another host, or too often
    #[error(
        "{host} redirects to {location}, which is not followed: set the URL to the final address"
    )]
    Redirect {
        /// host and port
        host: String,
        /// the target, without query
        location: String,
    },
    /// no mail server is configured
    #[error(
        "no mail server is configured: an administrator can set one with --smtp-url, for example --smtp-url smtp://mail.example.com"
    )]
    NoRelay,
    /// the mail server accepts no message from Crosstie, for any recipient
    #[error("the mail server {host} {why}")]
    MailServer {
        /// host and port
        host: String,
        /// what it refuses or does not support, and the remedy
        why: String,
        /// whether it may succeed later
        temporary: bool,
    },
}

/// The result of `work`, or a timeout of `host` after `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    host: &str,
    work: impl Future<Output = Result<T, SendError>>,
) -> Result<T, SendError> {
    let result = tokio::time::timeout(limit, work).await;
    result.unwrap_or_else(|_| {
        Err(SendError::Timeout {
            host: host.to_owned(),
            after: limit,
        })
    })
}

impl SendError {
    /// Whether the same request may succeed later.
    ///
    /// A refused address and a redirect need a change of settings; network failures may pass.
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

    /// Whether every other message to the same mail server would fail too.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::NoRelay | Self::MailServer { .. })
    }
}
