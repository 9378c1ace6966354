//! One request of a browser, and who sits before it.

use super::cookie::Cookie;
use super::refusal::Refusal;
use super::{form_token, local};
use crate::app::App;
use crate::error::ApiError;
use crate::lookup::{self, Found, Key};
use crate::{body, client, form};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use model::access::AccessLevel;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::net::IpAddr;
use store::StoreError;
use store::identity::{self, Session, User};
use store::projects::ProjectRow;
use url::Url;

/// The largest form taken.
const FORM_LIMIT: usize = 64 * 1024;

/// A session, and the token that the browser holds for it.
pub(super) struct SignedIn {
    /// the session
    pub(super) session: Session,
    /// the cookie's value
    pub(super) token: String,
}

/// One request.
pub(super) struct Visit {
    /// the server
    pub(super) app: App,
    /// when it was taken
    pub(super) now: Timestamp,
    /// who is signed in, if anybody
    pub(super) signed_in: Option<SignedIn>,
    parts: Parts,
    body: Result<Bytes, ApiError>,
    cookies: Vec<HeaderValue>,
}

impl Visit {
    /// A request of somebody not known yet, with the form that was sent.
    pub(super) async fn of(app: App, request: Request) -> Self {
        let (parts, mut body) = request.into_parts();
        let form = body::read(&mut body, FORM_LIMIT).await;
        if form.is_err() {
            body::drain(body).await;
        }
        Self {
            now: app.clock.now(),
            app,
            signed_in: None,
            parts,
            body: form,
            cookies: Vec::new(),
        }
    }

    /// Finds out who is signed in, and lets the session last longer for it.
    pub(super) async fn recognise(&mut self) -> Result<(), StoreError> {
        let Some(token) = self.cookie(Cookie::Session) else {
            return Ok(());
        };
        let (digest, now) = (identity::digest(&token), self.now);
        let key = digest.clone();
        let found = self
            .app
            .store
            .read(move |sql| identity::session(sql, &key, now));
        let Some(session) = found.await? else {
            return Ok(());
        };
        if session.renewal_is_due(now) {
            let end = session.end_if_used(now);
            let renewed = self
                .app
                .store
                .write(move |sql| identity::renew_session(sql, &digest, now, end));
            match renewed.await {
                Ok(()) => self.keep(Cookie::Session, &token, end),
                // When a session was last used is not worth refusing a page that only reads.
                Err(error) => tracing::warn!(%error, "could not note that a session was used"),
            }
        }
        self.signed_in = Some(SignedIn { session, token });
        Ok(())
    }

    /// Refuses whoever asks too often.
    pub(super) fn count(&self) -> Result<(), Refusal> {
        let limits = self.app.limits();
        let counted = match self.user() {
            Some(user) => limits.web(user.id, self.now),
            None => limits.unauthenticated(self.client(), self.now),
        };
        match counted {
            Ok(_) => Ok(()),
            Err(usage) => Err(ApiError::TooMany(usage).into()),
        }
    }

    /// The method; `HEAD` is answered as `GET`.
    pub(super) fn method(&self) -> &Method {
        match self.parts.method {
            Method::HEAD => &Method::GET,
            ref other => other,
        }
    }

    /// The path, decoded, without slashes around it.
    pub(super) fn path(&self) -> Result<String, Refusal> {
        let path = percent_decode_str(self.parts.uri.path()).decode_utf8();
        let path = path.map_err(|_| Refusal::NotFound)?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        if path.contains('\0') {
            return Err(Refusal::NotFound);
        }
        Ok(path.strip_suffix('/').unwrap_or(path).to_owned())
    }

    /// Path and query as they were sent.
    pub(super) fn address(&self) -> &str {
        self.parts
            .uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// What stands in the query.
    pub(super) fn query(&self) -> Result<Map<String, Value>, Refusal> {
        let mut given = Map::new();
        form::read(self.parts.uri.query().unwrap_or_default(), &mut given)?;
        Ok(given)
    }

    /// The form that was sent.
    pub(super) fn form(&self) -> Result<Map<String, Value>, Refusal> {
        let bytes = self.body.as_ref().map_err(Clone::clone)?;
        let text = std::str::from_utf8(bytes).map_err(|_| ApiError::Malformed("Bad Request"))?;
        let mut given = Map::new();
        form::read(text, &mut given)?;
        Ok(given)
    }

    /// Who is signed in.
    pub(super) fn user(&self) -> Option<&User> {
        self.signed_in.as_ref().map(|who| &who.session.user)
    }

    /// What forms of this session carry.
    pub(super) fn form_token(&self) -> Option<String> {
        self.signed_in
            .as_ref()
            .map(|who| form_token::of(&who.token))
    }

    /// The project at that path, if whoever looks may see it.
    pub(super) async fn project(&self, path: &str) -> Result<Found<ProjectRow>, Refusal> {
        let key = Key::Path(path.to_owned());
        let today = crate::call::day(self.now);
        let found = lookup::project(&self.app, self.user(), key, today).await;
        match found {
            Err(ApiError::NotFound(_)) => Err(self.hidden()),
            other => Ok(other?),
        }
    }

    /// What is not there, or not for these eyes.
    pub(super) fn hidden(&self) -> Refusal {
        if self.signed_in.is_some() {
            Refusal::NotFound
        } else {
            Refusal::SignIn
        }
    }

    /// Refuses whoever has less than that level in the project.
    pub(super) fn needs(
        &self,
        project: &Found<ProjectRow>,
        level: AccessLevel,
    ) -> Result<(), Refusal> {
        if project.has(level) {
            Ok(())
        } else {
            Err(self.hidden())
        }
    }

    /// Where the request comes from.
    pub(super) fn client(&self) -> Option<IpAddr> {
        client::address(&self.parts.extensions, &self.parts.headers)
    }

    /// Whether people reach this server over https, so that cookies must not travel otherwise.
    fn secure(&self) -> bool {
        self.app.external_url.starts_with("https://")
    }

    /// What paths of this server begin with for a browser: empty, or the path of its address.
    pub(super) fn base(&self) -> String {
        let url = Url::parse(&self.app.external_url);
        url.map_or_else(
            |_| String::new(),
            |url| url.path().trim_end_matches('/').to_owned(),
        )
    }

    /// A cookie's value.
    pub(super) fn cookie(&self, cookie: Cookie) -> Option<String> {
        cookie.read(&self.parts.headers, self.secure())
    }

    /// Sets a cookie until that moment.
    pub(super) fn keep(&mut self, cookie: Cookie, value: &str, until: Timestamp) {
        let age = until.duration_since(self.now).as_secs().max(0);
        let header = cookie.set(value, self.secure(), Some(age));
        self.cookies.extend(header);
    }

    /// Sets a cookie until the browser is closed.
    pub(super) fn lend(&mut self, cookie: Cookie, value: &str) {
        self.cookies.extend(cookie.set(value, self.secure(), None));
    }

    /// Takes a cookie away.
    pub(super) fn take_away(&mut self, cookie: Cookie) {
        self.cookies.extend(cookie.set("", self.secure(), Some(0)));
    }

    /// Leads to a page that somebody else named, if it is one of this server.
    pub(super) fn go(&self, path: &str) -> Response {
        self.lead(&local::path(path))
    }

    /// Leads to another page of this server, by `GET`.
    pub(super) fn lead(&self, path: &str) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let path = format!("{}{path}", self.base());
        let place = HeaderValue::from_str(&path).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(LOCATION, place);
        super::frame::guard(response)
    }

    /// The answer with the cookies that were set on the way.
    pub(super) fn leave(self, mut response: Response) -> Response {
        for cookie in self.cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}
