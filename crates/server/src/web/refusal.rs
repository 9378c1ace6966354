//! Why a page is not shown, as a page.

use super::frame::{self, Frame};
use super::visit::Visit;
use crate::error::ApiError;
use askama::Template;
use axum::response::Response;
use http::{Method, StatusCode};
use store::StoreError;

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum Refusal {
    /// nobody is signed in, and what was asked for is not public, or not there
    SignIn,
    /// it is not there, or not for these eyes
    NotFound,
    /// the beginning of a hash that several commits have
    Several,
    /// the form was not made for this browser, or long ago
    OldForm,
    /// anything else, as the API has it
    Failed(ApiError),
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Page {
    frame: Frame,
    code: u16,
    title: &'static str,
    text: &'static str,
}

impl Refusal {
    /// The page that says so, or the way to the sign-in page.
    pub(super) fn answer(self, visit: &Visit) -> Response {
        if let Self::SignIn = self {
            // What was sent cannot be sent again by itself.
            let back = match *visit.method() {
                Method::GET => visit.address(),
                _ => "/",
            };
            return visit.lead(&super::sign_in::address(back));
        }
        if let Self::Failed(ApiError::TooMany(usage)) = self {
            return usage.refusal();
        }
        let status = self.status();
        if let Self::Failed(error) = &self
            && status.is_server_error()
        {
            tracing::error!(%error, status = status.as_u16(), "page failed");
        }
        let (title, text) = self.words(status);
        let page = Page {
            frame: Frame::of(visit),
            code: status.as_u16(),
            title,
            text,
        };
        frame::page(status, &page)
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::NotFound | Self::Several => StatusCode::NOT_FOUND,
            Self::OldForm => StatusCode::FORBIDDEN,
            Self::Failed(error) => error.status(),
        }
    }

    fn words(&self, status: StatusCode) -> (&'static str, &'static str) {
        match (self, status) {
            (Self::Several, _) => (
                "Which commit?",
                "More than one commit of this project begins like that. Add a few more digits of its hash.",
            ),
            (Self::OldForm, _) => (
                "This form has expired",
                "Nothing was changed. Go back, reload the page and send the form again.",
            ),
            (_, StatusCode::NOT_FOUND) => (
                "Page not found",
                "There is no such page, or you have no access to it. Check the address, or ask whoever gave you the link for access.",
            ),
            (_, StatusCode::PAYLOAD_TOO_LARGE) => (
                "Too much at once",
                "The form is larger than this page takes.",
            ),
            (_, StatusCode::SERVICE_UNAVAILABLE) => (
                "Not available just now",
                "The server cannot read its database at the moment. Try again in a minute.",
            ),
            (_, status) if status.is_client_error() => (
                "This request makes no sense",
                "The address or the form could not be read. Check the address you followed.",
            ),
            _ => (
                "Something went wrong",
                "The fault is ours and has been written to the server's log. Try again, and tell an administrator if it happens again.",
            ),
        }
    }
}
