//! Every API request is read, logged and perhaps answered with a fault here.

use super::api::Refusal;
use super::fault_answers;
use super::faults::NextAnswer;
use super::log_entry::Logged;
use super::site::Jira;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The longest body that is read.
const LONGEST: usize = 1024 * 1024;

/// Middleware for all requests; pages are not affected.
pub(super) async fn pass(State(jira): State<Jira>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/rest/") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let method = parts.method.to_string();
    let path = parts
        .uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        let answer =
            Refusal::with_message(StatusCode::PAYLOAD_TOO_LARGE, "The request is too long.")
                .into_response();
        return log(
            &jira,
            Logged {
                method,
                path,
                status: 0,
                body: String::new(),
            },
            answer,
        );
    };
    let entry = Logged {
        method,
        path,
        status: 0,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let request = Request::from_parts(parts, Body::from(bytes));

    let next_answer = jira.state().faults.next();
    match next_answer {
        NextAnswer::Straight => {
            let answer = next.run(request).await;
            log(&jira, entry, answer)
        }
        NextAnswer::Late(delay) => {
            let answer = next.run(request).await;
            // Logged before the wait: who gives up waiting has been served all the same.
            let answer = log(&jira, entry, answer);
            tokio::time::sleep(delay).await;
            answer
        }
        NextAnswer::Afterwards(fault) => {
            next.run(request).await;
            log(&jira, entry, fault_answers::answer(&fault, jira.flavour()))
        }
        NextAnswer::Instead(fault) => {
            log(&jira, entry, fault_answers::answer(&fault, jira.flavour()))
        }
    }
}

fn log(jira: &Jira, mut entry: Logged, answer: Response) -> Response {
    entry.status = answer.status().as_u16();
    tracing::debug!(
        method = entry.method,
        path = entry.path,
        status = entry.status,
        "Jira's stand-in answered"
    );
    jira.state().log.push(entry);
    answer
}
