//! What all pages have around them, and the headers that keep them harmless.

use super::assets;
use super::visit::Visit;
use crate::error::ApiError;
use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;

const GUARDS: [(HeaderName, &str); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer` browsers would not even tell us where our own forms come from.
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// The frame of a page.
pub(super) struct Frame {
    /// what paths begin with
    pub(super) base: String,
    /// path of the style sheet
    pub(super) style: String,
    /// path of the icon
    pub(super) icon: String,
    /// who is signed in
    pub(super) who: Option<Who>,
    /// where to go back to after signing in; the page that is looked at
    pub(super) sign_in: String,
}

/// Who is signed in.
pub(super) struct Who {
    /// the name that is shown
    pub(super) name: String,
    /// the name it signs in with
    pub(super) username: String,
    /// what its forms carry
    pub(super) token: String,
}

impl Frame {
    pub(super) fn of(visit: &Visit) -> Self {
        let base = visit.base();
        let who = visit
            .user()
            .zip(visit.form_token())
            .map(|(user, token)| Who {
                name: super::text::line(&user.name),
                username: user.username.clone(),
                token,
            });
        Self {
            style: format!("{base}{}", assets::style()),
            icon: format!("{base}{}", assets::icon()),
            sign_in: super::sign_in::address(visit.address()),
            base,
            who,
        }
    }
}

/// A moment as machines and as people read it.
pub(super) struct Moment {
    /// ISO 8601
    pub(super) machine: String,
    /// in UTC, to the minute
    pub(super) person: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self {
            machine: crate::answer::time(at),
            person: at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
        }
    }
}

/// A page as an answer.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => return guard(ApiError::Internal(error.to_string()).into_response()),
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    guard(response)
}

/// The answer with the headers that every page has.
pub(super) fn guard(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
