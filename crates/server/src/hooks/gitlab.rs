//! GitLab's hooks: a token in a header, a body that is already in shape.
//!
//! Headers: GitLab's webhook documentation (events facts, section 1).

use crate::error::ApiError;
use bytes::Bytes;
use engine::Received;
use http::{HeaderMap, HeaderValue};
use model::Secret;
use model::secret::constant_time_eq;
use ring::digest::{SHA256, digest};
use std::sync::Arc;

/// Longest delivery id that is kept as it came.
const LONGEST_KEY: usize = 200;

/// Whether the request carries the source's secret.
pub(super) fn authenticate(headers: &HeaderMap, secret: &Secret) -> Result<(), ApiError> {
    let given = headers
        .get("x-gitlab-token")
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if constant_time_eq(given, secret.expose().as_bytes()) {
        return Ok(());
    }
    let why = if given.is_empty() {
        "X-Gitlab-Token is missing"
    } else {
        "X-Gitlab-Token is wrong"
    };
    Err(ApiError::UnauthorizedBecause(why.into()))
}

/// The event as it came; bytes that are no UTF-8 become replacement characters.
pub(super) fn received(headers: &HeaderMap, body: &Bytes) -> Received {
    Received {
        body: text(body),
        source_key: delivery_id(headers, body),
    }
}

/// Nearly all is UTF-8, which is seen faster than it is mended.
fn text(body: &Bytes) -> Arc<str> {
    match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(body).into(),
    }
}

/// GitLab's id of a delivery, the same at each of its own retries.
///
/// Servers before 17.4 send only the event's id, which hooks set off by one another
/// share: there the body counts too.
pub(super) fn delivery_id(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|text| !text.is_empty())
    };
    let key = text("idempotency-key").or_else(|| text("webhook-id"));
    match (key, text("x-gitlab-event-uuid")) {
        (Some(key), _) if key.len() <= LONGEST_KEY => Some(key.to_owned()),
        (Some(key), _) => Some(format!("sha256:{}", sha256(key.as_bytes()))),
        (None, Some(uuid)) => Some(format!(
            "{}:{}",
            uuid.get(..64).unwrap_or(uuid),
            sha256(body)
        )),
        (None, None) => None,
    }
}

fn sha256(bytes: &[u8]) -> String {
    model::hex(digest(&SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_the_whole_secret_opens() {
        let secret = Secret::new("s3cret");
        assert!(authenticate(&headers(&[("x-gitlab-token", "s3cret")]), &secret).is_ok());
        for given in ["", "s3cre", "s3cret ", "S3CRET", "s3crets"] {
            assert!(
                authenticate(&headers(&[("x-gitlab-token", given)]), &secret).is_err(),
                "{given}"
            );
        }
        assert!(authenticate(&HeaderMap::new(), &secret).is_err());
    }

    #[test]
    fn a_repeat_is_known_by_the_hosts_own_id() {
        let body = Bytes::from_static(b"{}");
        let key = |pairs: &[(&'static str, &'static str)]| delivery_id(&headers(pairs), &body);
        assert_eq!(
            key(&[("idempotency-key", "a"), ("webhook-id", "b")]).as_deref(),
            Some("a")
        );
        assert_eq!(key(&[("webhook-id", "b")]).as_deref(), Some("b"));
        assert_eq!(key(&[]), None);
        let chained = headers(&[("x-gitlab-event-uuid", "u")]);
        let other = delivery_id(&chained, &Bytes::from_static(b"{ }"));
        assert_ne!(
            delivery_id(&chained, &body),
            other,
            "one event may set off several hooks"
        );
    }
}
