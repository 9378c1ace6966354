//! Integrations at three levels: the instance's own settings, which level a value comes from, and
//! who has settings of its own.

use crate::answer;
use crate::api::v4::integrations::{instance_routes, level_for};
use crate::call::Call;
use crate::error::ApiError;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::Parameter;
use crate::routes::Route;
use crate::settings::LevelKind;
use axum::response::Response;
use catalogue::{Integration, Setting, Values};
use engine::effective;
use model::Trigger;
use serde_json::{Map, Value, json};
use store::projects;
use store::settings::{self, Level, Override, SettingsRow};

const LIST: &[Parameter] = &[PAGE, PER_PAGE];
const EFFECTIVE: &str = "Show each value that holds, and the level it comes from";
const OVERRIDES: &str = "List the projects and groups below with settings of their own";

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    let of_one = "/integrations/{slug}";
    let mut all = instance_routes();
    for (owner, kind) in [
        ("/projects/{id}", LevelKind::Project),
        ("/groups/{id}", LevelKind::Group),
    ] {
        let path = format!("{owner}{of_one}/effective");
        all.push(Route::get(&path, EFFECTIVE, move |call| {
            effective(call, kind)
        }));
    }
    for (owner, kind) in [
        ("", LevelKind::Instance),
        ("/groups/{id}", LevelKind::Group),
    ] {
        let path = format!("{owner}{of_one}/overrides");
        let list = Route::get(&path, OVERRIDES, move |call| overrides(call, kind));
        all.push(list.with(LIST));
    }
    all
}

/// The level of a path, and the integration it names.
async fn named(call: &Call, kind: LevelKind) -> Result<(Level, &'static Integration), ApiError> {
    let integration = catalogue::find(call.name("slug"))
        .filter(|integration| call.app.engine.offers(integration));
    let Some(integration) = integration else {
        // Missing rights count before a wrong slug.
        kind.level(&call.app, call.caller()?, call.key("id"))
            .await?;
        return Err(ApiError::Parameters(
            "slug does not have a valid value".into(),
        ));
    };
    Ok((level_for(call, kind, integration).await?, integration))
}

async fn effective(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    let (level, integration) = named(&call, kind).await?;
    let found = call.app.store.read(move |sql| {
        let inheritance = effective::inheritance(sql, level, integration)?;
        let Some(row) = inheritance.effective().cloned() else {
            return Ok(None);
        };
        let group = match row.level {
            Level::Namespace(id) => projects::namespace(sql, id)?,
            Level::Instance | Level::Project(_) => None,
        };
        Ok(Some((row, group.map(|group| group.full_path))))
    });
    let (row, path) = found.await?.ok_or(ApiError::NotFound("Integration"))?;
    let origin = Origin {
        level: row.level,
        path,
    };
    // For deliveries, a secret that cannot be decrypted is missing.
    let values = engine::unseal(integration, &row, &call.app.keyring).ok();
    let mut body = origin.mark(Map::new());
    body.insert("integration".into(), integration.slug.into());
    body.insert("active".into(), row.active.into());
    body.insert("inherited".into(), (row.level != level).into());
    let properties = integration.settings.iter().map(|setting| {
        let value = property(setting, &row, values.as_ref(), &origin);
        (setting.name.to_owned(), value)
    });
    body.insert("properties".into(), Value::Object(properties.collect()));
    let events = integration.triggers.iter().map(|trigger| {
        let value = switch(integration, *trigger, &row, &origin);
        (trigger.field().to_owned(), value)
    });
    body.insert("events".into(), Value::Object(events.collect()));
    Ok(answer::ok(&Value::Object(body)))
}

/// Where values come from.
struct Origin {
    level: Level,
    /// the full path, if it is a group
    path: Option<String>,
}

impl Origin {
    /// A value with the level it comes from.
    fn mark(&self, mut value: Map<String, Value>) -> Map<String, Value> {
        let level = match self.level {
            Level::Instance => "instance",
            Level::Namespace(_) => "group",
            Level::Project(_) => "project",
        };
        value.insert("level".into(), level.into());
        if let Some(path) = &self.path {
            value.insert("full_path".into(), path.as_str().into());
        }
        value
    }

    /// The value that is set, or the default.
    fn value(&self, set: Option<&Value>, default: &Value) -> Value {
        match set.filter(|value| !value.is_null()) {
            Some(value) => {
                Value::Object(self.mark(Map::from_iter([("value".into(), value.clone())])))
            }
            None => json!({ "value": default, "level": "default" }),
        }
    }
}

fn property(
    setting: &Setting,
    row: &SettingsRow,
    values: Option<&Values>,
    origin: &Origin,
) -> Value {
    if !setting.secret {
        return origin.value(row.fields.get(setting.name), &setting.default_json());
    }
    if values.is_some_and(|values| !values.secret(setting.name).is_empty()) {
        Value::Object(origin.mark(Map::from_iter([("set".into(), true.into())])))
    } else {
        json!({ "set": false, "level": "default" })
    }
}

fn switch(
    integration: &Integration,
    trigger: Trigger,
    row: &SettingsRow,
    origin: &Origin,
) -> Value {
    let default = integration.is_enabled_by_default(trigger);
    origin.value(row.triggers.get(trigger.field()), &default.into())
}

async fn overrides(call: Call, kind: LevelKind) -> Result<Response, ApiError> {
    let (level, integration) = named(&call, kind).await?;
    let page = paging::page(&call.params()?)?;
    let below = match level {
        Level::Namespace(id) => Some(id),
        Level::Instance | Level::Project(_) => None,
    };
    let found = call
        .app
        .store
        .read(move |sql| settings::overrides(sql, below, integration.slug, page));
    Ok(paging::answer(&call, page, &found.await?, entity))
}

/// GitLab's keys, and what kind of thing it is.
fn entity(own: &Override) -> Value {
    let (kind, id) = match own.level {
        Level::Project(id) => ("project", id.0),
        Level::Namespace(id) => ("group", id.0),
        Level::Instance => ("instance", 0),
    };
    json!({
        "id": id,
        "type": kind,
        "avatar_url": null,
        "name": own.name,
        "full_name": own.full_name,
        "full_path": own.full_path,
        "active": own.active,
    })
}
