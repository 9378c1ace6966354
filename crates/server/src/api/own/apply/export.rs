//! All settings as one document, in a stable order, secrets as references.

use crate::error::ApiError;
use catalogue::Integration;
use model::id::ProjectId;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::projects::{self, NamespaceKind};
use store::settings::{self, Level, SettingsRow};
use store::sources::{self, SourceRow};
use store::{Keyring, Sql, StoreError};

/// Which part of the settings.
pub(super) enum Only {
    Everything,
    /// the group of that path and all below it
    Group(String),
    /// the project of that path
    Project(String),
}

/// The document; an error if what was asked for is not there.
pub(super) fn document(
    sql: &mut dyn Sql,
    keyring: &Keyring,
    only: &Only,
) -> Result<Result<Value, ApiError>, StoreError> {
    let only = match full_path(sql, only)? {
        Ok(only) => only,
        Err(error) => return Ok(Err(error)),
    };
    let mut names = BTreeSet::new();
    let mut document = json!({ "instance": {}, "groups": {}, "projects": {} });
    for (path, row) in sources::with_paths(sql)? {
        if only.takes(Level::Project(ProjectId(0)), &path) {
            document["projects"][&path]["source"] = source(&path, &row, &mut names);
        }
    }
    for (path, row) in settings::with_paths(sql)? {
        let Some(integration) = catalogue::find(&row.slug) else {
            continue;
        };
        if !only.takes(row.level, &path) {
            continue;
        }
        let entry = entry(&path, integration, &row, keyring, &mut names);
        let owner = match row.level {
            Level::Instance => &mut document["instance"],
            Level::Namespace(_) => &mut document["groups"][&path],
            Level::Project(_) => &mut document["projects"][&path],
        };
        owner["integrations"][integration.slug] = entry;
    }
    if let Value::Object(levels) = &mut document {
        levels.retain(|_, level| level.as_object().is_some_and(|level| !level.is_empty()));
    }
    if let Some(Value::Object(projects)) = document.get_mut("projects") {
        projects.sort_keys();
    }
    Ok(Ok(document))
}

/// The same with paths as they are written.
fn full_path(sql: &mut dyn Sql, only: &Only) -> Result<Result<Only, ApiError>, StoreError> {
    Ok(match only {
        Only::Everything => Ok(Only::Everything),
        Only::Group(path) => projects::namespace_by_path(sql, path)?
            .filter(|group| group.kind == NamespaceKind::Group)
            .map(|group| Only::Group(group.full_path))
            .ok_or(ApiError::NotFound("Group")),
        Only::Project(path) => projects::project_by_path(sql, path)?
            .map(|project| Only::Project(project.full_path))
            .ok_or(ApiError::NotFound("Project")),
    })
}

impl Only {
    fn takes(&self, level: Level, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Group(group) => path
                .strip_prefix(group.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            Self::Project(project) => matches!(level, Level::Project(_)) && path == project,
        }
    }
}

fn source(path: &str, row: &SourceRow, names: &mut BTreeSet<String>) -> Value {
    let mut source = Map::new();
    source.insert("kind".into(), row.kind.name().into());
    let plain = [
        ("web_url", &row.web_url),
        ("repository_path", &row.repository_path),
        ("api_url", &row.api_url),
    ];
    for (name, value) in plain.into_iter().filter(|(_, value)| !value.is_empty()) {
        source.insert(name.into(), value.as_str().into());
    }
    for (name, value) in [("secret", &row.secret), ("api_token", &row.api_token)] {
        if value.is_some() {
            source.insert(name.into(), reference(&[path, "source", name], names));
        }
    }
    Value::Object(source)
}

fn entry(
    path: &str,
    integration: &'static Integration,
    row: &SettingsRow,
    keyring: &Keyring,
    names: &mut BTreeSet<String>,
) -> Value {
    if row.inherits {
        return json!({ "inherit": true });
    }
    // Secrets that cannot be opened have to be entered again, as those that are set have to be.
    let values = engine::unseal(integration, row, keyring).ok();
    let mut entry = Map::new();
    entry.insert("active".into(), row.active.into());
    for setting in integration.settings {
        let set = match row.fields.get(setting.name) {
            _ if setting.secret => {
                let unset = values
                    .as_ref()
                    .is_some_and(|values| values.secret(setting.name).is_empty());
                (row.secrets.is_some() && !unset)
                    .then(|| reference(&[path, integration.slug, setting.name], names))
            }
            Some(Value::Null) | None => None,
            Some(value) => Some(value.clone()),
        };
        entry.extend(set.map(|value| (setting.name.to_owned(), value)));
    }
    for trigger in integration.triggers {
        let set = row.triggers.get(trigger.field());
        if let Some(on @ Value::Bool(_)) = set {
            entry.insert(trigger.field().into(), on.clone());
        }
    }
    Value::Object(entry)
}

/// `env:CROSSTIE_…`, a name that nothing else in the document has.
fn reference(parts: &[&str], names: &mut BTreeSet<String>) -> Value {
    let mut name = String::from("CROSSTIE");
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let letters = part.chars().map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        });
        name.push('_');
        name.extend(letters);
    }
    let mut unique = name.clone();
    let mut count = 2;
    while !names.insert(unique.clone()) {
        unique = format!("{name}_{count}");
        count += 1;
    }
    format!("env:{unique}").into()
}
