//! The mail server of `--smtp-url`: its address, encryption and credentials.

use crate::connect::{Connector, bare};
use crate::{Authorities, tls};
use model::Secret;
use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use url::{Host, Url};

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// never
    None,
    /// if the server offers STARTTLS
    Opportunistic,
    /// always, with STARTTLS
    Required,
    /// always, from the first byte on (`smtps`)
    Implicit,
}

/// A mail server that accepts messages for delivery.
#[derive(Clone, Debug)]
pub struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) credentials: Option<(String, Secret)>,
}

/// A mail server, with what is needed to connect to it.
pub(crate) struct RelayClient {
    pub(crate) relay: Relay,
    pub(crate) connector: Connector,
    tls: OnceLock<Arc<ClientConfig>>,
}

impl RelayClient {
    pub(crate) fn new(relay: Relay, connector: Connector) -> Self {
        Self {
            relay,
            connector,
            tls: OnceLock::new(),
        }
    }

    /// For certificates of the system's authorities and these.
    pub(crate) fn tls_config(&self, authorities: &Authorities) -> Arc<ClientConfig> {
        let config = || Arc::new(tls::verifying(authorities));
        Arc::clone(self.tls.get_or_init(config))
    }
}

/// An invalid `--smtp-url`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}; it must be like smtp://mail.example.com:587?tls=required, or smtps://user:password@mail.example.com"
)]
pub struct RelayError(String);

impl Relay {
    /// Parses `smtp://[user:password@]host[:port][?tls=required|opportunistic|none]` or `smtps://…`.
    ///
    /// No error quotes the URL: it may contain a password.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let bad = |why: &str| RelayError(why.to_owned());
        let url =
            Url::parse(text.trim()).map_err(|error| bad(&format!("it is not a URL ({error})")))?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            other => return Err(bad(&format!("{other}:// is not smtp:// or smtps://"))),
        };
        let host = url.host_str().unwrap_or_default();
        // With an unknown scheme the parser accepts any text as host.
        let host = match Host::parse(host) {
            Ok(host) => host.to_string(),
            Err(_) => return Err(bad("it has no host")),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(bad("it must end after the host and port"));
        }
        let credentials = credentials(&url)?;
        let tls = match (tls_parameter(&url)?, implicit) {
            (None, true) => Tls::Implicit,
            (Some(_), true) => return Err(bad("smtps:// is always encrypted: remove ?tls=")),
            (Some(tls), false) => tls,
            (None, false) if credentials.is_some() => Tls::Required,
            (None, false) if is_loopback(&host) => Tls::None,
            (None, false) => Tls::Opportunistic,
        };
        Ok(Self {
            port: url.port().unwrap_or(if implicit { 465 } else { 25 }),
            host,
            tls,
            credentials,
        })
    }

    /// `smtp://host:port`, without credentials.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.name())
    }

    /// `host:port`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn credentials(url: &Url) -> Result<Option<(String, Secret)>, RelayError> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
        (!text.contains(['\r', '\n', '\0'])).then_some(text)
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (name, Some(password)) if !name.is_empty() => decoded(name)
            .zip(decoded(password))
            .map(|(name, password)| Some((name, Secret::new(password))))
            .ok_or_else(|| {
                RelayError("its user name or password is not valid percent-encoded text".into())
            }),
        _ => Err(RelayError(
            "it needs both a user name and a password, or neither".into(),
        )),
    }
}

fn tls_parameter(url: &Url) -> Result<Option<Tls>, RelayError> {
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        tls = Some(match (&*name, &*value) {
            ("tls", "none") => Tls::None,
            ("tls", "opportunistic") => Tls::Opportunistic,
            ("tls", "required") => Tls::Required,
            ("tls", _) => {
                let why = "`tls` must be required, opportunistic or none";
                return Err(RelayError(why.into()));
            }
            _ => return Err(RelayError("`tls` is the only parameter".into())),
        });
    }
    Ok(tls)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || bare(host)
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omitted_parts_have_the_safer_default() {
        for (text, url, tls) in [
            (
                "smtp://mail.test",
                "smtp://mail.test:25",
                Tls::Opportunistic,
            ),
            (
                "smtp://mail.test:587/",
                "smtp://mail.test:587",
                Tls::Opportunistic,
            ),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525", Tls::None),
            ("smtp://[::1]", "smtp://[::1]:25", Tls::None),
            (
                "smtp://localhost?tls=required",
                "smtp://localhost:25",
                Tls::Required,
            ),
            ("smtp://a:b@mail.test", "smtp://mail.test:25", Tls::Required),
            (
                "smtp://a:b@mail.test?tls=none",
                "smtp://mail.test:25",
                Tls::None,
            ),
            (
                "smtps://a:b@mail.test",
                "smtp://mail.test:465",
                Tls::Implicit,
            ),
        ] {
            let relay = Relay::parse(text).unwrap();
            assert_eq!((relay.url().as_str(), relay.tls), (url, tls), "{text}");
        }
        let (name, password) = Relay::parse("smtp://a%40x:p%3Aw@m.test")
            .unwrap()
            .credentials
            .unwrap();
        assert_eq!((name.as_str(), password.expose()), ("a@x", "p:w"));
    }

    #[test]
    fn an_error_names_the_problem_without_the_password() {
        for (text, part) in [
            ("mail.test:25", "mail.test:// is not smtp://"),
            ("nonsense", "not a URL"),
            ("http://u:hunter2@mail.test", "http:// is not smtp://"),
            ("smtp://", "no host"),
            ("smtp://u@mail.test", "both a user name and a password"),
            (
                "smtp://:hunter2@mail.test",
                "both a user name and a password",
            ),
            ("smtp://u:hunter2%0a@mail.test", "not valid percent-encoded"),
            ("smtp://mail.test?tls=maybe", "must be required"),
            ("smtps://mail.test?tls=none", "always encrypted"),
            ("smtp://mail.test?ssl=1", "`tls` is the only parameter"),
            ("smtp://mail.test/inbox", "end after the host and port"),
        ] {
            let error = Relay::parse(text).unwrap_err().to_string();
            assert!(
                error.contains(part) && !error.contains("hunter2"),
                "{text}: {error}"
            );
        }
        let shown = format!("{:?}", Relay::parse("smtp://u:hunter2@mail.test").unwrap());
        assert!(!shown.contains("hunter2"));
    }
}
