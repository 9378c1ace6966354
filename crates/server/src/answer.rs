//! Answers in JSON.

use axum::body::Body;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

/// An answer with a JSON body.
pub fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// 200 with a JSON body.
pub fn ok(body: &Value) -> Response {
    json(StatusCode::OK, body)
}

/// 201 with a JSON body.
pub fn created(body: &Value) -> Response {
    json(StatusCode::CREATED, body)
}

/// 202, as GitLab answers to what it does in the background.
pub fn accepted() -> Response {
    json(
        StatusCode::ACCEPTED,
        &serde_json::json!({ "message": "202 Accepted" }),
    )
}

/// 204 without a body.
pub fn no_content() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A moment as GitLab writes it: `2026-02-03T04:05:06.789Z`.
pub fn time(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_have_three_digits_of_milliseconds() {
        let moment = jiff::Timestamp::from_millisecond(1_770_091_506_700).unwrap();
        assert_eq!(super::time(moment), "2026-02-03T04:05:06.700Z");
        let whole = jiff::Timestamp::from_second(0).unwrap();
        assert_eq!(super::time(whole), "1970-01-01T00:00:00.000Z");
    }
}
