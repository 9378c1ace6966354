//! A request as data, and its answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use model::Secret;
use serde_json::Value;
use std::time::Duration;
use url::form_urlencoded;

/// The HTTP methods that integrations use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "HTTP's own names")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Delete,
}

impl Method {
    /// The method's name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// How a request is authenticated.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    /// not at all
    #[default]
    None,
    /// user name and password
    Basic {
        /// the name
        username: String,
        /// the password
        password: Secret,
    },
    /// a token
    Bearer(Secret),
}

impl Auth {
    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                Some(format!("Basic {}", STANDARD.encode(pair)))
            }
            Self::Bearer(token) => Some(format!("Bearer {}", token.expose())),
        }
    }
}

/// One HTTP request to make.
#[derive(Clone, Debug)]
pub struct Request {
    /// the method
    pub method: Method,
    /// absolute URL
    pub url: String,
    /// credentials
    pub auth: Auth,
    /// further headers; `Content-Type` comes with the body
    pub headers: Vec<(&'static str, String)>,
    /// media type and text
    pub body: Option<(&'static str, String)>,
    /// whether the host's certificate must be trusted by the system
    pub verify_certificate: bool,
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            auth: Auth::None,
            headers: vec![("accept", "application/json".into())],
            body: None,
            verify_certificate: true,
        }
    }

    /// A `GET`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// A `POST`.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new(Method::Post, url)
    }

    /// A `PUT`.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new(Method::Put, url)
    }

    /// With credentials.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// With the host's certificate verified, or with any certificate accepted.
    #[must_use]
    pub fn verify_certificate(mut self, on: bool) -> Self {
        self.verify_certificate = on;
        self
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a web form as body (`application/x-www-form-urlencoded`).
    #[must_use]
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(fields);
        self.body = Some(("application/x-www-form-urlencoded", text.finish()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, value: &Value) -> Self {
        self.body = Some(("application/json", value.to_string()));
        self
    }
}

/// A complete HTTP response, or the equivalent of another protocol.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status
    pub status: u16,
    /// header names in lower case
    pub headers: Vec<(String, String)>,
    /// the body, decoded as UTF-8 with replacement characters
    pub body: String,
}

impl Answer {
    /// An answer for a preview or a test.
    pub fn sample(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string(),
        }
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is valid JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The delay that the host requests: `Retry-After` in seconds or as a date
    /// (<https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>).
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = rfc2822::parse(text).ok()?.timestamp();
        Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let wait = |value: &str| {
            let mut answer = Answer::sample(429, &Value::Null);
            answer.headers.push(("retry-after".into(), value.into()));
            answer.retry_after(now)
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            wait("Thu, 01 Jan 2026 00:01:00 GMT"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(wait("Wed, 31 Dec 2025 23:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-5"), None);
    }

    #[test]
    fn a_form_is_written_as_browsers_do() {
        let request = Request::post("https://x.test").form(&[("a b", "ü&="), ("c", "")]);
        let (media_type, text) = request.body.unwrap();
        assert_eq!(media_type, "application/x-www-form-urlencoded");
        assert_eq!(text, "a+b=%C3%BC%26%3D&c=");
    }

    #[test]
    fn credentials_go_into_one_header_and_are_not_printed() {
        let auth = Auth::Basic {
            username: "ada".into(),
            password: Secret::new("pw"),
        };
        assert_eq!(auth.header().as_deref(), Some("Basic YWRhOnB3"));
        assert!(!format!("{auth:?}").contains("pw"));
    }
}
