//! `/projects/:id/integrations`, and its older alias `/projects/:id/services`.
//!
//! Shapes, order of checks and answers: REST facts, sections 1 to 3. `PUT` has a route
//! of its own for every integration, made from its declared settings.

use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use catalogue::{FieldError, Integration, Kind, Setting};
use engine::{Change, SaveError};
use model::Trigger;
use model::access::AccessLevel;
use serde_json::{Map, Value};
use store::settings::{self, Level, SettingsRow};

const INHERIT: Parameter = Parameter::optional(
    "use_inherited_settings",
    ParamKind::Boolean,
    "Whether the settings of the level above hold",
);

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    ["integrations", "services"]
        .into_iter()
        .flat_map(below)
        .collect()
}

fn below(name: &str) -> Vec<Route> {
    let list = format!("/projects/{{id}}/{name}");
    let unknown = format!("{list}/{{slug}}");
    let mut routes = vec![
        Route::get(&list, "List the active integrations of a project", index),
        Route::get(&unknown, "Get an integration", no_such_slug),
        Route::delete(
            &unknown,
            "Switch an integration off and reset its settings",
            no_such_slug,
        ),
    ];
    for integration in catalogue::ALL.iter().copied() {
        let path = format!("{list}/{}", integration.slug);
        routes.extend([
            Route::get(&path, "Get an integration", move |call| {
                show(call, integration)
            }),
            Route::put(&path, integration.summary, move |call| {
                set(call, integration)
            })
            .with(parameters(integration)),
            Route::delete(
                &path,
                "Switch an integration off and reset its settings",
                move |call| disable(call, integration),
            ),
        ]);
    }
    routes
}

/// What `PUT` takes: the settings, the event switches, and whether to inherit.
fn parameters(integration: &Integration) -> Vec<Parameter> {
    let settings = integration.settings.iter().map(parameter);
    let triggers = integration
        .triggers
        .iter()
        .map(|trigger| Parameter::optional(trigger.field(), ParamKind::Boolean, trigger.meaning()));
    settings.chain(triggers).chain([INHERIT]).collect()
}

/// A setting as a parameter.
pub(in crate::api) fn parameter(setting: &Setting) -> Parameter {
    let kind = match setting.kind {
        Kind::Text | Kind::Url => ParamKind::Text,
        Kind::Boolean => ParamKind::Boolean,
        Kind::Integer => ParamKind::Integer,
        Kind::TextList => ParamKind::TextList,
    };
    Parameter {
        name: setting.name,
        kind,
        required: setting.required,
        help: setting.title,
        choices: setting.choices,
    }
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let level = Level::Project(project.id);
    let rows = call
        .app
        .store
        .read(move |sql| settings::active(sql, level))
        .await?;
    let known = rows
        .iter()
        .filter_map(|row| Some((catalogue::find(&row.slug)?, row)));
    let list: Vec<Value> = known
        .map(|(integration, row)| Value::Object(basic(integration, row)))
        .collect();
    Ok(answer::ok(&Value::Array(list)))
}

async fn show(call: Call, integration: &'static Integration) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let level = Level::Project(project.id);
    let row = call
        .app
        .store
        .read(move |sql| settings::get(sql, level, integration.slug))
        .await?;
    let row = row.ok_or(ApiError::NotFound("Integration"))?;
    Ok(answer::ok(&detail(integration, &row)))
}

async fn set(call: Call, integration: &'static Integration) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let params = call.params()?;
    if params.flag(INHERIT.name) == Some(true) {
        return Err(ApiError::Refused("Default integration not found.".into()));
    }
    let saved = call.app.engine.save(
        Level::Project(project.id),
        integration,
        change(integration, &params),
    );
    let row = saved.await.map_err(not_saved)?;
    Ok(answer::ok(&detail(integration, &row)))
}

fn change(integration: &Integration, params: &Params) -> Change {
    let is_trigger = |name: &str| {
        integration
            .triggers
            .iter()
            .any(|trigger| trigger.field() == name)
    };
    let (triggers, fields) = params
        .all()
        .iter()
        .filter(|(name, _)| *name != INHERIT.name)
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(name, _): &(String, Value)| is_trigger(name));
    Change { fields, triggers }
}

async fn disable(call: Call, integration: &'static Integration) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let reset = call
        .app
        .engine
        .reset(Level::Project(project.id), integration)
        .await?;
    reset.ok_or(ApiError::NotFound("Integration"))?;
    Ok(answer::no_content())
}

async fn no_such_slug(call: Call) -> Result<Response, ApiError> {
    call.project(AccessLevel::Maintainer).await?;
    Err(ApiError::Parameters(
        "slug does not have a valid value".into(),
    ))
}

/// GitLab's text: a prefix, then the errors as Ruby prints a hash.
fn not_saved(error: SaveError) -> ApiError {
    match error {
        SaveError::Store(error) => ApiError::Store(error),
        SaveError::Invalid(errors) => ApiError::Refused(format!(
            "Failed to update integration. {{{}}}",
            ruby_hash(&errors)
        )),
    }
}

fn ruby_hash(errors: &[FieldError]) -> String {
    let mut fields: Vec<(&str, Vec<String>)> = Vec::new();
    for error in errors {
        let quoted = Value::from(error.message.as_str()).to_string();
        match fields.iter_mut().find(|(field, _)| *field == error.field) {
            Some((_, messages)) => messages.push(quoted),
            None => fields.push((error.field, vec![quoted])),
        }
    }
    let shown = fields
        .iter()
        .map(|(field, messages)| format!(":{field}=>[{}]", messages.join(", ")));
    shown.collect::<Vec<_>>().join(", ")
}

/// The basic entity: every event switch, whatever the integration has.
fn basic(integration: &Integration, row: &SettingsRow) -> Map<String, Value> {
    let mut entity = Map::new();
    let mut put = |name: &str, value: Value| entity.insert(name.to_owned(), value);
    put("id", row.id.into());
    put("title", integration.title.into());
    put("slug", row.slug.as_str().into());
    put("created_at", answer::time(row.created_at).into());
    put("updated_at", answer::time(row.updated_at).into());
    put("active", row.active.into());
    let shown = |trigger: &Trigger| !HIDDEN.contains(trigger) && *trigger != Trigger::Vulnerability;
    for trigger in Trigger::ALL.iter().map(|row| row.0).filter(shown) {
        put(trigger.field(), switch(integration, row, trigger));
    }
    put(
        "comment_on_event_enabled",
        row.fields
            .get("comment_on_event_enabled")
            .cloned()
            .unwrap_or(true.into()),
    );
    put("inherited", row.inherits.into());
    put(
        Trigger::Vulnerability.field(),
        switch(integration, row, Trigger::Vulnerability),
    );
    entity
}

/// Switches that can be set, but that GitLab's entity does not show.
const HIDDEN: [Trigger; 3] = [
    Trigger::GroupMention,
    Trigger::GroupConfidentialMention,
    Trigger::ArchiveTrace,
];

fn switch(integration: &Integration, row: &SettingsRow, trigger: Trigger) -> Value {
    match row.triggers.get(trigger.field()) {
        Some(Value::Bool(on)) => (*on).into(),
        _ => integration.is_on_at_first(trigger).into(),
    }
}

/// The detail entity: the basic one and the properties, secrets left out.
fn detail(integration: &Integration, row: &SettingsRow) -> Value {
    let mut entity = basic(integration, row);
    let shown = integration
        .settings
        .iter()
        .filter(|setting| !setting.secret && !setting.top_level);
    let properties = shown.map(|setting| {
        let set = row
            .fields
            .get(setting.name)
            .filter(|value| !value.is_null());
        (
            setting.name.to_owned(),
            set.cloned().unwrap_or_else(|| setting.default_json()),
        )
    });
    entity.insert("properties".into(), Value::Object(properties.collect()));
    Value::Object(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_look_as_ruby_prints_them() {
        let errors = [
            FieldError::new("url", "is blocked: Only allowed schemes are http, https"),
            FieldError::new("password", "can't be blank"),
            FieldError::new("url", "is \"bad\""),
        ];
        assert_eq!(
            ruby_hash(&errors),
            r#":url=>["is blocked: Only allowed schemes are http, https", "is \"bad\""], :password=>["can't be blank"]"#
        );
    }
}
