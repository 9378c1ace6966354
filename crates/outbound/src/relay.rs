//! The operator's mail server: where it is, and how it is spoken to.

use model::Secret;
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use url::{Host, Url};

/// When the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// never
    None,
    /// if the server offers it
    Opportunistic,
    /// or nothing is sent
    Required,
    /// from the first byte on
    Implicit,
}

/// A mail server that takes what we send.
#[derive(Clone, Debug)]
pub struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) credentials: Option<(String, Secret)>,
}

/// What is wrong with an address of a mail server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}; it has to be like smtp://mail.example.com:587?tls=required, or smtps://user:password@mail.example.com"
)]
pub struct RelayError(String);

impl Relay {
    /// Reads `smtp://[user:password@]host[:port][?tls=required|opportunistic|none]` or `smtps://…`.
    ///
    /// No error quotes the address: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, RelayError> {
        let bad = |why: &str| RelayError(why.to_owned());
        let url =
            Url::parse(text.trim()).map_err(|error| bad(&format!("it is no URL ({error})")))?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            other => return Err(bad(&format!("{other}:// is no mail server"))),
        };
        let host = url.host_str().unwrap_or_default();
        // A scheme that the parser does not know may have any text as host.
        let host = match Host::parse(host) {
            Ok(host) => host.to_string(),
            Err(_) => return Err(bad("it names no host")),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(bad("something stands behind the host"));
        }
        let credentials = credentials(&url)?;
        let tls = match (said_tls(&url)?, implicit) {
            (None, true) => Tls::Implicit,
            (Some(_), true) => return Err(bad("smtps:// is always encrypted and takes no ?tls=")),
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

    /// Where it is: `smtp://host:port`, without credentials.
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
            .ok_or_else(|| RelayError("its user name or password cannot be read".into())),
        _ => Err(RelayError("a user name and a password go together".into())),
    }
}

fn said_tls(url: &Url) -> Result<Option<Tls>, RelayError> {
    let mut said = None;
    for (name, value) in url.query_pairs() {
        said = Some(match (&*name, &*value) {
            ("tls", "none") => Tls::None,
            ("tls", "opportunistic") => Tls::Opportunistic,
            ("tls", "required") => Tls::Required,
            ("tls", _) => {
                let why = "`tls` is one of required, opportunistic and none";
                return Err(RelayError(why.into()));
            }
            _ => return Err(RelayError("after the ? only `tls` is known".into())),
        });
    }
    Ok(said)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_has_the_safer_default() {
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
    fn what_is_wrong_is_said_without_the_password() {
        for (text, part) in [
            ("mail.test:25", "no mail server"),
            ("nonsense", "no URL"),
            ("http://u:hunter2@mail.test", "http:// is no mail server"),
            ("smtp://", "no host"),
            ("smtp://u@mail.test", "go together"),
            ("smtp://:hunter2@mail.test", "go together"),
            ("smtp://u:hunter2%0a@mail.test", "cannot be read"),
            ("smtp://mail.test?tls=maybe", "one of required"),
            ("smtps://mail.test?tls=none", "always encrypted"),
            ("smtp://mail.test?ssl=1", "only `tls`"),
            ("smtp://mail.test/inbox", "behind the host"),
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
