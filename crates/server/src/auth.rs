//! Who calls: a personal access token, its owner, and what it may be used for.

use crate::app::App;
use crate::error::ApiError;
use crate::rates::Usage;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode};
use model::access::Scope;
use model::ambient::day;
use serde_json::{Map, Value};
use std::net::IpAddr;
use store::StoreError;
use store::audit::{self, Actor, Change, Entry, Subject};
use store::identity::{self, Token, User};

/// What a token must be good for to use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// no token at all
    Nothing,
    /// `api`, or `read_api` to read
    Api,
    /// `api` or `read_api`: it changes nothing, whatever its method
    ReadApi,
    /// `api`, or `read_api` or `read_user` to read
    ReadUser,
    /// any scope
    AnyScope,
}

/// The user behind a request, and the token it was made with.
#[derive(Clone, Debug)]
pub struct Caller {
    /// the token's owner
    pub user: User,
    /// the token
    pub token: Token,
}

/// The token's text, from the first place that has one.
pub(crate) fn token_text(
    given: &Map<String, Value>,
    headers: &HeaderMap,
) -> Result<String, ApiError> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let bearer = || {
        let (scheme, text) = header(AUTHORIZATION.as_str())?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
    };
    given
        .get("private_token")
        .and_then(Value::as_str)
        .or_else(|| header("private-token"))
        .or_else(bearer)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or(ApiError::Unauthorized)
}

/// The caller with that token, if there is one and it may be used for this, with what it has used
/// of its limit. Whoever has no good token is counted by address.
pub(crate) async fn counted(
    app: &App,
    (token, address): (Result<String, ApiError>, Option<IpAddr>),
    needs: Needs,
    method: &Method,
) -> Result<(Caller, Usage), ApiError> {
    let (limits, now) = (app.limits(), app.clock.now());
    let held_back = |usage| ApiError::TooMany(usage);
    let token = match token {
        Ok(token) => token,
        Err(error) => {
            limits.unauthenticated(address, now).map_err(held_back)?;
            return Err(error);
        }
    };
    match caller(app, &token, needs, method).await {
        Ok(caller) => {
            let usage = limits.api(caller.user.id, now).map_err(held_back)?;
            Ok((caller, usage))
        }
        Err(error) => {
            if error.status() == StatusCode::UNAUTHORIZED {
                limits.failure(address, now).map_err(held_back)?;
            }
            Err(error)
        }
    }
}

/// The caller with that token, if it may be used for this.
async fn caller(app: &App, text: &str, needs: Needs, method: &Method) -> Result<Caller, ApiError> {
    let digest = identity::digest(text);
    let found = app
        .store
        .read(move |sql| identity::token_by_digest(sql, &digest))
        .await?;
    let Some((mut token, user)) = found else {
        return Err(ApiError::Unauthorized);
    };
    let now = app.clock.now();
    if token.is_expired(day(now)) {
        return Err(ApiError::TokenExpired);
    }
    if token.revoked {
        // A token that was rotated away and comes back was stolen, or its successor was.
        revoke_successors(app, &token).await?;
        return Err(ApiError::TokenRevoked);
    }
    check_scope(&token, needs, method)?;
    if token.touch_is_due(now) {
        let id = token.id;
        token.last_used_at = Some(now);
        let touched = app.store.write(move |sql| identity::touch(sql, id, now));
        if let Err(error) = touched.await {
            // When a token was last used is not worth refusing a request that only reads.
            tracing::warn!(%error, "could not note that a token was used");
        }
    }
    Ok(Caller { user, token })
}

async fn revoke_successors(app: &App, token: &Token) -> Result<(), StoreError> {
    let entry = Entry {
        at: app.clock.now(),
        actor: Actor::system(),
        action: "token.revoked",
        subject: Subject::User(token.user_id),
        integration: None,
        changes: Change::value("name", token.name.as_str(), Value::Null)
            .into_iter()
            .collect(),
    };
    let id = token.id;
    let work = app.store.write(move |sql| {
        if identity::revoke_successors(sql, id)? > 0 {
            audit::add(sql, &entry)?;
        }
        Ok(())
    });
    work.await
}

fn check_scope(token: &Token, needs: Needs, method: &Method) -> Result<(), ApiError> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let enough = |scope: &Scope| match (scope, needs) {
        (Scope::Api, _)
        | (Scope::ReadApi, Needs::ReadApi)
        | (_, Needs::Nothing | Needs::AnyScope) => true,
        (Scope::ReadApi, _) | (Scope::ReadUser, Needs::ReadUser) => reads,
        (Scope::ReadUser, Needs::Api | Needs::ReadApi) => false,
    };
    if token.scopes.iter().any(enough) {
        return Ok(());
    }
    Err(ApiError::InsufficientScope(match needs {
        Needs::ReadUser => "api read_api read_user",
        _ => "api read_api",
    }))
}
