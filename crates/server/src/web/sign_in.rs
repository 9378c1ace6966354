//! `/users/sign_in` and `/users/sign_out`: passwords in, sessions out.

use super::cookie::Cookie;
use super::layout::{self, Layout};
use super::page_error::PageError;
use super::page_request::PageRequest;
use super::{form_token, redirect};
use crate::password;
use crate::throttle::Attempt;
use askama::Template;
use axum::response::Response;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use model::Secret;
use model::ambient::token_text;
use serde_json::{Map, Value};
use std::time::Duration;
use store::StoreError;
use store::audit::{self, Actor, Entry, Subject};
use store::identity::{self, User};

/// Characters of a token, six bits each.
const TOKEN_LENGTH: usize = 43;
/// How long an attempt waits for its turn before it is sent away.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    layout: Layout,
    token: String,
    username: &'a str,
    return_to: &'a str,
    problem: Option<String>,
}

/// Shows the form; a signed-in user is redirected.
pub(super) fn form(request: &mut PageRequest) -> Result<Response, PageError> {
    let query = request.query()?;
    let return_to = redirect::path(text(&query, "return_to"));
    if request.signed_in.is_some() {
        return Ok(request.redirect_to_given(&return_to));
    }
    Ok(shown(request, StatusCode::OK, ("", &return_to), None))
}

/// Takes a username and a password.
pub(super) async fn submit(request: &mut PageRequest) -> Result<Response, PageError> {
    let form = request.form()?;
    let return_to = redirect::path(text(&form, "return_to"));
    let user = form.get("user").and_then(Value::as_object);
    let field = |name| user.map_or("", |user| text(user, name));
    let (username, password) = (field("login").trim(), Secret::new(field("password")));
    let filled = (username, return_to.as_str());
    let cookie = request.cookie(Cookie::Form);
    if !cookie.is_some_and(|cookie| form_token::is_in(&form, &cookie)) {
        let problem = "This form had expired. Please sign in again.";
        return Ok(shown(
            request,
            StatusCode::FORBIDDEN,
            filled,
            Some(problem.into()),
        ));
    }
    let attempt = Attempt::new(username, request.client());
    if let Err(wait) = request.app.throttle().take(&attempt, request.now) {
        return Ok(later(request, filled, wait));
    }
    let Ok(found) = tokio::time::timeout(PATIENCE, check(request, username, password)).await else {
        request.app.throttle().forgive(&attempt);
        return Ok(later(request, filled, 10));
    };
    let Some(user) = found? else {
        note_failure(request, username).await?;
        let problem = "Wrong username or password.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(shown(request, status, filled, Some(problem.into())));
    };
    request.app.throttle().forgive(&attempt);
    begin(request, &user).await?;
    Ok(request.redirect_to_given(&return_to))
}

/// Ends the session, if there is one.
pub(super) async fn end(request: &mut PageRequest) -> Result<Response, PageError> {
    let form = request.form()?;
    let Some(who) = &request.signed_in else {
        return Ok(request.redirect(redirect::SIGN_IN));
    };
    if !form_token::is_in(&form, &who.token) {
        return Err(PageError::ExpiredForm);
    }
    let digest = identity::digest(&who.token);
    let ended = request
        .app
        .store
        .write(move |sql| identity::end_session(sql, &digest));
    ended.await?;
    request.remove_cookie(Cookie::Session);
    Ok(request.redirect(redirect::SIGN_IN))
}

/// The user with that name and password. An unknown name takes as long as a wrong password.
async fn check(
    request: &PageRequest,
    name: &str,
    given: Secret,
) -> Result<Option<User>, PageError> {
    let name = name.to_owned();
    let found = if name.contains('\0') {
        None
    } else {
        let user = request
            .app
            .store
            .read(move |sql| identity::user_by_name(sql, &name));
        user.await?
    };
    let stored = found.as_ref().and_then(|user| user.password_hash.clone());
    let right = password::verify(given, stored).await?;
    Ok(found.filter(|_| right))
}

/// Begins a new session; the one before, if any, is over.
async fn begin(request: &mut PageRequest, user: &User) -> Result<(), PageError> {
    let token = token_text(request.app.random.as_ref(), TOKEN_LENGTH);
    let digest = identity::digest(&token);
    let before = request.signed_in.as_ref();
    let before = before.map(|who| identity::digest(&who.token));
    let (id, stored, now) = (user.id, user.password_hash.clone(), request.now);
    let actor = Actor {
        user_id: Some(id),
        name: user.username.clone(),
        ..Actor::stranger(address_of(request))
    };
    let entry = entry(request, "sign_in.succeeded", actor, Subject::User(id));
    let begun = request.app.store.write(move |sql| {
        if let Some(before) = &before {
            identity::end_session(sql, before)?;
        }
        // The password may have been changed while it was being looked at.
        let same = identity::user(sql, id)?.is_some_and(|user| user.password_hash == stored);
        if !same {
            return Ok(None);
        }
        audit::add(sql, &entry)?;
        identity::add_session(sql, id, &digest, now).map(Some)
    });
    let end = begun.await?.ok_or(PageError::ExpiredForm)?;
    request.set_cookie(Cookie::Session, &token, end);
    request.remove_cookie(Cookie::Form);
    Ok(())
}

/// Writes a failed sign-in to the audit log. A name that no user has is not stored: it may be a password that
/// was typed into the wrong field.
async fn note_failure(request: &PageRequest, name: &str) -> Result<(), StoreError> {
    let name = name.replace('\0', "");
    let actor = Actor::stranger(address_of(request));
    let mut entry = entry(request, "sign_in.failed", actor, Subject::Instance);
    let work = request.app.store.log(move |sql| {
        if let Some(user) = identity::user_by_name(sql, &name)? {
            entry.subject = Subject::User(user.id);
        }
        audit::add(sql, &entry)
    });
    work.await
}

fn entry(request: &PageRequest, action: &'static str, actor: Actor, subject: Subject) -> Entry {
    Entry {
        at: request.now,
        actor,
        action,
        subject,
        integration: None,
        changes: Vec::new(),
    }
}

fn address_of(request: &PageRequest) -> Option<String> {
    request.client().map(|address| address.to_string())
}

fn later(request: &mut PageRequest, filled: (&str, &str), seconds: i64) -> Response {
    let wait = if seconds > 90 {
        format!("{} minutes", (seconds + 59) / 60)
    } else {
        format!("{seconds} seconds")
    };
    let problem = format!("Too many attempts to sign in. Try again in {wait}.");
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = shown(request, status, filled, Some(problem));
    let header = HeaderValue::from(seconds);
    response.headers_mut().insert(RETRY_AFTER, header);
    response
}

fn shown(
    request: &mut PageRequest,
    status: StatusCode,
    (username, return_to): (&str, &str),
    problem: Option<String>,
) -> Response {
    let cookie = request.cookie(Cookie::Form).unwrap_or_else(|| {
        let made = token_text(request.app.random.as_ref(), TOKEN_LENGTH);
        request.set_session_cookie(Cookie::Form, &made);
        made
    });
    let page = Page {
        layout: Layout::of(request),
        token: form_token::of(&cookie),
        username,
        return_to,
        problem,
    };
    layout::page(status, &page)
}

fn text<'a>(form: &'a Map<String, Value>, name: &str) -> &'a str {
    form.get(name).and_then(Value::as_str).unwrap_or_default()
}
