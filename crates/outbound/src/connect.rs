//! Connecting to a checked address.
//!
//! A name is resolved once; all its addresses must be permitted, and the connection
//! is to one of those very addresses, which prevents DNS rebinding. Literal addresses
//! pass the same check. Public addresses are reached through the proxy, if there is one.

use crate::error::within;
use crate::{AllowList, Proxy, SendError, guard};
use async_trait::async_trait;
use hyper::Uri;
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tower_service::Service;

/// Resolves names to addresses.
#[async_trait]
pub(crate) trait Resolve: Send + Sync {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The operating system's resolver.
pub(crate) struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    #[expect(
        clippy::disallowed_methods,
        reason = "the only place that resolves names"
    )]
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Opens TCP connections to permitted addresses, for hyper and directly.
#[derive(Clone)]
pub(crate) struct Connector {
    resolver: Arc<dyn Resolve>,
    allow: Arc<AllowList>,
    proxy: Option<Arc<Proxy>>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(resolver: Arc<dyn Resolve>, allow: AllowList, timeout: Duration) -> Self {
        Self {
            resolver,
            allow: Arc::new(allow),
            proxy: None,
            timeout,
        }
    }

    /// Connects to public addresses through a proxy from now on.
    pub(crate) fn use_proxy(&mut self, proxy: Proxy) {
        self.proxy = Some(Arc::new(proxy));
    }

    pub(crate) fn allow(&self) -> Arc<AllowList> {
        Arc::clone(&self.allow)
    }

    /// A connection to `host`, which may be a name or a literal address.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, SendError> {
        let work = self.connect_untimed(host, port);
        within(self.timeout, &format!("{host}:{port}"), work).await
    }

    async fn connect_untimed(&self, host: &str, port: u16) -> Result<TcpStream, SendError> {
        if let Some(proxy) = self.proxy.as_ref().filter(|proxy| proxy.resolves(host)) {
            return self.through(proxy, &format!("{host}:{port}")).await;
        }
        let mut last = SendError::Connect {
            host: format!("{host}:{port}"),
            why: "the name has no address".into(),
        };
        for address in self.checked_addresses(host, port).await? {
            let opened = match &self.proxy {
                Some(proxy) if guard::is_public(address.ip()) => {
                    self.through(proxy, &address.to_string()).await
                }
                _ => open(address).await.map_err(|error| SendError::Connect {
                    host: format!("{host}:{port}"),
                    why: error.to_string(),
                }),
            };
            match opened {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// A tunnel to `target`. The operator chose the proxy, so its address is not checked.
    async fn through(&self, proxy: &Proxy, target: &str) -> Result<TcpStream, SendError> {
        let mut last = String::from("the name has no address");
        for address in self.addresses(&proxy.host, proxy.port).await? {
            match open(address).await {
                Ok(stream) => return proxy.tunnel(stream, target).await,
                Err(error) => last = error.to_string(),
            }
        }
        Err(SendError::Connect {
            host: format!("{} (the proxy of --outbound-proxy)", proxy.name()),
            why: last,
        })
    }

    async fn checked_addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, SendError> {
        let addresses = self.addresses(host, port).await?;
        let bare = bare(host);
        match addresses
            .iter()
            .find(|address| !self.allow.permits(bare, address.ip()))
        {
            Some(refused) => Err(SendError::Refused {
                host: bare.to_owned(),
                address: refused.ip().to_string(),
            }),
            None => Ok(addresses),
        }
    }

    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, SendError> {
        let bare = bare(host);
        if let Ok(literal) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(literal, port)]);
        }
        let resolved = self.resolver.resolve(bare, port).await;
        resolved.map_err(|error| SendError::Resolve {
            host: bare.to_owned(),
            why: match &self.proxy {
                Some(proxy) if proxy.host != host => {
                    format!(
                        "{error}; if the proxy can resolve it, add it to --outbound-proxy-names"
                    )
                }
                _ => error.to_string(),
            },
        })
    }
}

/// A host without the brackets of an IPv6 address.
pub(crate) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[expect(
    clippy::disallowed_methods,
    reason = "the only place that opens connections, after the address check"
)]
async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = SendError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let host = uri.host().unwrap_or_default();
            let default_port = if uri.scheme_str() == Some("https") {
                443
            } else {
                80
            };
            let port = uri.port_u16().unwrap_or(default_port);
            connector.connect(host, port).await.map(TokioIo::new)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names(Vec<&'static str>);

    #[async_trait]
    impl Resolve for Names {
        async fn resolve(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            Ok(self
                .0
                .iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), port))
                .collect())
        }
    }

    fn connector(names: &[&'static str], allow: &str) -> Connector {
        Connector::new(
            Arc::new(Names(names.to_vec())),
            AllowList::parse(allow).unwrap(),
            Duration::from_secs(5),
        )
    }

    #[tokio::test]
    async fn one_private_address_among_public_ones_refuses_the_name() {
        let connector = connector(&["8.8.8.8", "10.0.0.1"], "");
        let error = connector.connect("rebind.test", 80).await.unwrap_err();
        assert!(matches!(error, SendError::Refused { address, .. } if address == "10.0.0.1"));
    }

    #[tokio::test]
    async fn literals_never_reach_the_resolver_and_are_checked() {
        for literal in [
            "127.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
        ] {
            let error = connector(&["8.8.8.8"], "")
                .connect(literal, 80)
                .await
                .unwrap_err();
            assert!(
                matches!(error, SendError::Refused { .. }),
                "{literal}: {error}"
            );
        }
    }

    #[tokio::test]
    async fn the_checked_address_is_the_one_connected_to() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = connector(&["127.0.0.1"], "jira.internal")
            .connect("jira.internal", port)
            .await
            .unwrap();
        assert_eq!(stream.peer_addr().unwrap().ip().to_string(), "127.0.0.1");
    }
}
