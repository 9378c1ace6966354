//! The company's proxy: a tunnel (`CONNECT`, RFC 9110 section 9.3.6) to what lies on the Internet.
//!
//! It weakens nothing: an address is checked here as without a proxy, and the proxy is led to that
//! very address. Only names that the operator has listed are left to the proxy to resolve.

use crate::allow::host_name;
use crate::{Auth, SendError};
use model::Secret;
use percent_encoding::percent_decode_str;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Bytes of an answer's head that are read.
const HEAD: usize = 8 * 1024;
/// Characters of what a proxy said that are shown.
const SHOWN: usize = 100;

/// A proxy, and the names that it resolves for us.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub(crate) host: String,
    pub(crate) port: u16,
    auth: Auth,
    names: Vec<String>,
}

/// What is wrong with an address of a proxy, or with a name it shall resolve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// the address
    #[error("{0}; it has to be like http://[user:password@]proxy.example.com:3128")]
    Url(String),
    /// a name
    #[error("\"{0}\" is no host name; write for example discord.com")]
    Name(String),
}

impl Proxy {
    /// Reads `http://[user:password@]host[:port]`, port 80 unless it says another.
    ///
    /// No error quotes the address: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let bad = |why: &str| ProxyError::Url(why.to_owned());
        let url =
            Url::parse(text.trim()).map_err(|error| bad(&format!("it is no URL ({error})")))?;
        if url.scheme() != "http" {
            return Err(bad(&format!(
                "a proxy with {}:// is not possible",
                url.scheme()
            )));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(bad("something stands behind the host"));
        }
        let decoded = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded
                .map(String::from)
                .map_err(|_| bad("its user name or password cannot be read"))
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

    /// The same with names, separated by commas or blanks, that are left to it to resolve.
    pub fn resolving(mut self, names: &str) -> Result<Self, ProxyError> {
        let entries = names.split([',', ' ', '\t', '\n']);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let name = host_name(entry).ok_or_else(|| ProxyError::Name(entry.to_owned()))?;
            self.names.push(name);
        }
        Ok(self)
    }

    /// Whether the name is left to it.
    pub(crate) fn resolves(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.contains(&host)
    }

    /// `host:port`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Has the proxy lead a connection to it on to `target`, a `host:port`.
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
        let (version, said) = line.split_once(' ').unwrap_or_default();
        let status = said.get(..3).and_then(|status| status.parse::<u16>().ok());
        let said: String = said
            .chars()
            .filter(|c| !c.is_control())
            .take(SHOWN)
            .collect();
        match status.filter(|_| version.starts_with("HTTP/1.")) {
            Some(200..=299) => Ok(stream),
            Some(407) => Err(self.failed(
                target,
                "wants a user name and a password, or others than those in --outbound-proxy",
            )),
            Some(408 | 429 | 500..) => Err(self.failed(target, &format!("answered {said}"))),
            Some(_) => Err(SendError::ProxyRefused {
                host: target.to_owned(),
                proxy: self.name(),
                said,
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

/// The head of an answer, and not a byte of what follows: that is the tunnel's.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        if bytes.len() == HEAD {
            return Err(io::Error::other("says more than a proxy has to"));
        }
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_) => return Err(io::Error::other("hung up")),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
