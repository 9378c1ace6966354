//! What `PUT` and `DELETE` take and do.

use super::entity::Shown;
use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter, Params};
use catalogue::{FieldError, Integration, Kind, Setting};
use engine::{Change, SaveError};
use http::header::IF_UNMODIFIED_SINCE;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use model::Trigger;
use serde_json::Value;
use store::settings::{self, Inheritance, Level};

/// Whether to inherit.
pub(super) const INHERIT: Parameter = Parameter::optional(
    "use_inherited_settings",
    ParamKind::Boolean,
    "Whether the settings of the level above hold",
);

/// What `PUT` takes: the settings, the event switches, and whether to inherit.
pub(super) fn parameters(integration: &Integration) -> Vec<Parameter> {
    let settings = integration.settings.iter().map(parameter);
    let triggers = integration.triggers.iter().map(|trigger| Parameter {
        aliases: trigger.other_fields(),
        ..Parameter::optional(trigger.field(), ParamKind::Boolean, trigger.meaning())
    });
    settings.chain(triggers).chain([INHERIT]).collect()
}

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
        // Clients that know no "not set" send a blank text: Terraform's provider does.
        may_be_blank: kind == ParamKind::Text && !setting.required,
        aliases: setting.aliases,
        filled: setting.required && !setting.may_be_blank && kind == ParamKind::Text,
        longest: setting.longest(),
        range: setting.numbers(),
        format: match setting.kind {
            Kind::Url => Some("uri"),
            Kind::Text if setting.secret => Some("password"),
            _ => None,
        },
    }
}

/// Whether a call asks to inherit; all else that it sends then has no meaning.
pub(super) fn inherits(call: &Call) -> bool {
    let asked = call.params_of(&[INHERIT]);
    asked.is_ok_and(|params| params.flag(INHERIT.name) == Some(true))
}

/// Lets the settings above hold.
pub(super) async fn inherit(
    call: &Call,
    level: Level,
    integration: &'static Integration,
) -> Result<Shown, ApiError> {
    let inheritance = call.app.engine.inherit(call.actor()?, level, integration);
    let inheritance = inheritance.await.map_err(not_saved)?;
    inheritance
        .and_then(|inheritance| Shown::of(integration, inheritance))
        .ok_or_else(|| ApiError::Refused("Default integration not found.".into()))
}

/// Saves what a call sends as the level's own settings.
pub(super) async fn save(
    call: &Call,
    level: Level,
    integration: &'static Integration,
) -> Result<Shown, ApiError> {
    let params = call.params()?;
    if let Some(reason) = integration.not_by_api {
        let inheritance = present(call, level, integration).await?;
        if inheritance.effective().is_none() {
            return Err(ApiError::Unprocessable(format!(
                "You cannot create the {} integration from the API: {reason}",
                integration.title
            )));
        }
    }
    let saved = call.app.engine.save(
        call.actor()?,
        level,
        integration,
        change(integration, &params),
    );
    let row = saved.await.map_err(not_saved)?;
    Ok(Shown::own(integration, row))
}

/// Switches an integration off and forgets its values.
pub(super) async fn reset(
    call: &Call,
    level: Level,
    integration: &'static Integration,
) -> Result<(), ApiError> {
    let missing = || ApiError::NotFound("Integration");
    let inheritance = present(call, level, integration).await?;
    let shown = Shown::of(integration, inheritance).ok_or_else(missing)?;
    if integration.stays_on {
        return Err(ApiError::Unprocessable(format!(
            "You cannot disable the {} integration from the API",
            integration.title
        )));
    }
    if unmodified_since(call).is_some_and(|since| since < shown.row.updated_at.as_second()) {
        return Err(ApiError::Precondition);
    }
    let reset = call
        .app
        .engine
        .reset(call.actor()?, level, integration)
        .await?;
    reset.map(|_| ()).ok_or_else(missing)
}

async fn present(
    call: &Call,
    level: Level,
    integration: &'static Integration,
) -> Result<Inheritance, ApiError> {
    let inheritance = call
        .app
        .store
        .read(move |sql| settings::stored_inheritance(sql, level, integration.slug));
    Ok(inheritance.await?)
}

/// The second that `If-Unmodified-Since` names; HTTP's dates have no fractions.
fn unmodified_since(call: &Call) -> Option<i64> {
    let header = call.headers.get(IF_UNMODIFIED_SINCE)?.to_str().ok()?;
    let moment: Timestamp = rfc2822::parse(header).ok()?.timestamp();
    Some(moment.as_second())
}

fn change(integration: &Integration, params: &Params) -> Change {
    let is_trigger = |name: &str| {
        Trigger::from_field(name).is_some_and(|trigger| integration.triggers.contains(&trigger))
    };
    let (triggers, fields) = params
        .all()
        .iter()
        .filter(|(name, _)| *name != INHERIT.name)
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(name, _): &(String, Value)| is_trigger(name));
    Change { fields, triggers }
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
