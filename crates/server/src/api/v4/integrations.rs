//! `/projects/:id/integrations` and its likes for groups and the instance.
//!
//! Shapes, order of checks and answers: REST facts, sections 1 to 3. `PUT` has a route
//! of its own for every integration, made from its declared settings.

mod change;
mod entity;
mod ignored;
mod level_kind;

pub(in crate::api) use change::parameter;

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::routes::Route;
use axum::response::Response;
use catalogue::Integration;
use engine::trackers;
use entity::Shown;
use http::StatusCode;
pub(in crate::api) use level_kind::LevelKind;
use serde_json::Value;

const GET: &str = "Get an integration";
const RESET: &str = "Switch an integration off and reset its settings";

/// The routes of projects and groups, with the other ways to write them.
pub(super) fn routes() -> Vec<Route> {
    let other = ["/projects/{id}/services", "/projects/{id}/integration"];
    let mut all = below("/projects/{id}/integrations", LevelKind::Project);
    all.extend(below("/groups/{id}/integrations", LevelKind::Group));
    for path in other {
        let routes = below(path, LevelKind::Project);
        all.extend(routes.into_iter().map(|route| route.aliased(true)));
    }
    all
}

/// The routes of the instance, for administrators.
pub(in crate::api) fn instance_routes() -> Vec<Route> {
    below("/integrations", LevelKind::Instance)
}

fn below(list: &str, kind: LevelKind) -> Vec<Route> {
    let unknown = format!("{list}/{{slug}}");
    let no_such = move |call| no_such_slug(call, kind);
    let mut routes = vec![
        Route::get(list, kind.summary(), move |call| index(call, kind)),
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

async fn index(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    let level = kind.level(&call).await?;
    let rows = call
        .app
        .store
        .read(move |sql| trackers::inheritances(sql, level))
        .await?;
    let mut active: Vec<Shown> = rows
        .into_iter()
        .filter_map(|inheritance| {
            // A row of an integration that this version no longer has is left alone.
            let integration = catalogue::find(&inheritance.effective()?.slug)?;
            let there = call.app.engine.offers(integration) && kind.allows(integration);
            there.then(|| Shown::of(integration, inheritance))?
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
    let level = kind.level_for(&call, integration).await?;
    let inheritance = call
        .app
        .store
        .read(move |sql| trackers::inheritance(sql, level, integration));
    let shown =
        Shown::of(integration, inheritance.await?).ok_or(ApiError::NotFound("Integration"))?;
    Ok(answer::ok(&shown.detail()))
}

async fn set(
    call: Call,
    kind: LevelKind,
    integration: &'static Integration,
) -> Result<Response, ApiError> {
    let level = kind.level_for(&call, integration).await?;
    let (shown, ignored) = if change::inherits(&call) {
        let shown = change::inherit(&call, level, integration).await?;
        (shown, ignored::names(&call, &[change::INHERIT]))
    } else {
        let shown = change::save(&call, level, integration).await?;
        (
            shown,
            ignored::names(&call, &change::parameters(integration)),
        )
    };
    Ok(ignored::told(answer::ok(&shown.detail()), &ignored))
}

async fn disable(
    call: Call,
    kind: LevelKind,
    integration: &'static Integration,
) -> Result<Response, ApiError> {
    let level = kind.level_for(&call, integration).await?;
    change::reset(&call, level, integration).await?;
    Ok(answer::no_content())
}

async fn no_such_slug(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    kind.level(&call).await?;
    Err(ApiError::Parameters(
        "slug does not have a valid value".into(),
    ))
}

#[cfg(test)]
mod tests;
