//! Pages to look at: all mails, and one of them. No scripts; a mail's own page is shown in a frame
//! that may do nothing.

use super::message::Message;
use super::sink::Mail;
use crate::web::{answer, answer_under, page, style};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use std::future::ready;

/// What the pages stand in for.
const PRODUCT: &str = "a mail server";
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
        .route("/style.css", get(|| ready(style())))
        .fallback(|| ready(missing()))
        .with_state(mail.clone())
}

#[derive(Template)]
#[template(path = "mail/list.html")]
struct ListPage {
    product: &'static str,
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
    product: &'static str,
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
    page(
        StatusCode::OK,
        &ListPage {
            product: PRODUCT,
            mails,
        },
    )
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
            product: PRODUCT,
            row: Row::of(number, &message),
            headers: headers.to_owned(),
            text: message.text(),
            has_page: message.html().is_some(),
        },
    )
}

fn framed(mail: &Mail, number: usize) -> Response {
    match found(mail, number).and_then(|message| message.html()) {
        Some(html) => answer_under(FRAMED, StatusCode::OK, "text/html; charset=utf-8", html),
        None => missing(),
    }
}

fn missing() -> Response {
    let text = "There is nothing at this address. All mails are at /.\n".to_owned();
    answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text)
}
