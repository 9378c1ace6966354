//! The page: what was message_row, by channel.

use super::messages::{Chat, Message};
use super::mrkdwn::{self, Piece};
use crate::web::{Moment, page, style};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use std::future::ready;

pub(super) fn router(chat: &Chat) -> Router {
    Router::new()
        .route("/", get(|State(chat): State<Chat>| ready(show(&chat))))
        .route("/style.css", get(|| ready(style())))
        .with_state(chat.clone())
}

#[derive(Template)]
#[template(path = "chat/messages.html")]
struct Page {
    product: &'static str,
    channels: Vec<Channel>,
}

struct Channel {
    name: String,
    messages: Vec<MessageRow>,
}

struct MessageRow {
    who: String,
    at: Moment,
    text: Vec<Piece>,
    attachments: Vec<Attachment>,
}

struct Attachment {
    tone: &'static str,
    author: String,
    title: String,
    title_link: String,
    text: Vec<Piece>,
    fields: Vec<(String, Vec<Piece>)>,
    footer: String,
}

fn show(chat: &Chat) -> Response {
    let messages = chat.messages();
    let in_channel = |name: &String| {
        messages
            .iter()
            .filter(|message| message.channel == *name)
            .map(message_row)
            .collect()
    };
    let channels = chat.shared.channels.iter().map(|name| Channel {
        name: name.clone(),
        messages: in_channel(name),
    });
    let page_of_all = Page {
        product: "a chat",
        channels: channels.collect(),
    };
    page(StatusCode::OK, &page_of_all)
}

fn message_row(message: &Message) -> MessageRow {
    let payload = &message.payload;
    let who = text(payload, "username");
    let attachments = payload["attachments"].as_array().into_iter().flatten();
    MessageRow {
        who: if who.is_empty() {
            "incoming-webhook".into()
        } else {
            who
        },
        at: message.at.into(),
        text: mrkdwn::read(&text(payload, "text")),
        attachments: attachments.map(attachment).collect(),
    }
}

fn attachment(value: &Value) -> Attachment {
    let link = text(value, "title_link");
    let fields = value["fields"].as_array().into_iter().flatten();
    Attachment {
        tone: match value["color"].as_str() {
            Some("good") => "good",
            Some("warning") => "warning",
            Some("danger") => "danger",
            _ => "neutral",
        },
        author: text(value, "author_name"),
        title: text(value, "title"),
        title_link: if link.starts_with("http") {
            link
        } else {
            String::new()
        },
        text: mrkdwn::read(&text(value, "text")),
        fields: fields
            .map(|field| (text(field, "title"), mrkdwn::read(&text(field, "value"))))
            .collect(),
        footer: text(value, "footer"),
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
