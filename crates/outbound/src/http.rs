//! The HTTP client, one for the whole process.

use crate::connect::{Connector, Resolve, SystemResolver};
use crate::error::within;
use crate::limits::HostLimits;
use crate::relay::RelayClient;
use crate::request::{Answer, Method, Request};
use crate::{AllowList, Authorities, Proxy, Relay, SendError, tls};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// Limits for all outgoing requests.
#[derive(Clone, Debug)]
pub struct Limits {
    /// for resolving and connecting
    pub connect_timeout: Duration,
    /// for the whole request, including the answer
    pub timeout: Duration,
    /// maximum size of an answer, in bytes
    pub answer_bytes: usize,
    /// maximum of concurrent requests to one host
    pub concurrent_per_host: usize,
    /// maximum of requests to one host started per second; 0: unlimited
    pub per_second_per_host: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(10),
            answer_bytes: 8 * 1024 * 1024,
            concurrent_per_host: 32,
            per_second_per_host: 0,
        }
    }
}

/// The maximum of redirects followed on one host.
const MAX_REDIRECTS: usize = 5;

type HttpsClient = Client<HttpsConnector<Connector>, Full<Bytes>>;

/// Sends requests to permitted addresses, within limits; follows no redirects to other hosts.
pub struct Outbound {
    pub(crate) connector: Connector,
    pub(crate) limits: Limits,
    pub(crate) hosts: HostLimits,
    /// trusted besides the system's
    pub(crate) authorities: Authorities,
    client: OnceLock<HttpsClient>,
    /// the mail server, if one is configured
    pub(crate) relay: Option<RelayClient>,
    /// accepts any certificate; few installations need it
    unverified_client: OnceLock<HttpsClient>,
}

impl Outbound {
    /// A client for the public Internet and the addresses that the list permits.
    pub fn new(allow: AllowList, limits: Limits) -> Self {
        Self::with_resolver(Arc::new(SystemResolver), allow, limits)
    }

    fn with_resolver(resolver: Arc<dyn Resolve>, allow: AllowList, limits: Limits) -> Self {
        Self {
            connector: Connector::new(resolver, allow, limits.connect_timeout),
            hosts: HostLimits::new(limits.concurrent_per_host, limits.per_second_per_host),
            limits,
            authorities: Authorities::default(),
            client: OnceLock::new(),
            relay: None,
            unverified_client: OnceLock::new(),
        }
    }

    /// Adds a mail server. The operator chose it, so its address is not checked.
    #[must_use]
    pub fn with_relay(mut self, relay: Relay) -> Self {
        let timeout = self.limits.connect_timeout;
        let everything = AllowList::everything();
        let connector = Connector::new(Arc::new(SystemResolver), everything, timeout);
        self.relay = Some(RelayClient::new(relay, connector));
        self
    }

    /// Adds trusted certificate authorities, for tools and the mail server.
    #[must_use]
    pub fn with_authorities(mut self, authorities: Authorities) -> Self {
        self.authorities = authorities;
        self
    }

    /// Adds a proxy for public addresses; the mail server is reached without it.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.connector.use_proxy(proxy);
        self
    }

    /// The mail server's URL without credentials, if one is configured.
    pub fn relay_url(&self) -> Option<String> {
        self.relay.as_ref().map(|client| client.relay.url())
    }

    /// The addresses that the operator permits besides public ones.
    pub fn allow(&self) -> Arc<AllowList> {
        self.connector.allow()
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub async fn send(&self, request: &Request) -> Result<Answer, SendError> {
        let mut url = checked_url(&request.url)?;
        let host = authority(&url);
        let _permit = self.hosts.acquire(&host).await;
        let exchange = async {
            for _ in 0..MAX_REDIRECTS {
                let answer = self.exchange(request, &url, &host).await?;
                match redirect_target(request.method, &answer, &url, &host)? {
                    Some(next) => url = next,
                    None => return Ok(answer),
                }
            }
            Err(SendError::Redirect {
                host: host.clone(),
                location: format!("itself more than {MAX_REDIRECTS} times"),
            })
        };
        within(self.limits.timeout, &host, exchange).await
    }

    /// Opens a connection to the host of this URL, of any scheme, and closes it again.
    pub async fn probe(&self, url: &str) -> Result<(), SendError> {
        let bad = |why: &str| SendError::BadUrl {
            url: url.to_owned(),
            why: why.to_owned(),
        };
        let parsed = Url::parse(url).map_err(|error| bad(&error.to_string()))?;
        let host = parsed.host_str().ok_or_else(|| bad("it has no host"))?;
        let port = parsed
            .port_or_known_default()
            .ok_or_else(|| bad("it has no port"))?;
        let connector = match &self.relay {
            Some(client) if client.relay.url() == url => &client.connector,
            _ => &self.connector,
        };
        connector.connect(host, port).await.map(drop)
    }

    async fn exchange(
        &self,
        request: &Request,
        url: &Url,
        host: &str,
    ) -> Result<Answer, SendError> {
        let wire = wire_request(request, url)?;
        let response = self
            .client(request.verify_certificate)
            .request(wire)
            .await
            .map_err(|error| from_client(&error, host))?;
        self.read(response, host).await
    }

    fn client(&self, verify_certificate: bool) -> &HttpsClient {
        let client = |config| {
            let idle = self.limits.concurrent_per_host;
            https_client(self.connector.clone(), config, idle)
        };
        if verify_certificate {
            let make = || client(tls::verifying(&self.authorities));
            self.client.get_or_init(make)
        } else {
            self.unverified_client
                .get_or_init(|| client(tls::unverified()))
        }
    }

    async fn read(
        &self,
        response: hyper::Response<Incoming>,
        host: &str,
    ) -> Result<Answer, SendError> {
        let (head, body) = response.into_parts();
        let limit = self.limits.answer_bytes;
        let too_large = || SendError::TooLarge {
            host: host.to_owned(),
            limit,
        };
        if body.size_hint().lower() > limit as u64 {
            return Err(too_large());
        }
        let bytes = Limited::new(body, limit).collect().await.map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                too_large()
            } else {
                SendError::Broken {
                    host: host.to_owned(),
                    why: chain(error.as_ref()),
                }
            }
        })?;
        let headers = head.headers.iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        Ok(Answer {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&bytes.to_bytes()).into_owned(),
        })
    }
}

/// Accepts http and https URLs with a host and without credentials.
fn checked_url(text: &str) -> Result<Url, SendError> {
    let bad = |why: &str| SendError::BadUrl {
        url: text
            .rsplit('@')
            .next()
            .and_then(|rest| rest.split('?').next())
            .unwrap_or_default()
            .to_owned(),
        why: why.to_owned(),
    };
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("only http and https are supported"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad(
            "it contains credentials, which have fields of their own",
        ));
    }
    Ok(url)
}

/// `host:port`, with the default port too.
fn authority(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

/// The target of a redirect within the same origin; an error for any other redirect.
fn redirect_target(
    method: Method,
    answer: &Answer,
    url: &Url,
    host: &str,
) -> Result<Option<Url>, SendError> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(next) = answer
        .header("location")
        .and_then(|location| url.join(location).ok())
    else {
        return Ok(None);
    };
    let preserves_method =
        matches!(method, Method::Get | Method::Head) || matches!(answer.status, 307 | 308);
    if next.origin() == url.origin() && preserves_method {
        return Ok(Some(next));
    }
    let mut shown = next;
    shown.set_query(None);
    shown.set_fragment(None);
    Err(SendError::Redirect {
        host: host.to_owned(),
        location: shown.to_string(),
    })
}

fn wire_request(request: &Request, url: &Url) -> Result<hyper::Request<Full<Bytes>>, SendError> {
    let mut builder = hyper::Request::builder()
        .method(request.method.name())
        .uri(url.as_str())
        .header(
            "user-agent",
            concat!("Crosstie/", env!("CARGO_PKG_VERSION")),
        );
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    if let Some(credentials) = request.auth.header() {
        builder = builder.header("authorization", credentials);
    }
    let body = match &request.body {
        Some((media_type, text)) => {
            builder = builder.header("content-type", *media_type);
            Bytes::copy_from_slice(text.as_bytes())
        }
        None => Bytes::new(),
    };
    builder
        .body(Full::new(body))
        .map_err(|error| SendError::BadUrl {
            url: authority(url),
            why: error.to_string(),
        })
}

/// A client that pools as many connections to a host as are used at the same time: opening one takes
/// several times as long as a request.
fn https_client(connector: Connector, config: ClientConfig, idle_per_host: usize) -> HttpsClient {
    let https = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(idle_per_host)
        .pool_timer(TokioTimer::new())
        .build(https)
}

/// The cause of the client's error: from the connector, from TLS, or a broken connection.
fn from_client(error: &(dyn StdError + 'static), host: &str) -> SendError {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(ours) = current.downcast_ref::<SendError>() {
            return ours.clone();
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return SendError::Tls {
                host: host.to_owned(),
                why: tls.to_string(),
            };
        }
        cause = inner(current);
    }
    SendError::Broken {
        host: host.to_owned(),
        why: chain(error),
    }
}

/// The next cause; an I/O error's own `source` would skip the error that it wraps.
fn inner<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    match error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// An error with its causes in one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(current) = cause {
        let next = current.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = current.source();
    }
    text
}

#[cfg(test)]
mod tests;
