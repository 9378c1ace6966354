//! GitLab's webhooks: a token in a header, a body in the shape that events are stored in.
//!
//! Headers: <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>.

use super::source::Source;
use crate::error::ApiError;
use bytes::Bytes;
use engine::IncomingEvent;
use http::{HeaderMap, HeaderValue};
use model::secret::constant_time_eq;
use model::{Event, Secret};
use ring::digest::{SHA256, digest};
use std::sync::Arc;
use store::project_details::ProjectDetails;

/// The maximum length of a delivery id that is stored unhashed.
const MAX_KEY: usize = 200;

/// Requests of GitLab's project webhooks.
pub(super) struct Gitlab;

impl Source for Gitlab {
    fn precheck(&self, headers: &HeaderMap, secret: &Secret) -> Result<(), ApiError> {
        check_token(headers, secret)
    }

    fn signs_body(&self) -> bool {
        false
    }

    fn verify(&self, headers: &HeaderMap, _: &Bytes, secret: &Secret) -> Result<(), ApiError> {
        check_token(headers, secret)
    }

    fn events(
        &self,
        headers: &HeaderMap,
        body: &Bytes,
        _: &ProjectDetails,
        _: &str,
    ) -> Result<Vec<IncomingEvent>, ApiError> {
        Ok(vec![event(headers, body)?])
    }
}

/// Whether the request carries the secret as its token.
pub(super) fn check_token(headers: &HeaderMap, secret: &Secret) -> Result<(), ApiError> {
    let token = headers
        .get("x-gitlab-token")
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if constant_time_eq(token, secret.expose().as_bytes()) {
        return Ok(());
    }
    let why = if token.is_empty() {
        "X-Gitlab-Token is missing"
    } else {
        "X-Gitlab-Token is wrong"
    };
    Err(ApiError::UnauthorizedBecause(why.into()))
}

/// The event of a body; bytes that are not UTF-8 become replacement characters.
pub(super) fn event(headers: &HeaderMap, body: &Bytes) -> Result<IncomingEvent, ApiError> {
    // Checking UTF-8 is faster than converting it, and nearly every body is valid.
    let text: Arc<str> = match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => String::from_utf8_lossy(body).into(),
    };
    Ok(IncomingEvent {
        event: Event::parse_shared(text)?,
        source_key: delivery_id(headers, body),
    })
}

/// GitLab's id of a delivery, the same at each of its retries.
///
/// GitLab before 17.4 sends only the event's UUID, which webhooks triggered by other webhooks
/// share, so the body's digest is added there.
pub(super) fn delivery_id(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|text| !text.is_empty())
    };
    let key = text("idempotency-key").or_else(|| text("webhook-id"));
    match (key, text("x-gitlab-event-uuid")) {
        (Some(key), _) if key.len() <= MAX_KEY => Some(key.to_owned()),
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
    fn only_the_whole_secret_is_accepted() {
        let secret = Secret::new("s3cret");
        assert!(check_token(&headers(&[("x-gitlab-token", "s3cret")]), &secret).is_ok());
        for given in ["", "s3cre", "s3cret ", "S3CRET", "s3crets"] {
            assert!(
                check_token(&headers(&[("x-gitlab-token", given)]), &secret).is_err(),
                "{given}"
            );
        }
        assert!(check_token(&HeaderMap::new(), &secret).is_err());
    }

    #[test]
    fn a_duplicate_has_the_hosts_delivery_id() {
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
