//! The layout that all pages share.

use super::page_request::PageRequest;
use super::{assets, redirect, security_headers, text};
use crate::error::ApiError;
use askama::Template;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;

/// What the layout of a page shows.
pub(super) struct Layout {
    /// the prefix of all paths
    pub(super) base: String,
    /// path of the style sheet
    pub(super) style: String,
    /// path of the icon
    pub(super) icon: String,
    /// the signed-in user
    pub(super) user: Option<SignedInUser>,
    /// path of the sign-in page, which returns to this page
    pub(super) sign_in: String,
}

/// The signed-in user.
pub(super) struct SignedInUser {
    /// display name
    pub(super) name: String,
    /// user name
    pub(super) username: String,
    /// CSRF token of the session's forms
    pub(super) token: String,
}

impl Layout {
    pub(super) fn of(request: &PageRequest) -> Self {
        let base = request.base();
        let user = request
            .user()
            .zip(request.form_token())
            .map(|(user, token)| SignedInUser {
                name: text::line(&user.name),
                username: user.username.clone(),
                token,
            });
        Self {
            style: format!("{base}{}", assets::style()),
            icon: format!("{base}{}", assets::icon()),
            sign_in: redirect::to_sign_in(request.path_and_query()),
            base,
            user,
        }
    }
}

/// A time for machines and for people.
pub(super) struct Time {
    /// ISO 8601
    pub(super) machine: String,
    /// in UTC, to the minute
    pub(super) person: String,
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self {
            machine: crate::answer::time(at),
            person: at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
        }
    }
}

/// Renders a page.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            return security_headers::add(ApiError::Internal(error.to_string()).into_response());
        }
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    security_headers::add(response)
}
