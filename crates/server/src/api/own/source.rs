//! `projects/:id/source`: where a project's events come from.

use crate::answer;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use model::SourceKind;
use model::access::AccessLevel;
use model::id::ProjectId;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Keyring;
use store::audit::{self, Change, Subject};
use store::sources::{self, SourceRow};
use url::Url;

/// What a source is made of.
pub(super) const PUT: &[Parameter] = &[
    Parameter::required("kind", ParamKind::Text, "Kind of host")
        .one_of(&["gitlab", "forgejo", "gitea", "github", "git"]),
    Parameter::optional(
        "web_url",
        ParamKind::Text,
        "The project's page on its host, which links lead to",
    ),
    Parameter::optional(
        "secret",
        ParamKind::Text,
        "What its events have to carry; never shown again",
    ),
    Parameter::optional(
        "repository_path",
        ParamKind::Text,
        "Folder of the bare repository on this machine",
    ),
    Parameter::optional("api_url", ParamKind::Text, "Base of the host's API"),
    Parameter::optional(
        "api_token",
        ParamKind::Text,
        "Token for the host's API; never shown again",
    ),
];

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/projects/{id}/source",
            "Get where a project's events come from",
            show,
        ),
        Route::put(
            "/projects/{id}/source",
            "Set where a project's events come from",
            set,
        )
        .with(PUT),
    ]
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let source = call
        .app
        .store
        .read(move |sql| sources::get(sql, project.id))
        .await?;
    let source = source.ok_or(ApiError::NotFound("Source"))?;
    Ok(answer::ok(&entity(&source)))
}

async fn set(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let params = call.params()?;
    check(&params)?;
    let id = project.id;
    let secret = seal(&call, &params, "secret", &sources::secret_context(id))?;
    let api_token = seal(&call, &params, "api_token", &sources::api_token_context(id))?;
    let mut entry = call.entry("source.saved", Subject::Project(id), [])?;
    let keyring = Arc::clone(&call.app.keyring);
    let saved = call.app.store.write(move |sql| {
        let old = sources::get(sql, id)?;
        let mut row = old.clone().unwrap_or_default();
        let before = origin(&row.api_url);
        apply(&mut row, &params);
        if origin(&row.api_url) != before {
            // The token was entered for another host.
            row.api_token = None;
        }
        row.secret = secret.clone().or(row.secret);
        row.api_token = api_token.clone().or(row.api_token);
        sources::put(sql, id, &row)?;
        entry.changes = differences(&keyring, id, old.as_ref(), &row);
        if !entry.changes.is_empty() {
            audit::add(sql, &entry)?;
        }
        Ok(row)
    });
    Ok(answer::ok(&entity(&saved.await?)))
}

/// What is wrong with values that belong together.
pub(super) fn check(params: &Params) -> Result<(), ApiError> {
    let mut problems = Problems::default();
    for name in ["web_url", "api_url"] {
        if let Some(text) = params.filled(name) {
            let fine = Url::parse(text).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none()
            });
            if !fine {
                problems.add(
                    name,
                    "must be an http or https address without a user name or password",
                );
            }
        }
    }
    if params.has("secret") && params.filled("secret").is_none() {
        problems.add("secret", "can't be blank");
    }
    if params
        .text("kind")
        .and_then(SourceKind::from_name)
        .is_some_and(|kind| !TAKEN.contains(&kind))
    {
        problems.add("kind", "is not taken yet by this version: gitlab or git");
    }
    problems.check()
}

/// The kinds whose events this version reads.
const TAKEN: [SourceKind; 2] = [SourceKind::Gitlab, SourceKind::Git];

/// A secret that was sent, sealed for its place.
fn seal(
    call: &Call,
    params: &Params,
    name: &str,
    seal_context: &str,
) -> Result<Option<Vec<u8>>, ApiError> {
    let Some(text) = params.filled(name) else {
        return Ok(None);
    };
    let sealed = call
        .app
        .keyring
        .seal(&*call.app.random, seal_context, text.as_bytes());
    sealed
        .map(Some)
        .map_err(|error| ApiError::Internal(error.to_string()))
}

/// Puts what was sent into the row; what was not sent stays.
pub(super) fn apply(row: &mut SourceRow, params: &Params) {
    row.kind = params
        .text("kind")
        .and_then(SourceKind::from_name)
        .unwrap_or_default();
    for (name, field) in [
        ("web_url", &mut row.web_url),
        ("repository_path", &mut row.repository_path),
        ("api_url", &mut row.api_url),
    ] {
        if params.has(name) {
            params
                .text(name)
                .unwrap_or_default()
                .trim()
                .clone_into(field);
        }
    }
}

/// What the audit log says of a source that was saved.
fn differences(
    keyring: &Keyring,
    id: ProjectId,
    old: Option<&SourceRow>,
    new: &SourceRow,
) -> Vec<Change> {
    let kind = old.map(|old| old.kind.name());
    let empty = SourceRow::default();
    let old = old.unwrap_or(&empty);
    let secret = |name, seal_context: &str, old: &Option<Vec<u8>>, new: &Option<Vec<u8>>| {
        // A secret that cannot be decrypted any more differs from the one that replaces it.
        let [old, new] = [old, new].map(|sealed| {
            let sealed = sealed.as_deref()?;
            Some(
                keyring
                    .open(seal_context, sealed)
                    .unwrap_or_else(|_| sealed.to_vec()),
            )
        });
        Change::secret(name, old.as_deref(), new.as_deref())
    };
    let (secret_place, token_place) = (sources::secret_context(id), sources::api_token_context(id));
    [
        Change::value("kind", kind, new.kind.name()),
        Change::value("web_url", old.web_url.as_str(), new.web_url.as_str()),
        Change::value(
            "repository_path",
            old.repository_path.as_str(),
            new.repository_path.as_str(),
        ),
        Change::value("api_url", old.api_url.as_str(), new.api_url.as_str()),
        secret("secret", &secret_place, &old.secret, &new.secret),
        secret("api_token", &token_place, &old.api_token, &new.api_token),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Scheme, host and port of an address.
pub(super) fn origin(url: &str) -> Option<String> {
    Url::parse(url)
        .ok()
        .map(|url| url.origin().ascii_serialization())
}

fn entity(source: &SourceRow) -> Value {
    json!({
        "kind": source.kind.name(),
        "web_url": source.web_url,
        "repository_path": source.repository_path,
        "api_url": source.api_url,
        "secret_set": source.secret.is_some(),
        "api_token_set": source.api_token.is_some(),
    })
}
