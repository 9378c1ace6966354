//! The page that shows an error.

use super::layout::{self, Layout};
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::redirect;
use crate::error::ApiError;
use askama::Template;
use axum::response::Response;
use http::{Method, StatusCode};

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    layout: Layout,
    code: u16,
    title: &'static str,
    text: &'static str,
}

/// The error page, or a redirect to the sign-in page.
pub(super) fn respond(error: &PageError, request: &PageRequest) -> Response {
    if let PageError::SignIn = error {
        // A form cannot be submitted again after signing in.
        let back = match *request.method() {
            Method::GET => request.path_and_query(),
            _ => "/",
        };
        return request.redirect(&redirect::to_sign_in(back));
    }
    if let PageError::Failed(ApiError::TooMany(usage)) = error {
        return usage.refusal();
    }
    let status = error.status();
    if let PageError::Failed(error) = error
        && status.is_server_error()
    {
        tracing::error!(%error, status = status.as_u16(), "page failed");
    }
    let (title, text) = words(error, status);
    let page = Page {
        layout: Layout::of(request),
        code: status.as_u16(),
        title,
        text,
    };
    layout::page(status, &page)
}

/// Title and text.
fn words(error: &PageError, status: StatusCode) -> (&'static str, &'static str) {
    match (error, status) {
        (PageError::Ambiguous, _) => (
            "Which commit?",
            "More than one commit of this project starts with these digits. Add a few more digits of the hash.",
        ),
        (PageError::ExpiredForm, _) => (
            "This form has expired",
            "Nothing was changed. Go back, reload the page and submit the form again.",
        ),
        (_, StatusCode::NOT_FOUND) => (
            "Page not found",
            "This page does not exist, or you do not have access to it. Check the URL, or ask the person who sent you the link for access.",
        ),
        (_, StatusCode::PAYLOAD_TOO_LARGE) => (
            "Request too large",
            "The form is larger than this page accepts.",
        ),
        (_, StatusCode::SERVICE_UNAVAILABLE) => (
            "Temporarily unavailable",
            "The server cannot use its database right now. Try again in a minute.",
        ),
        (_, status) if status.is_client_error() => (
            "Bad request",
            "The URL or the form is invalid. Check the URL you followed.",
        ),
        _ => (
            "Something went wrong",
            "This is an error in Crosstie; the server's log has the details. Try again, and contact an administrator if it happens again.",
        ),
    }
}
