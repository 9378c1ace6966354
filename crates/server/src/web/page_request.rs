//! One request of a browser and its session.

use super::cookie::Cookie;
use super::page_error::PageError;
use super::{form_token, redirect, security_headers};
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

/// The maximum size of a form, in bytes.
const FORM_LIMIT: usize = 64 * 1024;

/// A session and its token.
pub(super) struct SignedIn {
    /// the session
    pub(super) session: Session,
    /// the session cookie's value
    pub(super) token: String,
}

/// One request of a browser.
pub(super) struct PageRequest {
    /// the server
    pub(super) app: App,
    /// when it was received
    pub(super) now: Timestamp,
    /// the session, if the user is signed in
    pub(super) signed_in: Option<SignedIn>,
    parts: Parts,
    body: Result<Bytes, ApiError>,
    cookies: Vec<HeaderValue>,
}

impl PageRequest {
    /// A request before authentication, with the submitted form.
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

    /// Reads the session and extends it.
    pub(super) async fn authenticate(&mut self) -> Result<(), StoreError> {
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
                Ok(()) => self.set_cookie(Cookie::Session, &token, end),
                // A page that only reads works even if the session cannot be extended.
                Err(error) => tracing::warn!(%error, "a session could not be extended"),
            }
        }
        self.signed_in = Some(SignedIn { session, token });
        Ok(())
    }

    /// Checks the rate limit.
    pub(super) fn check_rate_limit(&self) -> Result<(), PageError> {
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

    /// The method; `HEAD` is handled as `GET`.
    pub(super) fn method(&self) -> &Method {
        match self.parts.method {
            Method::HEAD => &Method::GET,
            ref other => other,
        }
    }

    /// The path, decoded, without slashes around it.
    pub(super) fn path(&self) -> Result<String, PageError> {
        let path = percent_decode_str(self.parts.uri.path()).decode_utf8();
        let path = path.map_err(|_| PageError::NotFound)?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        if path.contains('\0') {
            return Err(PageError::NotFound);
        }
        Ok(path.strip_suffix('/').unwrap_or(path).to_owned())
    }

    /// Path and query as received.
    pub(super) fn path_and_query(&self) -> &str {
        self.parts
            .uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str)
    }

    /// The parameters of the query.
    pub(super) fn query(&self) -> Result<Map<String, Value>, PageError> {
        let mut given = Map::new();
        form::read(self.parts.uri.query().unwrap_or_default(), &mut given)?;
        Ok(given)
    }

    /// The submitted form.
    pub(super) fn form(&self) -> Result<Map<String, Value>, PageError> {
        let bytes = self.body.as_ref().map_err(Clone::clone)?;
        let text = std::str::from_utf8(bytes).map_err(|_| ApiError::Malformed("Bad Request"))?;
        let mut given = Map::new();
        form::read(text, &mut given)?;
        Ok(given)
    }

    /// The signed-in user.
    pub(super) fn user(&self) -> Option<&User> {
        self.signed_in.as_ref().map(|who| &who.session.user)
    }

    /// The CSRF token of the session's forms.
    pub(super) fn form_token(&self) -> Option<String> {
        self.signed_in
            .as_ref()
            .map(|who| form_token::of(&who.token))
    }

    /// The project at that path, if the user may see it.
    pub(super) async fn project(&self, path: &str) -> Result<Found<ProjectRow>, PageError> {
        let key = Key::Path(path.to_owned());
        let today = model::ambient::day(self.now);
        let found = lookup::project(&self.app, self.user(), key, today).await;
        match found {
            Err(ApiError::NotFound(_)) => Err(self.hidden()),
            other => Ok(other?),
        }
    }

    /// The error for what does not exist or the user may not see: the same for both, so that private
    /// paths cannot be discovered.
    pub(super) fn hidden(&self) -> PageError {
        if self.signed_in.is_some() {
            PageError::NotFound
        } else {
            PageError::SignIn
        }
    }

    /// Requires an access level in the project.
    pub(super) fn needs(
        &self,
        project: &Found<ProjectRow>,
        level: AccessLevel,
    ) -> Result<(), PageError> {
        if project.has(level) {
            Ok(())
        } else {
            Err(self.hidden())
        }
    }

    /// The client's address.
    pub(super) fn client(&self) -> Option<IpAddr> {
        client::address(&self.parts.extensions, &self.parts.headers)
    }

    /// Whether users reach this server over HTTPS, so that cookies must not be sent otherwise.
    fn secure(&self) -> bool {
        self.app.external_url.starts_with("https://")
    }

    /// The prefix of all paths for a browser: empty, or the path of the external URL.
    pub(super) fn base(&self) -> String {
        let url = Url::parse(&self.app.external_url);
        url.map_or_else(
            |_| String::new(),
            |url| url.path().trim_end_matches('/').to_owned(),
        )
    }

    /// The value of a cookie.
    pub(super) fn cookie(&self, cookie: Cookie) -> Option<String> {
        cookie.read(&self.parts.headers, self.secure())
    }

    /// Sets a cookie that expires then.
    pub(super) fn set_cookie(&mut self, cookie: Cookie, value: &str, until: Timestamp) {
        let age = until.duration_since(self.now).as_secs().max(0);
        let header = cookie.set(value, self.secure(), Some(age));
        self.cookies.extend(header);
    }

    /// Sets a cookie that expires when the browser is closed.
    pub(super) fn set_session_cookie(&mut self, cookie: Cookie, value: &str) {
        self.cookies.extend(cookie.set(value, self.secure(), None));
    }

    /// Removes a cookie.
    pub(super) fn remove_cookie(&mut self, cookie: Cookie) {
        self.cookies.extend(cookie.set("", self.secure(), Some(0)));
    }

    /// Redirects to a path from the request, if it is on this server.
    pub(super) fn redirect_to_given(&self, path: &str) -> Response {
        self.redirect(&redirect::path(path))
    }

    /// Redirects to another page of this server.
    pub(super) fn redirect(&self, path: &str) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SEE_OTHER;
        let path = format!("{}{path}", self.base());
        let location = HeaderValue::from_str(&path).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(LOCATION, location);
        security_headers::add(response)
    }

    /// Adds the cookies that were set to the response.
    pub(super) fn with_cookies(self, mut response: Response) -> Response {
        for cookie in self.cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}
