//! Pages to look at: all mails, and one of them. No scripts; a mail's own page is shown in a frame
//! that may do nothing.

use super::Mail;
use super::message::Message;
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use std::future::ready;

const STYLE: &str = include_str!("../../templates/style.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// For what came in a mail: its own styles, and nothing else at all.
const FRAMED: &str =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";

/// The pages, and what answers an address that leads nowhere.
pub(super) fn router(mail: &Mail) -> Router {
    Router::new()
        .route("/", get(|Shared(mail): Shared<Mail>| ready(list(&mail))))
        .route(
            "/mails/{number}",
            get(|Shared(mail): Shared<Mail>, Path(number): Path<usize>| ready(one(&mail, number))),
        )
        .route(
            "/mails/{number}/page",
            get(|Shared(mail): Shared<Mail>, Path(number): Path<usize>| {
                ready(framed(&mail, number))
            }),
        )
        .route(
            "/style.css",
            get(|| {
                ready(answer(
                    StatusCode::OK,
                    "text/css; charset=utf-8",
                    POLICY,
                    STYLE.to_owned(),
                ))
            }),
        )
        .fallback(|| ready(missing()))
        .with_state(mail.clone())
}

#[derive(Template)]
#[template(path = "mail/list.html")]
struct ListPage {
    mails: Vec<Row>,
}

struct Row {
    number: usize,
    subject: String,
    from: String,
    to: String,
    date: String,
}

#[derive(Template)]
#[template(path = "mail/mail.html")]
struct MailPage {
    row: Row,
    headers: String,
    text: String,
    has_page: bool,
}

impl Row {
    fn of(number: usize, message: &Message) -> Self {
        Self {
            number,
            subject: message.header("Subject"),
            from: message.header("From"),
            to: message.to.join(", "),
            date: message.header("Date"),
        }
    }
}

fn list(mail: &Mail) -> Response {
    let messages = mail.messages();
    let rows = messages.iter().enumerate().rev();
    let mails = rows
        .map(|(index, message)| Row::of(index + 1, message))
        .collect();
    page(StatusCode::OK, &ListPage { mails })
}

fn found(mail: &Mail, number: usize) -> Option<Message> {
    mail.state().messages.get(number.checked_sub(1)?).cloned()
}

fn one(mail: &Mail, number: usize) -> Response {
    let Some(message) = found(mail, number) else {
        return missing();
    };
    let (headers, _) = message.raw.split_once("\r\n\r\n").unwrap_or_default();
    page(
        StatusCode::OK,
        &MailPage {
            row: Row::of(number, &message),
            headers: headers.to_owned(),
            text: message.text(),
            has_page: message.html().is_some(),
        },
    )
}

fn framed(mail: &Mail, number: usize) -> Response {
    match found(mail, number).and_then(|message| message.html()) {
        Some(html) => answer(StatusCode::OK, "text/html; charset=utf-8", FRAMED, html),
        None => missing(),
    }
}

fn missing() -> Response {
    let text = "There is nothing at this address. All mails are at /.\n".to_owned();
    answer(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        POLICY,
        text,
    )
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => answer(status, "text/html; charset=utf-8", POLICY, html),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            let text = "This page could not be made.".to_owned();
            answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain",
                POLICY,
                text,
            )
        }
    }
}

fn answer(status: StatusCode, media: &'static str, policy: &'static str, text: String) -> Response {
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
