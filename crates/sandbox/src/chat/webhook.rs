//! The webhook: strict about everything that Slack is strict about.

use super::messages::{Chat, DEFAULT_CHANNEL, Fault, Message, TOKEN};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;

pub(super) fn router(chat: &Chat) -> Router {
    Router::new()
        .route("/services/{*token}", post(take))
        .with_state(chat.clone())
}

async fn take(
    State(chat): State<Chat>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(fault) = chat.state().fault.clone() {
        return misbehave(fault);
    }
    match read(&chat, &token, &headers, &body) {
        Ok(message) => {
            chat.state().messages.push(message);
            "ok".into_response()
        }
        Err((status, word)) => (status, word).into_response(),
    }
}

fn misbehave(fault: Fault) -> Response {
    let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = (status, fault.body).into_response();
    if let Some(seconds) = fault.retry_after {
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

type Refusal = (StatusCode, &'static str);

fn read(chat: &Chat, token: &str, headers: &HeaderMap, body: &[u8]) -> Result<Message, Refusal> {
    if token != TOKEN {
        return Err((StatusCode::NOT_FOUND, "no_service"));
    }
    let invalid = (StatusCode::BAD_REQUEST, "invalid_payload");
    let text = payload_text(headers, body).ok_or(invalid)?;
    let payload: Value = serde_json::from_str(&text).map_err(|_| invalid)?;
    let keys = payload.as_object().ok_or(invalid)?;
    let is_text = |key: &str| keys.get(key).is_none_or(Value::is_string);
    if !["text", "channel", "username", "fallback"]
        .into_iter()
        .all(is_text)
    {
        return Err(invalid);
    }
    let attachments = payload["attachments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if attachments.len() > 100 {
        return Err((StatusCode::BAD_REQUEST, "too_many_attachments"));
    }
    let says_something = payload["text"]
        .as_str()
        .is_some_and(|text| !text.is_empty());
    if !says_something && attachments.is_empty() {
        return Err((StatusCode::BAD_REQUEST, "no_text"));
    }
    let named = payload["channel"].as_str().unwrap_or(DEFAULT_CHANNEL);
    let channel = format!("#{}", named.trim_start_matches('#'));
    if !chat.shared.channels.contains(&channel) {
        return Err((StatusCode::NOT_FOUND, "channel_not_found"));
    }
    let at = (chat.shared.now)();
    Ok(Message {
        channel,
        payload,
        at,
    })
}

/// The payload: the whole body as JSON, or the field `payload` of a web form.
fn payload_text(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let media = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if media.starts_with("application/json") {
        return String::from_utf8(body.to_vec()).ok();
    }
    if !media.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let mut fields = url::form_urlencoded::parse(body);
    fields
        .find(|(name, _)| name == "payload")
        .map(|(_, value)| value.into_owned())
}
