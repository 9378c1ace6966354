//! What Slack refuses, this refuses too.

use super::*;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;
use tower::ServiceExt as _;

fn chat() -> Chat {
    Chat::new(&["#dev"], || Timestamp::UNIX_EPOCH)
}

async fn post(chat: &Chat, path: &str, media: &str, body: String) -> (u16, String) {
    let request = Request::post(path)
        .header("content-type", media)
        .body(Body::from(body))
        .unwrap();
    let answer = chat.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

fn form(payload: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string());
    form.finish()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_message_is_kept_and_shown() {
    let chat = chat();
    let payload = json!({"text": "<https://x.test|a &lt;b&gt;> *c*", "channel": "dev", "attachments": [{"text": "below", "color": "good"}]});
    assert_eq!(
        post(&chat, &Chat::webhook_path(), FORM, form(&payload)).await,
        (200, "ok".into())
    );
    assert_eq!(
        post(
            &chat,
            &Chat::webhook_path(),
            "application/json",
            payload.to_string()
        )
        .await
        .0,
        200
    );
    let messages = chat.messages();
    assert_eq!((messages.len(), messages[0].channel.as_str()), (2, "#dev"));
    let request = Request::get("/").body(Body::empty()).unwrap();
    let bytes = chat
        .router()
        .oneshot(request)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes();
    let page = String::from_utf8_lossy(&bytes).into_owned();
    assert!(
        page.contains("a &#60;b&#62;</a> <strong>c</strong>") && page.contains("attachment good"),
        "{page}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_one_word() {
    let chat = chat();
    let path = Chat::webhook_path();
    for (path, media, body, expected) in [
        (
            "/services/T0/B0/other",
            FORM,
            form(&json!({"text": "a"})),
            (404, "no_service"),
        ),
        (&path, FORM, form(&json!({"text": ""})), (400, "no_text")),
        (
            &path,
            FORM,
            form(&json!({"text": 1})),
            (400, "invalid_payload"),
        ),
        (&path, FORM, form(&json!([1])), (400, "invalid_payload")),
        (&path, FORM, "text=a".into(), (400, "invalid_payload")),
        (&path, "text/plain", "a".into(), (400, "invalid_payload")),
        (
            &path,
            FORM,
            form(&json!({"text": "a", "channel": "#none"})),
            (404, "channel_not_found"),
        ),
    ] {
        let (status, word) = post(&chat, path, media, body.clone()).await;
        assert_eq!((status, word.as_str()), expected, "{body}");
    }
    assert!(chat.messages().is_empty());
}
