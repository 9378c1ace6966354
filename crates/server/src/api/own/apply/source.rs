//! The source of a project, as a document declares it.

use super::entry::{Field, Problem};
use crate::api::own::source::{PUT, apply, check, origin};
use crate::app::App;
use crate::error::ApiError;
use crate::params::Params;
use model::id::ProjectId;
use model::secret::constant_time_eq;
use serde_json::{Map, Value};
use store::sources::{self, SourceRow};
use store::{Reason, StoreError};

/// Whether a value of a source is never shown.
pub(super) fn is_secret(name: &str) -> bool {
    matches!(name, "secret" | "api_token")
}

/// The row as it has to become and how that differs from what it is, or what is wrong.
type Declared = Result<(SourceRow, Vec<Field>), Vec<Problem>>;

/// The source row that results from a declaration. Nothing is stored.
pub(super) fn declare(
    app: &App,
    project: ProjectId,
    present: Option<&SourceRow>,
    values: &Map<String, Value>,
    at: &[String],
) -> Result<Declared, StoreError> {
    let params = match Params::read(PUT, values).and_then(|params| {
        check(&params)?;
        Ok(params)
    }) {
        Ok(params) => params,
        Err(error) => return Ok(Err(problems(&error, at))),
    };
    let before = present.cloned().unwrap_or_default();
    let mut row = SourceRow {
        secret: before.secret.clone(),
        api_token: before.api_token.clone(),
        ..SourceRow::default()
    };
    apply(&mut row, &params);
    if origin(&row.api_url) != origin(&before.api_url) {
        // The token was entered for another host.
        row.api_token = None;
    }
    let [secret, api_token] = [
        sources::secret_context(project),
        sources::api_token_context(project),
    ];
    let seal = |current: &mut Option<Vec<u8>>, name: &str, context: &str| {
        seal(app, &params, current, name, context)
    };
    seal(&mut row.secret, "secret", &secret)?;
    seal(&mut row.api_token, "api_token", &api_token)?;
    let fields = differences(present, &row);
    Ok(Ok((row, fields)))
}

/// Replaces the stored secret by the declared one, unless they are the same.
fn seal(
    app: &App,
    params: &Params,
    current: &mut Option<Vec<u8>>,
    name: &str,
    context: &str,
) -> Result<(), StoreError> {
    if params.has(name) && params.filled(name).is_none() {
        *current = None;
    }
    let Some(entered) = params.filled(name) else {
        return Ok(());
    };
    let present = current
        .as_ref()
        .and_then(|sealed| app.keyring.open(context, sealed).ok());
    if present.is_some_and(|present| constant_time_eq(&present, entered.as_bytes())) {
        return Ok(());
    }
    let sealed = app.keyring.seal(&*app.random, context, entered.as_bytes());
    *current =
        Some(sealed.map_err(|error| StoreError::Secret(Reason::new(error.to_string(), error)))?);
    Ok(())
}

fn differences(present: Option<&SourceRow>, new: &SourceRow) -> Vec<Field> {
    let empty = SourceRow::default();
    let old = present.unwrap_or(&empty);
    let plain = [
        ("kind", old.kind.name(), new.kind.name()),
        ("web_url", &old.web_url, &new.web_url),
        (
            "repository_path",
            &old.repository_path,
            &new.repository_path,
        ),
        ("api_url", &old.api_url, &new.api_url),
    ];
    let plain = plain
        .into_iter()
        .filter(|(name, old, new)| old != new || (present.is_none() && *name == "kind"))
        .map(|(name, old, new)| Field {
            name,
            secret: false,
            old: present.map_or(Value::Null, |_| old.into()),
            new: new.into(),
        });
    let secret = [
        ("secret", &old.secret, &new.secret),
        ("api_token", &old.api_token, &new.api_token),
    ];
    let secret = secret
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| Field {
            name,
            secret: true,
            old: old.is_some().into(),
            new: new.is_some().into(),
        });
    plain.chain(secret).collect()
}

fn problems(error: &ApiError, at: &[String]) -> Vec<Problem> {
    let at = |more: Option<&str>| {
        let more = more.map(str::to_owned);
        at.iter().cloned().chain(more).collect()
    };
    match error {
        ApiError::Invalid(problems) => problems
            .all()
            .map(|(field, message)| Problem {
                at: at(Some(field)),
                message: message.to_owned(),
            })
            .collect(),
        other => vec![Problem {
            at: at(None),
            message: other.to_string(),
        }],
    }
}
