//! What the API answers: JSON, or a refusal in Jira's shape.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// What becomes of a call.
pub(super) type Answer = Result<Response, Refusal>;

/// Why a call was not carried out.
#[derive(Debug)]
pub(in crate::jira) struct Refusal {
    status: StatusCode,
    messages: Vec<String>,
    errors: Map<String, Value>,
}

impl Refusal {
    /// With a general message.
    pub(in crate::jira) fn with_message(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            messages: vec![message.into()],
            errors: Map::new(),
        }
    }

    /// 400 with a general message.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::with_message(StatusCode::BAD_REQUEST, message)
    }

    /// 400 about one field.
    pub(super) fn field(name: &str, why: impl Into<String>) -> Self {
        Self::fields(
            [(name.to_owned(), Value::String(why.into()))]
                .into_iter()
                .collect(),
        )
    }

    /// 400 about several fields.
    pub(super) fn fields(errors: Map<String, Value>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            messages: Vec::new(),
            errors,
        }
    }

    /// 404 for an issue.
    pub(super) fn no_such_issue() -> Self {
        Self::with_message(StatusCode::NOT_FOUND, "Issue Does Not Exist")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        json_answer(
            self.status,
            &json!({"errorMessages": self.messages, "errors": self.errors}),
        )
    }
}

/// JSON with a status.
pub(super) fn json_answer(status: StatusCode, value: &Value) -> Response {
    let mut answer = Response::new(Body::from(value.to_string()));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

/// 204.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
