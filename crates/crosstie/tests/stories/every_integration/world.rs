//! The Internet as a server under test sees it: a proxy that leads every host that an integration
//! names itself to a tool of ours, with a certificate that the server verifies like any other.

use super::entry::Entry;
use crate::harness::Server;
use sandbox::proxy::Proxy;
use sandbox::tls::{self, Identity};
use std::io::Write as _;
use std::net::SocketAddr;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;

/// A proxy, and the authority whose certificates are trusted behind it.
pub(crate) struct World {
    proxy: Proxy,
    url: String,
    authority: NamedTempFile,
}

impl World {
    pub(crate) async fn new() -> Self {
        let proxy = Proxy::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = proxy.clone();
        tokio::spawn(async move { served.serve(listener).await });
        let mut authority = NamedTempFile::new().unwrap();
        authority
            .write_all(tls::authority().unwrap().as_bytes())
            .unwrap();
        Self {
            proxy,
            url,
            authority,
        }
    }

    /// A server that reaches it.
    pub(crate) fn server(&self, environment: &[(&str, &str)]) -> Server {
        let names: Vec<_> = super::senders()
            .filter_map(|integration| {
                Entry::at(integration, "http", SocketAddr::from(([127, 0, 0, 1], 9))).host()
            })
            .collect();
        let names = names.join(",");
        let own = [
            ("CROSSTIE_OUTBOUND_PROXY", self.url.as_str()),
            ("CROSSTIE_OUTBOUND_PROXY_NAMES", &names),
            (
                "CROSSTIE_OUTBOUND_CA_FILE",
                self.authority.path().to_str().unwrap(),
            ),
        ];
        Server::start_with(&[&own, environment].concat())
    }

    /// Leads the host of an entry to a tool, unless its settings do so themselves.
    pub(crate) fn lead(&self, entry: &Entry, tool: SocketAddr) {
        if let Some(host) = entry.host() {
            let identity = Identity::of(&host).unwrap();
            self.proxy.lead(&host, tool, identity);
        }
    }

    /// The same with a certificate that says something else.
    pub(crate) fn lead_as(&self, host: &str, tool: SocketAddr, identity: Identity) {
        self.proxy.lead(host, tool, identity);
    }
}
