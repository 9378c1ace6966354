//! The answers of faults.

use super::account;
use super::api::Refusal;
use super::faults::Fault;
use super::page;
use super::product::Flavour;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// What a fault answers instead of the API.
pub(super) fn answer(fault: &Fault, flavour: Flavour) -> Response {
    match fault {
        Fault::FailEvery(_) | Fault::FailHalf | Fault::None | Fault::Slow(_) => unavailable(),
        Fault::Unauthorized => account::unauthorized(flavour, true),
        Fault::Captcha => account::captcha(),
        Fault::RateLimited { retry_after_secs } => {
            let refusal =
                Refusal::with_message(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded.");
            let seconds = retry_after_secs.to_string();
            with(refusal.into_response(), RETRY_AFTER, &seconds)
        }
        Fault::Html => page::plain(StatusCode::OK, "Log in to continue."),
        Fault::Garbage => {
            let answer = Response::new(Body::from(r#"{"id":"10000","key":"GARB"#));
            with(answer, CONTENT_TYPE, "application/json;charset=UTF-8")
        }
        Fault::Redirect(to) => {
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = StatusCode::FOUND;
            with(answer, LOCATION, to)
        }
        Fault::ServerError => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Refusal::with_message(status, "Internal server error").into_response()
        }
    }
}

fn unavailable() -> Response {
    page::plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "Jira is starting up or overloaded.",
    )
}

fn with(mut answer: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}
