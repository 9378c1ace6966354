//! `/personal_access_tokens`.

use super::entities;
use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use model::access::Scope;
use model::ambient::token_text;
use model::id::UserId;
use serde_json::Value;
use store::StoreError;
use store::audit::{self, Change, Subject};
use store::identity::{self, NewToken, Token, TokenFilter};

/// GitLab's prefix, by which scanners find a token that leaked.
const PREFIX: &str = "glpat-";
/// Random characters behind it, 144 bits.
const LENGTH: usize = 24;
/// Default lifetime of a token, in days.
const LIFETIME: i32 = 365;
/// Default lifetime of a rotated token, in days.
const ROTATED_LIFETIME: i32 = 7;

const LIST: &[Parameter] = &[
    Parameter::optional(
        "user_id",
        ParamKind::Integer,
        "Only tokens of this user; others' are for administrators",
    ),
    Parameter::optional(
        "revoked",
        ParamKind::Boolean,
        "Only tokens that are revoked, or that are not",
    ),
    Parameter::optional(
        "state",
        ParamKind::Text,
        "Only tokens that can be used, or that cannot",
    )
    .one_of(&["active", "inactive"]),
    Parameter::optional(
        "search",
        ParamKind::Text,
        "Only tokens with this in their name",
    ),
    PAGE,
    PER_PAGE,
];

const CREATE: &[Parameter] = &[
    Parameter::required("name", ParamKind::Text, "What the token is called"),
    Parameter::optional("description", ParamKind::Text, "What the token is for"),
    Parameter::required(
        "scopes",
        ParamKind::CommaList,
        "What the token may be used for",
    )
    .one_of(&["api", "read_api", "read_user"]),
    Parameter::optional(
        "expires_at",
        ParamKind::Date,
        "The first day on which it is no longer good; a year from now unless given",
    ),
];

const ROTATE: &[Parameter] = &[Parameter::optional(
    "expires_at",
    ParamKind::Date,
    "The first day on which the new one is no longer good; a week from now unless given",
)];

pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/personal_access_tokens";
    const SELF: &str = "/personal_access_tokens/self";
    const ONE: &str = "/personal_access_tokens/{token_id}";
    vec![
        Route::get(ALL, "List personal access tokens", index).with(LIST),
        Route::get(SELF, "Get the token of the request", |call| {
            show(call, true)
        })
        .needs(Needs::AnyScope),
        Route::delete(SELF, "Revoke the token of the request", |call| {
            revoke(call, true)
        })
        .needs(Needs::AnyScope),
        Route::get(ONE, "Get a token", |call| show(call, false)),
        Route::delete(ONE, "Revoke a token", |call| revoke(call, false)),
        Route::post(
            "/personal_access_tokens/self/rotate",
            "Replace the token of the request",
            |call| rotate(call, true),
        )
        .with(ROTATE)
        .answers(StatusCode::OK),
        Route::post(
            "/personal_access_tokens/{token_id}/rotate",
            "Replace a token",
            |call| rotate(call, false),
        )
        .with(ROTATE)
        .answers(StatusCode::OK),
        Route::post(
            "/users/{user_id}/personal_access_tokens",
            "Create a token for a user (administrators)",
            create,
        )
        .with(CREATE),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let page = paging::page(&params)?;
    let caller = &call.caller()?.user;
    let user_id = params.integer("user_id").map(UserId);
    if !caller.admin && user_id.is_some_and(|id| id != caller.id) {
        return Err(ApiError::Unauthorized);
    }
    let filter = TokenFilter {
        user_id: user_id.or((!caller.admin).then_some(caller.id)),
        revoked: params.flag("revoked"),
        active: params.text("state").map(|state| state == "active"),
        search: params.filled("search").map(str::to_owned),
    };
    let today = call.today();
    let tokens = call
        .app
        .store
        .read(move |sql| identity::list_tokens(sql, &filter, today, page));
    let tokens = tokens.await?;
    Ok(paging::answer(&call, page, &tokens, |token| {
        entity(&call, token)
    }))
}

async fn show(call: Call, own: bool) -> Result<Response, ApiError> {
    let token = find(&call, own).await?;
    Ok(answer::ok(&entity(&call, &token)))
}

async fn revoke(call: Call, own: bool) -> Result<Response, ApiError> {
    let token = find(&call, own).await?;
    let removed = Change::value("name", token.name.as_str(), Value::Null);
    let entry = call.entry("token.revoked", Subject::User(token.user_id), [removed])?;
    let work = call.app.store.write(move |sql| {
        if identity::revoke(sql, token.id)? {
            audit::add(sql, &entry)?;
        }
        Ok(())
    });
    work.await?;
    Ok(answer::no_content())
}

async fn rotate(call: Call, own: bool) -> Result<Response, ApiError> {
    let old = find(&call, own).await?;
    let expires_at = expiry(&call, &call.params()?, ROTATED_LIFETIME)?;
    let (text, digest, now) = new_text(&call);
    let refused = || ApiError::Refused("token already revoked".into());
    if !old.is_active(call.today()) {
        return Err(refused());
    }
    let mut entry = call.entry("token.rotated", Subject::User(old.user_id), [])?;
    let work = call.app.store.write(move |sql| {
        let token = identity::rotate(sql, &old, &digest, expires_at, now)?;
        entry.changes = token.as_changes();
        audit::add(sql, &entry)?;
        Ok(token)
    });
    let token = work.await.map_err(|error| match error {
        StoreError::Conflict => refused(),
        other => other.into(),
    })?;
    Ok(answer::ok(&with_text(&call, &token, &text)))
}

async fn create(call: Call) -> Result<Response, ApiError> {
    call.admin()?;
    let user = call.user(call.id("user_id")?).await?;
    let params = call.params()?;
    let name = params.text("name").unwrap_or_default().trim().to_owned();
    let description = params.filled("description").map(str::to_owned);
    let scopes: Vec<Scope> = params
        .texts("scopes")
        .unwrap_or_default()
        .into_iter()
        .filter_map(Scope::from_name)
        .collect();
    let mut problems = Problems::default();
    if name.is_empty() {
        problems.add("name", "can't be blank");
    }
    if scopes.is_empty() {
        problems.add("scopes", "can't be blank");
    }
    problems.check()?;
    let expires_at = expiry(&call, &params, LIFETIME)?;
    let (text, digest, now) = new_text(&call);
    let mut entry = call.entry("token.created", Subject::User(user.id), [])?;
    let work = call.app.store.write(move |sql| {
        let new = NewToken {
            user_id: user.id,
            name: &name,
            description: description.as_deref(),
            scopes: &scopes,
            expires_at: Some(expires_at),
        };
        let token = identity::add_token(sql, &new, &digest, now)?;
        entry.changes = token.as_changes();
        audit::add(sql, &entry)?;
        Ok(token)
    });
    let token = work.await?;
    Ok(answer::created(&with_text(&call, &token, &text)))
}

/// The token that the path names, if it is the caller's or the caller is an administrator.
async fn find(call: &Call, own: bool) -> Result<Token, ApiError> {
    let caller = call.caller()?;
    if own {
        return Ok(call.token()?.clone());
    }
    let id = call.id("token_id")?;
    let found = call.app.store.read(move |sql| identity::token(sql, id));
    match found.await? {
        Some(token) if caller.user.admin || token.user_id == caller.user.id => Ok(token),
        None if caller.user.admin => Err(ApiError::NotFound("Personal Access Token")),
        // Whether a foreign token exists is nobody's business.
        _ => Err(ApiError::Unauthorized),
    }
}

fn expiry(call: &Call, params: &Params, days: i32) -> Result<Date, ApiError> {
    let today = call.today();
    match params.date("expires_at") {
        Some(day) if day <= today => {
            Err(Problems::one("expires_at", "must be a date in the future"))
        }
        Some(day) => Ok(day),
        None => Ok(today.saturating_add(Span::new().days(days))),
    }
}

fn new_text(call: &Call) -> (String, String, Timestamp) {
    let text = format!("{PREFIX}{}", token_text(call.app.random.as_ref(), LENGTH));
    let digest = identity::digest(&text);
    (text, digest, call.now)
}

fn entity(call: &Call, token: &Token) -> Value {
    entities::token(token, token.is_active(call.today()))
}

fn with_text(call: &Call, token: &Token, text: &str) -> Value {
    let mut entity = entity(call, token);
    entity["token"] = text.into();
    entity
}
