//! A forward proxy: tunnels (`CONNECT`, <https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6>) to
//! public addresses.
//!
//! The address check stays: an address is resolved and checked as without a proxy, and the tunnel
//! leads to that very address. Only names that the operator lists are resolved by the proxy.

use crate::allow::host_name;
use crate::{Auth, SendError};
use model::Secret;
use percent_encoding::percent_decode_str;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// The maximum size of a response's head, in bytes.
const MAX_HEAD: usize = 8 * 1024;
/// The maximum of a status line in an error message, in characters.
const MAX_SHOWN: usize = 100;

/// A proxy, and the names that it resolves.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    auth: Auth,
    names: Vec<String>,
}

/// An invalid proxy URL or name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// the URL
    #[error("{0}; it must be like http://[user:password@]proxy.example.com:3128")]
    Url(String),
    /// a name that the proxy is to resolve
    #[error("\"{0}\" is not a host name, such as discord.com")]
    Name(String),
}

impl Proxy {
    /// Parses `http://[user:password@]host[:port]`; the default port is 80.
    ///
    /// No error quotes the URL: it may contain a password.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let bad = |why: &str| ProxyError::Url(why.to_owned());
        let url =
            Url::parse(text.trim()).map_err(|error| bad(&format!("it is not a URL ({error})")))?;
        if url.scheme() != "http" {
            return Err(bad(&format!(
                "{}:// is not supported for a proxy",
                url.scheme()
            )));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(bad("it must end after the host and port"));
        }
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded
                .map(String::from)
                .map_err(|_| bad("its user name or password is not valid percent-encoded UTF-8"))
        };
        let auth = match (url.username(), url.password()) {
            ("", None) => Auth::None,
            (name, password) => Auth::Basic {
                username: decoded(name)?,
                password: Secret::new(decoded(password.unwrap_or_default())?),
            },
        };
        Ok(Self {
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
            auth,
            names: Vec::new(),
        })
    }

    /// Adds names, separated by commas or whitespace, that the proxy resolves.
    pub fn resolving(mut self, names: &str) -> Result<Self, ProxyError> {
        let entries = names.split([',', ' ', '\t', '\n']);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let name = host_name(entry).ok_or_else(|| ProxyError::Name(entry.to_owned()))?;
            self.names.push(name);
        }
        Ok(self)
    }

    /// Whether the proxy resolves this name.
    pub(crate) fn resolves(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.contains(&host)
    }

    /// `host:port`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Asks the proxy, over a connection to it, for a tunnel to `target`, a `host:port`.
    pub(crate) async fn tunnel(
        &self,
        mut stream: TcpStream,
        target: &str,
    ) -> Result<TcpStream, SendError> {
        let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
        if let Some(credentials) = self.auth.header() {
            request.push_str("Proxy-Authorization: ");
            request.push_str(&credentials);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let exchange = async {
            stream.write_all(request.as_bytes()).await?;
            head(&mut stream).await
        };
        let head = exchange
            .await
            .map_err(|error| self.failed(target, &error.to_string()))?;
        let line = head.lines().next().unwrap_or_default();
        let (version, status_line) = line.split_once(' ').unwrap_or_default();
        let code = status_line
            .get(..3)
            .and_then(|code| code.parse::<u16>().ok());
        let status: String = status_line
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_SHOWN)
            .collect();
        match code.filter(|_| version.starts_with("HTTP/1.")) {
            Some(200..=299) => Ok(stream),
            Some(407) => Err(self.failed(
                target,
                "requires a valid user name and password in --outbound-proxy",
            )),
            Some(408 | 429 | 500..) => Err(self.failed(target, &format!("responded {status}"))),
            Some(_) => Err(SendError::ProxyRefused {
                host: target.to_owned(),
                proxy: self.name(),
                status,
            }),
            None => Err(self.failed(target, "does not speak HTTP")),
        }
    }

    fn failed(&self, target: &str, why: &str) -> SendError {
        SendError::Connect {
            host: target.to_owned(),
            why: format!("the proxy {} {why}", self.name()),
        }
    }
}

/// The head of the response, and not a byte more: what follows belongs to the tunnel.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if bytes.len() == MAX_HEAD {
            return Err(io::Error::other("sent too long a response head"));
        }
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) => return Err(io::Error::other("closed the connection")),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
