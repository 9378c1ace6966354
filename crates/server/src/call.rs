//! What a handler gets: the caller, the path and the parameters.

use crate::app::App;
use crate::auth::{self, Needs};
use crate::caller::Caller;
use crate::endpoint::Endpoint;
use crate::error::ApiError;
use crate::params::{Parameter, Params};
use crate::rates::Usage;
use crate::{body, client, form, multipart};
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::Authority;
use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use store::Sql;
use store::audit::{Change, Entry, Subject};
use store::identity::Token;

/// What Grape says to JSON that is none.
const BROKEN_JSON: &str = "\nProblem:\n  message body does not match declared format\nResolution:\n  when specifying application/json as content-type, you must pass valid application/json in the request's 'body' ";

/// One authenticated request to a route.
pub struct Call {
    /// the server
    pub app: App,
    /// the request's method
    pub method: Method,
    /// the request's URI as received
    pub uri: Uri,
    /// the request's headers
    pub headers: HeaderMap,
    /// when it was received
    pub now: Timestamp,
    /// how much of its limit the caller has used
    pub(crate) usage: Option<Usage>,
    caller: Option<Caller>,
    token: Option<Token>,
    names: HashMap<String, String>,
    given: Map<String, Value>,
    /// what is wrong with the body; returned when parameters are read, after the permission checks
    broken: Option<ApiError>,
    endpoint: Arc<Endpoint>,
}

impl Call {
    /// Reads a request and authenticates it.
    pub(crate) async fn read(
        app: App,
        endpoint: Arc<Endpoint>,
        names: &RawPathParams,
        request: Request,
    ) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let address = client::address(&parts.extensions, &parts.headers);
        let mut given = Map::new();
        form::read(parts.uri.query().unwrap_or(""), &mut given)?;
        let mut limited = collect(body, endpoint.body_limit).await?;
        let broken = merge(&parts.headers, &mut limited, &mut given).err();
        let names: HashMap<String, String> = names
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let null = |text: &String| text.contains('\0');
        if names.values().any(null) || given.values().any(has_null) {
            return Err(ApiError::Malformed("Bad Request"));
        }
        let mut usage = None;
        let accepted = match endpoint.needs {
            Needs::Nothing => None,
            needs => {
                let token = auth::token_text(&given, &parts.headers);
                let who = (token, address);
                let (accepted, used) = auth::counted(&app, who, needs, &parts.method).await?;
                usage = Some(used);
                Some(accepted)
            }
        };
        let now = app.clock.now();
        let (caller, token) = accepted
            .map(|accepted| {
                let user = accepted.user;
                (Caller { user, address, now }, accepted.token)
            })
            .unzip();
        Ok(Self {
            now,
            usage,
            app,
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            caller,
            token,
            names,
            given,
            broken,
            endpoint,
        })
    }

    /// The caller.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or(ApiError::Unauthorized)
    }

    /// The token of the request.
    pub fn token(&self) -> Result<&Token, ApiError> {
        self.token.as_ref().ok_or(ApiError::Unauthorized)
    }

    /// An audit log entry about what the caller does.
    pub fn entry(
        &self,
        action: &'static str,
        subject: Subject,
        changes: impl IntoIterator<Item = Option<Change>>,
    ) -> Result<Entry, ApiError> {
        Ok(self.caller()?.entry(action, subject, changes))
    }

    /// A value from the path, decoded.
    pub fn name(&self, name: &str) -> &str {
        self.names.get(name).map_or("", String::as_str)
    }

    /// A number from the path.
    pub fn id<T: From<i64>>(&self, name: &'static str) -> Result<T, ApiError> {
        let number = self.name(name).parse();
        number
            .map(i64::into)
            .map_err(|_| ApiError::Parameters(format!("{name} is invalid")))
    }

    /// The declared parameters of the route.
    pub fn params(&self) -> Result<Params, ApiError> {
        self.params_of(&self.endpoint.parameters)
    }

    /// Parameters that are known only now.
    pub fn params_of(&self, declared: &[Parameter]) -> Result<Params, ApiError> {
        match &self.broken {
            Some(error) => Err(error.clone()),
            None => Params::read(declared, &self.given),
        }
    }

    /// The names of what was sent in query and body, the token left out.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        let names = self.given.keys().map(String::as_str);
        names.filter(|name| *name != "private_token")
    }

    /// Runs checks and a change in one transaction, which is rolled back only if the store fails:
    /// checks come before writes.
    pub async fn write<T, F>(&self, mut work: F) -> Result<T, ApiError>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Sql) -> Result<T, ApiError> + Send + 'static,
    {
        let done = self.app.store.write(move |sql| match work(sql) {
            Err(ApiError::Store(error)) => Err(error),
            other => Ok(other),
        });
        done.await?
    }

    /// The present day in UTC, by which tokens and memberships end.
    pub fn today(&self) -> Date {
        model::ambient::day(self.now)
    }

    /// The base of the address that the client used, so that it finds its next page.
    pub fn base_url(&self) -> String {
        let external = self.app.external_url.as_str();
        let authority = external
            .split_once("://")
            .map_or(external, |(_, rest)| rest)
            .split('/')
            .next()
            .unwrap_or_default();
        let named = |header: &str| {
            self.headers
                .get(header)
                .and_then(|value| value.to_str().ok())
        };
        let host = named(HOST.as_str()).or_else(|| self.uri.authority().map(Authority::as_str));
        match host {
            Some(host)
                if host != authority
                    && named("x-forwarded-host") != Some(authority)
                    && host.parse::<Authority>().is_ok() =>
            {
                format!("http://{host}")
            }
            _ => external.to_owned(),
        }
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let read = body::read(&mut body, limit).await;
    if read.is_err() {
        body::drain(body).await;
    }
    read
}

/// Puts the body's parameters over those of the query.
fn merge(
    headers: &HeaderMap,
    body: &mut Bytes,
    given: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    if body.is_empty() {
        return Ok(());
    }
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/x-www-form-urlencoded");
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        "application/json" => {
            let value: Value = serde_json::from_slice(body)
                .map_err(|_| ApiError::Parameters(BROKEN_JSON.into()))?;
            if let Value::Object(map) = value {
                given.extend(map);
            }
            Ok(())
        }
        "application/x-www-form-urlencoded" => {
            let text = std::str::from_utf8(body).map_err(|_| ApiError::Malformed("Bad Request"))?;
            let mut map = Map::new();
            form::read(text, &mut map)?;
            given.extend(map);
            Ok(())
        }
        "multipart/form-data" => {
            let boundary = multipart::boundary(content_type)
                .ok_or_else(|| ApiError::BadRequest("multipart/form-data: no boundary".into()))?;
            let mut map = Map::new();
            multipart::read(body, boundary, &mut map)?;
            given.extend(map);
            Ok(())
        }
        _ => Err(ApiError::MediaType(kind.to_owned())),
    }
}

/// Whether any text in it contains a null byte, which no column can store.
fn has_null(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(map) => map
            .iter()
            .any(|(name, value)| name.contains('\0') || has_null(value)),
        _ => false,
    }
}
