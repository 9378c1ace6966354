//! What an integration is told besides the event and its settings.

use catalogue::Context;
use jiff::Timestamp;
use model::event::ProjectPart;
use model::{Links, Project, SourceKind, Trigger};
use store::settings::SettingsRow;
use store::surroundings::Surroundings;

/// The context of one delivery.
///
/// Links lead to the source's page of the project; failing that to where the event
/// says the project lives, and failing that to Crosstie's own pages.
pub(crate) fn context(
    project: &Surroundings,
    row: &SettingsRow,
    in_event: Option<&ProjectPart>,
    external_url: &str,
    now: Timestamp,
) -> Context {
    let set = project
        .source
        .as_ref()
        .map(|source| source.web_url.as_str())
        .unwrap_or_default();
    let said = in_event
        .map(|project| project.web_url.as_str())
        .unwrap_or_default();
    let kind = project
        .source
        .as_ref()
        .map(|source| source.kind)
        .unwrap_or_default();
    let links = match [set, said].into_iter().find(|url| is_web(url)) {
        Some(url) => Links::new(kind, url),
        None => own_links(external_url, &project.full_path),
    };
    let default_branch = in_event
        .map(|project| project.default_branch.as_str())
        .unwrap_or_default();
    Context {
        project: Project {
            id: project.project_id,
            name: project.name.clone(),
            name_with_namespace: project.name_with_namespace.clone(),
            full_path: project.full_path.clone(),
            default_branch: if default_branch.is_empty() {
                project.default_branch.clone()
            } else {
                default_branch.to_owned()
            },
            links,
        },
        off: triggers_off(row),
        now,
    }
}

/// Links to Crosstie's own pages, which are laid out as GitLab's.
pub fn own_links(external_url: &str, full_path: &str) -> Links {
    Links::new(SourceKind::Gitlab, &format!("{external_url}/{full_path}"))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The switches that are off: set to off, or never set and off by default.
fn triggers_off(row: &SettingsRow) -> Vec<Trigger> {
    let is_off = |trigger: &Trigger| {
        let set = row
            .triggers
            .get(trigger.field())
            .and_then(serde_json::Value::as_bool);
        !set.unwrap_or_else(|| trigger.default_on())
    };
    Trigger::ALL
        .into_iter()
        .map(|row| row.0)
        .filter(is_off)
        .collect()
}
