//! `/user` and `/users`.

use super::{entities, names};
use crate::answer;
use crate::auth::Needs;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter};
use crate::password;
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use model::Secret;
use serde_json::Value;
use store::audit::{self, Change, Subject};
use store::identity::{self, NewUser, UserFilter};
use store::projects;

const SHORTEST_PASSWORD: usize = 8;

const LIST: &[Parameter] = &[
    Parameter::optional(
        "username",
        ParamKind::Text,
        "Only the user with this username",
    ),
    Parameter::optional(
        "search",
        ParamKind::Text,
        "Only users with this in name or username, or with this email",
    ),
    PAGE,
    PER_PAGE,
];

const CREATE: &[Parameter] = &[
    Parameter::required("email", ParamKind::Text, "Email address"),
    Parameter::required("name", ParamKind::Text, "Name that is shown"),
    Parameter::required(
        "username",
        ParamKind::Text,
        "Name to sign in with, and path of the personal namespace",
    ),
    Parameter::optional(
        "password",
        ParamKind::Text,
        "Password of at least 8 characters; without one the user can use tokens alone",
    ),
    Parameter::optional(
        "admin",
        ParamKind::Boolean,
        "Whether the user is an administrator",
    ),
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/user", "Get the user of the token", current).needs(Needs::ReadUser),
        Route::get("/users", "List users", index)
            .needs(Needs::ReadUser)
            .with(LIST),
        Route::post("/users", "Create a user (administrators)", create)
            .with(CREATE)
            .refuses(&[StatusCode::CONFLICT]),
        Route::get("/users/{user_id}", "Get a user", show).needs(Needs::ReadUser),
    ]
}

async fn current(call: Call) -> Result<Response, ApiError> {
    let user = &call.caller()?.user;
    Ok(answer::ok(&entities::full_user(
        &call.app, user, user.admin,
    )))
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let page = paging::page(&params)?;
    let filter = UserFilter {
        username: params.filled("username").map(str::to_owned),
        search: params.filled("search").map(str::to_owned),
    };
    let users = call
        .app
        .store
        .read(move |sql| identity::list_users(sql, &filter, page));
    let users = users.await?;
    Ok(paging::answer(&call, page, &users, |user| {
        entities::user(&call.app, user)
    }))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let admin = call.caller()?.user.admin;
    let user = call.user(call.id("user_id")?).await?;
    let entity = if admin {
        entities::full_user(&call.app, &user, true)
    } else {
        entities::user(&call.app, &user)
    };
    Ok(answer::ok(&entity))
}

async fn create(call: Call) -> Result<Response, ApiError> {
    call.admin()?;
    let params = call.params()?;
    let text = |name: &str| params.text(name).unwrap_or_default().trim().to_owned();
    let (email, name, username) = (text("email"), text("name"), text("username"));
    let password = params.filled("password").map(Secret::new);
    let mut problems = Problems::default();
    names::check_email(&email, &mut problems);
    names::check_name(&name, &mut problems);
    names::check_path(&username, true, "username", &mut problems);
    if let Some(password) = &password
        && password.expose().chars().count() < SHORTEST_PASSWORD
    {
        problems.add("password", "is too short (minimum is 8 characters)");
    }
    problems.check()?;
    let hash = match password {
        Some(password) => Some(password::hash(call.app.random.as_ref(), password).await?),
        None => None,
    };
    let (admin, now) = (params.flag("admin").unwrap_or(false), call.now);
    let mut entry = call.entry(
        "user.created",
        Subject::Instance,
        [Change::value("admin", Value::Null, admin)],
    )?;
    let work = call.write(move |sql| {
        if identity::email_taken(sql, &email)? {
            return Err(ApiError::Conflict("Email has already been taken".into()));
        }
        if identity::user_by_name(sql, &username)?.is_some()
            || projects::path_taken(sql, &username)?
        {
            let text = "Username has already been taken";
            return Err(ApiError::Conflict(text.into()));
        }
        let new = NewUser {
            username: &username,
            name: &name,
            email: &email,
            admin,
            password_hash: hash.as_deref(),
        };
        let user = identity::add_user(sql, &new, now)?;
        entry.subject = Subject::User(user.id);
        audit::add(sql, &entry)?;
        Ok(user)
    });
    let user = work.await?;
    Ok(answer::created(&entities::full_user(
        &call.app, &user, true,
    )))
}
