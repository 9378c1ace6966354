//! The one place where a failure becomes a status and a body in GitLab's shape.

use crate::answer;
use crate::rates::Usage;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use store::StoreError;

/// When a client may ask again while the store cannot be used, in seconds.
const RETRY_SECONDS: &str = "60";

/// Why a request is not answered with what it asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApiError {
    /// 401: no token, or an unknown one
    #[error("401 Unauthorized")]
    Unauthorized,
    /// 401 with a reason
    #[error("401 Unauthorized - {0}")]
    UnauthorizedBecause(String),
    /// 401: the token's last day is over
    #[error("Token is expired. You can either do re-authorization or token refresh.")]
    TokenExpired,
    /// 401: the token was revoked
    #[error("Token was revoked. You have to re-authorize from the user.")]
    TokenRevoked,
    /// 403: the token lacks a scope; with the scopes that suffice, separated by spaces
    #[error("The request requires higher privileges than provided by the access token.")]
    InsufficientScope(&'static str),
    /// 403: the user may not do this
    #[error("403 Forbidden")]
    Forbidden,
    /// 403 with a reason
    #[error("403 Forbidden - {0}")]
    ForbiddenBecause(String),
    /// 404: it does not exist or the caller may not see it; with its type
    #[error("404 {0} Not Found")]
    NotFound(&'static str),
    /// 404: something below what was found does not exist
    #[error("404 Not found")]
    NoRecord,
    /// 404: no such path
    #[error("404 Not Found")]
    NoRoute,
    /// 405: the path has other methods; with these
    #[error("405 Not Allowed")]
    NotAllowed(String),
    /// 400: parameters are missing or have the wrong type, all in one line
    #[error("{0}")]
    Parameters(String),
    /// 400: fields with values that cannot be
    #[error("{0}")]
    Invalid(Problems),
    /// 400 with the reason in `message`, behind GitLab's words
    #[error("400 Bad request - {0}")]
    BadRequest(String),
    /// 400 with `message` as given
    #[error("{0}")]
    Refused(String),
    /// 400 in plain text: bytes that are no text at all
    #[error("{0}")]
    Malformed(&'static str),
    /// 408: the rest of the body did not come
    #[error("408 Request Timeout - the body did not come to its end")]
    Timeout,
    /// 409 with `message` as given
    #[error("{0}")]
    Conflict(String),
    /// 412: changed since the client looked
    #[error("412 Precondition Failed")]
    Precondition,
    /// 413: the body is larger than the limit
    #[error("413 Request Entity Too Large")]
    TooLarge,
    /// 415: no such body type
    #[error("The provided content-type '{0}' is not supported.")]
    MediaType(String),
    /// 422 with `message` as given
    #[error("{0}")]
    Unprocessable(String),
    /// 429 in plain text: too many requests
    #[error("Retry later")]
    TooMany(Usage),
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// a fault of ours, for the log alone
    #[error("{0}")]
    Internal(String),
}

impl ApiError {
    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Parameters(_)
            | Self::Invalid(_)
            | Self::BadRequest(_)
            | Self::Refused(_)
            | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized
            | Self::UnauthorizedBecause(_)
            | Self::TokenExpired
            | Self::TokenRevoked => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope(_) | Self::Forbidden | Self::ForbiddenBecause(_) => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound(_) | Self::NoRecord | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::NotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Precondition => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(error) if error.is_temporary() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn body(&self) -> Value {
        match self {
            Self::TokenExpired | Self::TokenRevoked => {
                json!({ "error": "invalid_token", "error_description": self.to_string() })
            }
            Self::InsufficientScope(scope) => json!({
                "error": "insufficient_scope",
                "error_description": self.to_string(),
                "scope": scope,
            }),
            Self::NoRoute | Self::NotAllowed(_) | Self::Parameters(_) | Self::MediaType(_) => {
                json!({ "error": self.to_string() })
            }
            Self::Invalid(problems) => json!({ "message": problems.0 }),
            Self::Store(error) if error.is_temporary() => {
                json!({ "message": format!("503 Service Unavailable - {error}") })
            }
            Self::Store(_) | Self::Internal(_) => json!({ "message": "500 Internal Server Error" }),
            _ => json!({ "message": self.to_string() }),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            // The span around it carries the request's id.
            tracing::error!(error = %self, status = status.as_u16(), "request failed");
        }
        if let Self::TooMany(usage) = self {
            return usage.refusal();
        }
        if let Self::Malformed(text) = self {
            return (status, [(CONTENT_TYPE, "text/plain")], text).into_response();
        }
        let mut response = answer::json(status, &self.body());
        let header = match &self {
            Self::TokenExpired | Self::TokenRevoked => Some((
                WWW_AUTHENTICATE,
                format!(
                    "Bearer realm=\"The API\", error=\"invalid_token\", error_description=\"{self}\""
                ),
            )),
            Self::NotAllowed(allow) => Some((ALLOW, allow.clone())),
            Self::Store(error) if error.is_temporary() => Some((RETRY_AFTER, RETRY_SECONDS.into())),
            _ => None,
        };
        if let Some((name, text)) = header
            && let Ok(value) = HeaderValue::from_str(&text)
        {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Errors of a form by field, collected before they are returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Map<String, Value>);

impl Problems {
    /// Adds a problem to a field.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        let entry = self
            .0
            .entry(field)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(texts) = entry {
            texts.push(Value::String(text.into()));
        }
    }

    /// Every field with what is wrong with it.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(field, texts)| {
            let texts = texts.as_array().into_iter().flatten();
            texts.filter_map(move |text| Some((field.as_str(), text.as_str()?)))
        })
    }

    /// One problem alone, as an error.
    pub fn one(field: &str, text: impl Into<String>) -> ApiError {
        let mut problems = Self::default();
        problems.add(field, text);
        ApiError::Invalid(problems)
    }

    /// Fails if there is any.
    pub fn check(self) -> Result<(), ApiError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ApiError::Invalid(self))
        }
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Value::Object(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(error: &ApiError) -> (u16, String) {
        let status = error.status().as_u16();
        (status, error.body().to_string())
    }

    #[test]
    fn bodies_have_gitlabs_shapes() {
        let cases = [
            (
                ApiError::Unauthorized,
                401,
                r#"{"message":"401 Unauthorized"}"#,
            ),
            (
                ApiError::NotFound("Project"),
                404,
                r#"{"message":"404 Project Not Found"}"#,
            ),
            (ApiError::NoRoute, 404, r#"{"error":"404 Not Found"}"#),
            (
                ApiError::Parameters("url is missing, password is missing".into()),
                400,
                r#"{"error":"url is missing, password is missing"}"#,
            ),
            (
                Problems::one("name", "can't be blank"),
                400,
                r#"{"message":{"name":["can't be blank"]}}"#,
            ),
            (ApiError::Forbidden, 403, r#"{"message":"403 Forbidden"}"#),
            (
                ApiError::TooLarge,
                413,
                r#"{"message":"413 Request Entity Too Large"}"#,
            ),
            (
                ApiError::BadRequest("\"title\" not given".into()),
                400,
                r#"{"message":"400 Bad request - \"title\" not given"}"#,
            ),
            (
                ApiError::InsufficientScope("api read_api"),
                403,
                r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api read_api"}"#,
            ),
        ];
        for (error, status, body) in cases {
            assert_eq!(shape(&error), (status, body.to_owned()));
        }
    }

    #[test]
    fn a_fault_of_ours_does_not_tell_its_inside_and_a_full_disk_does() {
        let broken = ApiError::Store(StoreError::broken("SELECT secret"));
        assert_eq!(
            shape(&broken),
            (500, r#"{"message":"500 Internal Server Error"}"#.into())
        );
        let full = ApiError::Store(StoreError::unavailable("disk full"));
        let (status, body) = shape(&full);
        assert_eq!(status, 503);
        assert!(body.contains("disk full"), "{body}");
    }

    #[test]
    fn token_errors_say_so_in_a_header() {
        let response = ApiError::TokenRevoked.into_response();
        let header = response.headers()[WWW_AUTHENTICATE].to_str().unwrap();
        assert!(header.starts_with("Bearer realm=\"The API\", error=\"invalid_token\""));
    }
}
