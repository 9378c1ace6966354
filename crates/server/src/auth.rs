//! Authentication of API requests by personal access tokens, and their scopes.

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

/// The scope that a route requires.
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

/// A token that was accepted, and its owner.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) user: User,
    pub(crate) token: Token,
}

/// The token, from the first parameter or header that has one.
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

/// Authenticates a request within the rate limits and returns the usage of the user's limit. Requests
/// without a valid token are counted by address.
pub(crate) async fn counted(
    app: &App,
    (token, address): (Result<String, ApiError>, Option<IpAddr>),
    needs: Needs,
    method: &Method,
) -> Result<(Credentials, Usage), ApiError> {
    let (limits, now) = (app.limits(), app.clock.now());
    let rate_limited = |usage| ApiError::TooMany(usage);
    let token = match token {
        Ok(token) => token,
        Err(error) => {
            limits.unauthenticated(address, now).map_err(rate_limited)?;
            return Err(error);
        }
    };
    match authenticate(app, &token, needs, method).await {
        Ok(accepted) => {
            let usage = limits.api(accepted.user.id, now).map_err(rate_limited)?;
            Ok((accepted, usage))
        }
        Err(error) => {
            if error.status() == StatusCode::UNAUTHORIZED {
                limits.failure(address, now).map_err(rate_limited)?;
            }
            Err(error)
        }
    }
}

/// Checks a token and its scope.
async fn authenticate(
    app: &App,
    text: &str,
    needs: Needs,
    method: &Method,
) -> Result<Credentials, ApiError> {
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
        // A rotated token that is used again was stolen, or its successor was.
        revoke_successors(app, &token).await?;
        return Err(ApiError::TokenRevoked);
    }
    check_scope(&token, needs, method)?;
    if token.touch_is_due(now) {
        let id = token.id;
        token.last_used_at = Some(now);
        let touched = app.store.write(move |sql| identity::touch(sql, id, now));
        if let Err(error) = touched.await {
            // A request that only reads works even if the use of its token cannot be recorded.
            tracing::warn!(%error, "the use of a token could not be recorded");
        }
    }
    Ok(Credentials { user, token })
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
