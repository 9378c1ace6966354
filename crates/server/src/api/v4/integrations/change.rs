//! Parameters of `PUT`, and the errors of changes.

use crate::call::Call;
use crate::error::ApiError;
use crate::params::{ParamKind, Parameter};
use catalogue::{FieldError, Integration, Kind, Setting};
use engine::SaveError;
use http::header::IF_UNMODIFIED_SINCE;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde_json::Value;

/// Whether to inherit.
pub(super) const INHERIT: Parameter = Parameter::optional(
    "use_inherited_settings",
    ParamKind::Boolean,
    "Whether to use the settings of the level above",
);

/// The parameters of `PUT`: the settings, the triggers, and whether to inherit.
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
        // Clients without a value for "not set" send a blank text, such as Terraform's provider.
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

/// Whether a call asks to inherit; all other parameters are ignored then.
pub(super) fn inherits(call: &Call) -> bool {
    let inherit = call.params_of(&[INHERIT]);
    inherit.is_ok_and(|params| params.flag(INHERIT.name) == Some(true))
}

/// The second in `If-Unmodified-Since`; HTTP dates have no fractions.
pub(super) fn unmodified_since(call: &Call) -> Option<i64> {
    let header = call.headers.get(IF_UNMODIFIED_SINCE)?.to_str().ok()?;
    let moment: Timestamp = rfc2822::parse(header).ok()?.timestamp();
    Some(moment.as_second())
}

/// GitLab's errors; invalid values as a prefix and the errors as Ruby prints a hash.
pub(super) fn api_error(error: SaveError, integration: &Integration) -> ApiError {
    let title = integration.title;
    match error {
        SaveError::Invalid(errors) => ApiError::Refused(format!(
            "Failed to update integration. {{{}}}",
            ruby_hash(&errors)
        )),
        SaveError::SetUpElsewhere(how) => ApiError::Unprocessable(format!(
            "You cannot create the {title} integration from the API: {how}"
        )),
        SaveError::StaysOn => ApiError::Unprocessable(format!(
            "You cannot disable the {title} integration from the API"
        )),
        SaveError::NotSetUp => ApiError::NotFound("Integration"),
        SaveError::NothingToInherit => ApiError::Refused("Default integration not found.".into()),
        SaveError::Modified => ApiError::Precondition,
        SaveError::Store(error) => ApiError::Store(error),
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
