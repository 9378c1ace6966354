//! One call of the API, read whole.

use super::answer::Refusal;
use super::version::{Api, Version};
use crate::jira::query::Query;
use crate::jira::state::{Issue, State};
use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::MutexGuard;

/// A call.
pub(super) struct Call {
    pub(super) api: Api,
    pub(super) query: Query,
    names: HashMap<String, String>,
    /// scheme and host as the caller names them
    pub(super) site: String,
    media_type: String,
    body: Bytes,
}

impl FromRequest<Api> for Call {
    type Rejection = Response;

    async fn from_request(mut request: Request, api: &Api) -> Result<Self, Response> {
        let Path(names) = request
            .extract_parts()
            .await
            .map_err(IntoResponse::into_response)?;
        let headers = request.headers();
        let call = Self {
            api: api.clone(),
            query: Query::parse(request.uri().query().unwrap_or_default()),
            names,
            site: site(headers),
            media_type: media_type(headers),
            body: Bytes::new(),
        };
        let body = Bytes::from_request(request, api)
            .await
            .map_err(IntoResponse::into_response)?;
        Ok(Self { body, ..call })
    }
}

fn site(headers: &HeaderMap) -> String {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let clean = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
    let host = if !host.is_empty() && host.chars().all(clean) {
        host
    } else {
        "localhost"
    };
    format!("http://{host}")
}

fn media_type(headers: &HeaderMap) -> String {
    let whole = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    whole
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

impl Call {
    /// Where this version of the API stands, for `self`.
    pub(super) fn base(&self) -> String {
        let version = match self.api.version {
            Version::Two => 2,
            Version::Three => 3,
        };
        format!("{}/rest/api/{version}", self.site)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.api.jira.now()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.api.jira.state()
    }

    fn name(&self, name: &str) -> &str {
        self.names.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The number at the end of the path.
    pub(super) fn id(&self) -> Option<u64> {
        self.name("id").parse().ok()
    }

    /// The issue the path names.
    pub(super) fn issue<'a>(&self, state: &'a State) -> Result<&'a Issue, Refusal> {
        state
            .find(self.name("issue"))
            .ok_or_else(Refusal::no_such_issue)
    }

    /// The issue the path names, to change it.
    pub(super) fn issue_mut<'a>(&self, state: &'a mut State) -> Result<&'a mut Issue, Refusal> {
        state
            .find_mut(self.name("issue"))
            .ok_or_else(Refusal::no_such_issue)
    }

    /// A number in the query.
    pub(super) fn number(&self, name: &str, otherwise: usize) -> Result<usize, Refusal> {
        match self.query.get(name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse()
                .map_err(|_| Refusal::bad(format!("{name} must be a number from 0 on."))),
        }
    }

    /// The body, which must be a JSON object and say that it is.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        if self.media_type != "application/json" {
            let why = "The content type must be application/json.";
            return Err(Refusal::with_message(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                why,
            ));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::bad("The body must be a JSON object.")),
            Err(error) => Err(Refusal::bad(format!("The body is not JSON: {error}"))),
        }
    }
}
