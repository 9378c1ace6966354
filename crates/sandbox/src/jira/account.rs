//! Authentication of API requests, and the answers to wrong credentials.

use super::login_guard::AuthOutcome;
use super::page;
use super::product::Flavour;
use super::site::Jira;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

/// Middleware that requires the right credentials.
///
/// `serverInfo` needs none; but Jira Server looks at those it is given all the same.
pub(super) async fn authenticate(
    State(jira): State<Jira>,
    request: Request,
    next: Next,
) -> Response {
    let flavour = jira.flavour();
    let entry = jira
        .state()
        .login_guard
        .check(flavour, jira.account(), request.headers());
    let open = request.uri().path() == "/serverInfo";
    match entry {
        AuthOutcome::Granted => next.run(request).await,
        AuthOutcome::Anonymous if open => next.run(request).await,
        AuthOutcome::Wrong if open && flavour == Flavour::Cloud => next.run(request).await,
        AuthOutcome::Anonymous => unauthorized(flavour, false),
        AuthOutcome::Wrong => unauthorized(flavour, true),
        AuthOutcome::Captcha => captcha(),
    }
}

/// The answer to missing or wrong credentials.
pub(super) fn unauthorized(flavour: Flavour, wrong: bool) -> Response {
    let (media, body) = match flavour {
        Flavour::Cloud => (
            "text/plain",
            "Client must be authenticated to access this resource.".to_owned(),
        ),
        Flavour::Server => {
            let body = json!({
                "errorMessages": ["You are not logged in, or these credentials are not valid."],
                "errors": {},
            });
            ("application/json;charset=UTF-8", body.to_string())
        }
    };
    let mut answer = Response::builder()
        .status(StatusCode::UNAUTHORIZED)
        .header(CONTENT_TYPE, media);
    if wrong && flavour == Flavour::Server {
        answer = answer.header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
    }
    answer.body(Body::from(body)).unwrap_or_default()
}

/// The answer while a CAPTCHA stands unsolved.
pub(super) fn captcha() -> Response {
    let mut answer = page::plain(
        StatusCode::UNAUTHORIZED,
        "Basic authentication is denied: a CAPTCHA must be solved.",
    );
    let denied = axum::http::HeaderValue::from_static("AUTHENTICATION_DENIED");
    answer.headers_mut().insert("X-Seraph-LoginReason", denied);
    answer
}
