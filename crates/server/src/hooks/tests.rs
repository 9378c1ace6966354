//! A source whose requests are signed, and carry no, one or several events.

use super::*;
use crate::testing::{Bench, ROOT};
use engine::IncomingEvent;
use http::HeaderValue;
use http_body_util::BodyExt;
use hyper::body::Frame;
use model::Event;
use model::event::EventError;
use ring::hmac;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use store::project_details::ProjectDetails;

/// Bodies are lists of events; the signature's header is `x-signature`, in hexadecimal.
struct Signed;

fn sign(secret: &Secret, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    model::hex(hmac::sign(&key, body).as_ref())
}

impl Source for Signed {
    fn precheck(&self, headers: &HeaderMap, _: &Secret) -> Result<(), ApiError> {
        let signature = headers.get("x-signature");
        signature.map(|_| ()).ok_or(ApiError::Unauthorized)
    }

    fn verify(&self, headers: &HeaderMap, body: &Bytes, secret: &Secret) -> Result<(), ApiError> {
        if headers["x-signature"] == sign(secret, body) {
            Ok(())
        } else {
            Err(ApiError::UnauthorizedBecause("wrong".into()))
        }
    }

    fn events(
        &self,
        _: &HeaderMap,
        body: &Bytes,
        _: &ProjectDetails,
        _: &str,
    ) -> Result<Vec<IncomingEvent>, ApiError> {
        let events: Vec<Value> = serde_json::from_slice(body).map_err(EventError::Syntax)?;
        let events = events.iter().enumerate().map(|(number, event)| {
            Ok(IncomingEvent {
                event: Event::from_value(event)?,
                source_key: Some(format!("{body:?}:{number}")),
            })
        });
        events.collect()
    }
}

/// A body that must not be read.
struct Unread;

impl hyper::body::Body for Unread {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body is read");
    }
}

/// Sends the body as a signed request; returns status and body of the response.
async fn send(bench: &Bench, headers: HeaderMap, mut body: Body) -> (u16, Value) {
    let result = async {
        let project = accept::find(&bench.app, "g/p").await?;
        let secret = Secret::new("s");
        let bytes = read_verified(&bench.app, &Signed, &headers, &mut body, &secret).await?;
        let events = Signed.events(&headers, &bytes, &project.project, "")?;
        accept::accept(&bench.app, &project, events).await
    };
    let response = result
        .await
        .unwrap_or_else(axum::response::IntoResponse::into_response);
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn signature(text: &str) -> HeaderMap {
    let value = HeaderValue::from_str(text).unwrap();
    [(http::HeaderName::from_static("x-signature"), value)]
        .into_iter()
        .collect()
}

async fn bench() -> Bench {
    let bench = Bench::start().await;
    let group = bench.group("g", None).await;
    bench.project("p", group).await;
    bench
}

#[tokio::test]
async fn one_request_carries_no_one_or_several_events() {
    let bench = bench().await;
    let signed = async |events: &Value| {
        let text = events.to_string();
        let headers = signature(&sign(&Secret::new("s"), text.as_bytes()));
        send(&bench, headers, Body::from(text)).await
    };
    let push = json!({ "object_kind": "push" });
    assert_eq!(signed(&json!([])).await, (200, json!({ "event_id": null })));
    assert_eq!(
        signed(&json!([push])).await,
        (202, json!({ "event_id": 1 }))
    );
    let several = json!({ "event_id": 2, "event_ids": [2, 3] });
    assert_eq!(signed(&json!([push, push])).await, (202, several.clone()));
    assert_eq!(signed(&json!([push, push])).await, (200, several));
    let events = bench.get("/api/crosstie/v1/projects/1/events", ROOT).await;
    assert_eq!(events.body.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn origin_is_checked_before_the_body_where_possible_and_after_it_otherwise() {
    let bench = bench().await;
    let (status, _) = send(&bench, HeaderMap::new(), Body::new(Unread)).await;
    assert_eq!(status, 401);
    let (status, _) = send(&bench, signature("forged"), Body::from("[]")).await;
    assert_eq!(status, 401);
    let events = bench.get("/api/crosstie/v1/projects/1/events", ROOT).await;
    assert_eq!(events.body, json!([]));
}

#[tokio::test]
async fn only_verified_requests_cache_their_project() {
    let bench = bench().await;
    let is_cached = async || {
        let [one, other] = ["g/p", "G/P"].map(|path| accept::find(&bench.app, path));
        let (one, other) = tokio::join!(one, other);
        std::sync::Arc::ptr_eq(&one.unwrap(), &other.unwrap())
    };
    for headers in [HeaderMap::new(), signature("forged")] {
        assert_eq!(send(&bench, headers, Body::from("[]")).await.0, 401);
        assert!(!is_cached().await);
    }
    let text = json!([{ "object_kind": "push" }]).to_string();
    let headers = signature(&sign(&Secret::new("s"), text.as_bytes()));
    assert_eq!(send(&bench, headers, Body::from(text)).await.0, 202);
    assert!(is_cached().await);
}
