//! `/users/sign_in` and `/users/sign_out`: passwords in, sessions out.

use super::cookie::Cookie;
use super::frame::{self, Frame};
use super::refusal::Refusal;
use super::throttle::Attempt;
use super::visit::Visit;
use super::{form_token, local};
use crate::password;
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
use url::form_urlencoded;

const PATH: &str = "/users/sign_in";
/// Characters of a token, six bits each.
const TOKEN_LENGTH: usize = 43;
/// How long an attempt waits for its turn before it is sent away.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    frame: Frame,
    token: String,
    username: &'a str,
    return_to: &'a str,
    problem: Option<String>,
}

/// The address of the sign-in page that leads on to a path.
pub(super) fn address(return_to: &str) -> String {
    let path = local::path(return_to);
    if path == "/" {
        return PATH.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", &path)
        .finish();
    format!("{PATH}?{query}")
}

/// Shows the form; whoever is signed in already is led on.
pub(super) fn form(visit: &mut Visit) -> Result<Response, Refusal> {
    let query = visit.query()?;
    let return_to = local::path(text(&query, "return_to"));
    if visit.signed_in.is_some() {
        return Ok(visit.go(&return_to));
    }
    Ok(shown(visit, StatusCode::OK, ("", &return_to), None))
}

/// Takes a username and a password.
pub(super) async fn submit(visit: &mut Visit) -> Result<Response, Refusal> {
    let form = visit.form()?;
    let return_to = local::path(text(&form, "return_to"));
    let user = form.get("user").and_then(Value::as_object);
    let field = |name| user.map_or("", |user| text(user, name));
    let (username, password) = (field("login").trim(), Secret::new(field("password")));
    let filled = (username, return_to.as_str());
    let cookie = visit.cookie(Cookie::Form);
    if !cookie.is_some_and(|cookie| form_token::is_in(&form, &cookie)) {
        let problem = "This form had expired. Please sign in again.";
        return Ok(shown(
            visit,
            StatusCode::FORBIDDEN,
            filled,
            Some(problem.into()),
        ));
    }
    let attempt = Attempt::new(username, visit.client());
    if let Err(wait) = visit.app.throttle().take(&attempt, visit.now) {
        return Ok(later(visit, filled, wait));
    }
    let Ok(found) = tokio::time::timeout(PATIENCE, check(visit, username, password)).await else {
        visit.app.throttle().forgive(&attempt);
        return Ok(later(visit, filled, 10));
    };
    let Some(user) = found? else {
        note_failure(visit, username).await?;
        let problem = "Wrong username or password.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(shown(visit, status, filled, Some(problem.into())));
    };
    visit.app.throttle().forgive(&attempt);
    begin(visit, &user).await?;
    Ok(visit.go(&return_to))
}

/// Ends the session, if there is one.
pub(super) async fn end(visit: &mut Visit) -> Result<Response, Refusal> {
    let form = visit.form()?;
    let Some(who) = &visit.signed_in else {
        return Ok(visit.lead(PATH));
    };
    if !form_token::is_in(&form, &who.token) {
        return Err(Refusal::OldForm);
    }
    let digest = identity::digest(&who.token);
    let ended = visit
        .app
        .store
        .write(move |sql| identity::end_session(sql, &digest));
    ended.await?;
    visit.take_away(Cookie::Session);
    Ok(visit.lead(PATH))
}

/// The user with that name and password. An unknown name takes as long as a wrong password.
async fn check(visit: &Visit, name: &str, given: Secret) -> Result<Option<User>, Refusal> {
    let name = name.to_owned();
    let found = if name.contains('\0') {
        None
    } else {
        let user = visit
            .app
            .store
            .read(move |sql| identity::user_by_name(sql, &name));
        user.await?
    };
    let kept = found.as_ref().and_then(|user| user.password_hash.clone());
    let right = password::verify(given, kept).await?;
    Ok(found.filter(|_| right))
}

/// Begins a new session; the one before, if any, is over.
async fn begin(visit: &mut Visit, user: &User) -> Result<(), Refusal> {
    let token = token_text(visit.app.random.as_ref(), TOKEN_LENGTH);
    let digest = identity::digest(&token);
    let before = visit.signed_in.as_ref();
    let before = before.map(|who| identity::digest(&who.token));
    let (id, kept, now) = (user.id, user.password_hash.clone(), visit.now);
    let actor = Actor {
        user_id: Some(id),
        name: user.username.clone(),
        ..Actor::stranger(address_of(visit))
    };
    let entry = entry(visit, "sign_in.succeeded", actor, Subject::User(id));
    let begun = visit.app.store.write(move |sql| {
        if let Some(before) = &before {
            identity::end_session(sql, before)?;
        }
        // The password may have been changed while it was being looked at.
        let same = identity::user(sql, id)?.is_some_and(|user| user.password_hash == kept);
        if !same {
            return Ok(None);
        }
        audit::add(sql, &entry)?;
        identity::add_session(sql, id, &digest, now).map(Some)
    });
    let end = begun.await?.ok_or(Refusal::OldForm)?;
    visit.keep(Cookie::Session, &token, end);
    visit.take_away(Cookie::Form);
    Ok(())
}

/// Tells of an attempt that failed. A name that nobody has is not kept: it may be a password that
/// was typed into the wrong field.
async fn note_failure(visit: &Visit, name: &str) -> Result<(), StoreError> {
    let name = name.replace('\0', "");
    let actor = Actor::stranger(address_of(visit));
    let mut entry = entry(visit, "sign_in.failed", actor, Subject::Instance);
    let work = visit.app.store.log(move |sql| {
        if let Some(user) = identity::user_by_name(sql, &name)? {
            entry.subject = Subject::User(user.id);
        }
        audit::add(sql, &entry)
    });
    work.await
}

fn entry(visit: &Visit, action: &'static str, actor: Actor, subject: Subject) -> Entry {
    Entry {
        at: visit.now,
        actor,
        action,
        subject,
        integration: None,
        changes: Vec::new(),
    }
}

fn address_of(visit: &Visit) -> Option<String> {
    visit.client().map(|address| address.to_string())
}

fn later(visit: &mut Visit, filled: (&str, &str), seconds: i64) -> Response {
    let wait = if seconds > 90 {
        format!("{} minutes", (seconds + 59) / 60)
    } else {
        format!("{seconds} seconds")
    };
    let problem = format!("Too many attempts to sign in. Try again in {wait}.");
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = shown(visit, status, filled, Some(problem));
    let header = HeaderValue::from(seconds);
    response.headers_mut().insert(RETRY_AFTER, header);
    response
}

fn shown(
    visit: &mut Visit,
    status: StatusCode,
    (username, return_to): (&str, &str),
    problem: Option<String>,
) -> Response {
    let cookie = visit.cookie(Cookie::Form).unwrap_or_else(|| {
        let made = token_text(visit.app.random.as_ref(), TOKEN_LENGTH);
        visit.lend(Cookie::Form, &made);
        made
    });
    let page = Page {
        frame: Frame::of(visit),
        token: form_token::of(&cookie),
        username,
        return_to,
        problem,
    };
    frame::page(status, &page)
}

fn text<'a>(form: &'a Map<String, Value>, name: &str) -> &'a str {
    form.get(name).and_then(Value::as_str).unwrap_or_default()
}
