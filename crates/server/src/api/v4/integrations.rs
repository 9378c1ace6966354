//! `/projects/:id/integrations`, and the same for groups and the instance:
//! <https://docs.gitlab.com/api/project_integrations/>.
//!
//! `PUT` has its own route for every integration, made from its declared settings.

mod change;
mod entity;
mod ignored;

pub(in crate::api) use change::parameter;

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::routes::Route;
use crate::settings::{self, LevelKind};
use axum::response::Response;
use catalogue::Integration;
use engine::effective;
use entity::Shown;
use http::StatusCode;
use serde_json::Value;
use store::settings::Level;

const GET: &str = "Get an integration";
const RESET: &str = "Disable an integration and reset its settings";

/// The routes of projects and groups, with other spellings of their paths.
pub(super) fn routes() -> Vec<Route> {
    let other = ["/projects/{id}/services", "/projects/{id}/integration"];
    let mut all = routes_below("/projects/{id}/integrations", LevelKind::Project);
    all.extend(routes_below("/groups/{id}/integrations", LevelKind::Group));
    for path in other {
        let routes = routes_below(path, LevelKind::Project);
        all.extend(routes.into_iter().map(|route| route.aliased(true)));
    }
    all
}

/// The routes of the instance, for administrators.
pub(in crate::api) fn instance_routes() -> Vec<Route> {
    routes_below("/integrations", LevelKind::Instance)
}

fn routes_below(list: &str, kind: LevelKind) -> Vec<Route> {
    let unknown = format!("{list}/{{slug}}");
    let no_such = move |call| no_such_slug(call, kind);
    let mut routes = vec![
        Route::get(list, summary(kind), move |call| index(call, kind)),
        Route::get(&unknown, GET, no_such),
        Route::delete(&unknown, RESET, no_such),
    ];
    for integration in catalogue::ALL.iter().copied() {
        routes.extend(of_all(list, kind, integration));
    }
    routes
}

/// The routes of every spelling of an integration; one of them is described.
fn of_all(
    list: &str,
    kind: LevelKind,
    integration: &'static Integration,
) -> impl Iterator<Item = Route> {
    integration.slugs().flat_map(move |slug| {
        let routes = of_one(&format!("{list}/{slug}"), kind, integration);
        routes.map(|route| {
            route
                .aliased(slug != integration.slug)
                .for_development(integration.for_development)
        })
    })
}

fn of_one(path: &str, kind: LevelKind, integration: &'static Integration) -> [Route; 3] {
    let put_refuses: &[StatusCode] = match integration.not_by_api {
        Some(_) => &[StatusCode::UNPROCESSABLE_ENTITY],
        None => &[],
    };
    let delete_refuses: &[StatusCode] = if integration.stays_on {
        &[
            StatusCode::PRECONDITION_FAILED,
            StatusCode::UNPROCESSABLE_ENTITY,
        ]
    } else {
        &[StatusCode::PRECONDITION_FAILED]
    };
    [
        Route::get(path, GET, move |call| show(call, kind, integration)),
        Route::put(path, integration.summary, move |call| {
            set(call, kind, integration)
        })
        .refuses(put_refuses)
        .with(change::parameters(integration)),
        Route::delete(path, RESET, move |call| disable(call, kind, integration))
            .refuses(delete_refuses),
    ]
}

/// What a list is, in one line.
fn summary(kind: LevelKind) -> &'static str {
    match kind {
        LevelKind::Project => "List the active integrations of a project",
        LevelKind::Group => "List the active integrations of a group",
        LevelKind::Instance => "List the active integrations of the instance",
    }
}

/// The level that the path names, if the caller may set up integrations there.
async fn level(call: &Call, kind: LevelKind) -> Result<Level, ApiError> {
    kind.level(&call.app, call.caller()?, call.key("id")).await
}

/// The same, if that integration can be set up there.
pub(in crate::api) async fn level_for(
    call: &Call,
    kind: LevelKind,
    integration: &Integration,
) -> Result<Level, ApiError> {
    let level = level(call, kind).await?;
    if kind.allows(integration) {
        Ok(level)
    } else {
        Err(ApiError::Refused("400 Integration not available".into()))
    }
}

async fn index(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    let level = level(&call, kind).await?;
    let stored = call
        .app
        .store
        .read(move |sql| effective::inheritances(sql, level));
    let mut active: Vec<Shown> = stored
        .await?
        .into_iter()
        .filter_map(|inheritance| {
            // A row of an integration that this version no longer has is ignored.
            let integration = catalogue::find(&inheritance.effective()?.slug)?;
            let offered = call.app.engine.offers(integration) && kind.allows(integration);
            offered.then(|| Shown::of(integration, inheritance))?
        })
        .filter(|shown| shown.row.active)
        .collect();
    active.sort_by_key(|shown| shown.row.id);
    let list = active.iter().map(|shown| Value::Object(shown.basic()));
    Ok(answer::ok(&list.collect()))
}

async fn show(
    call: Call,
    kind: LevelKind,
    integration: &'static Integration,
) -> Result<Response, ApiError> {
    let level = level_for(&call, kind, integration).await?;
    let stored = call
        .app
        .store
        .read(move |sql| effective::inheritance(sql, level, integration));
    let shown = Shown::of(integration, stored.await?).ok_or(ApiError::NotFound("Integration"))?;
    Ok(answer::ok(&shown.detail()))
}

async fn set(
    call: Call,
    kind: LevelKind,
    integration: &'static Integration,
) -> Result<Response, ApiError> {
    let level = level_for(&call, kind, integration).await?;
    let (engine, actor) = (&call.app.engine, call.caller()?.actor());
    let error = |error| change::api_error(error, integration);
    let (shown, accepted) = if change::inherits(&call) {
        let inherited = engine
            .inherit(actor, level, integration)
            .await
            .map_err(error)?;
        (Shown::of(integration, inherited), vec![change::INHERIT])
    } else {
        let values = settings::change(integration, &call.params()?);
        let row = engine
            .save(actor, level, integration, values)
            .await
            .map_err(error)?;
        (
            Some(Shown::own(integration, row)),
            change::parameters(integration),
        )
    };
    let shown = shown.ok_or(ApiError::NotFound("Integration"))?;
    let ignored = ignored::names(&call, &accepted);
    Ok(ignored::with_header(answer::ok(&shown.detail()), &ignored))
}

async fn disable(
    call: Call,
    kind: LevelKind,
    integration: &'static Integration,
) -> Result<Response, ApiError> {
    let level = level_for(&call, kind, integration).await?;
    let (actor, since) = (call.caller()?.actor(), change::unmodified_since(&call));
    let reset = call.app.engine.reset(actor, level, integration, since);
    reset
        .await
        .map_err(|error| change::api_error(error, integration))?;
    Ok(answer::no_content())
}

async fn no_such_slug(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    level(&call, kind).await?;
    Err(ApiError::Parameters(
        "slug does not have a valid value".into(),
    ))
}

#[cfg(test)]
mod tests;
