//! What the pages of all stand-ins share: their style and the headers they go out with.

use askama::Template;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jiff::Timestamp;

const STYLE: &str = include_str!("../templates/style.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A moment, for machines and for people.
pub(crate) struct Moment {
    pub(crate) machine: String,
    pub(crate) person: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self {
            machine: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            person: at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

/// The style sheet, at `/style.css`.
pub(crate) fn style() -> Response {
    answer(StatusCode::OK, "text/css; charset=utf-8", STYLE.to_owned())
}

/// A page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => answer(status, "text/html; charset=utf-8", html),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain",
                "This page could not be made.".to_owned(),
            )
        }
    }
}

/// A text of that media type.
pub(crate) fn answer(status: StatusCode, media: &'static str, text: String) -> Response {
    answer_under(POLICY, status, media, text)
}

/// The same under a content security policy of its own.
pub(crate) fn answer_under(
    policy: &'static str,
    status: StatusCode,
    media: &'static str,
    text: String,
) -> Response {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, media),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    answer
}
