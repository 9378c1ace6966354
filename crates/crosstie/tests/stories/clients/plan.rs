//! What the scripts that drive the clients are told: for every integration of the catalogue what to
//! send and what to expect, from its declaration alone.

use crate::every_integration::{Entry, values};
use crate::harness::{Server, TOKEN};
use ::catalogue::{Integration, Kind, Levels, Setting};
use model::Trigger;
use serde_json::{Map, Value, json};

/// The switches that GitLab's entity shows, whatever an integration listens to.
const SHOWN_SWITCHES: &[&str] = &[
    "commit_events",
    "push_events",
    "issues_events",
    "incident_events",
    "alert_events",
    "confidential_issues_events",
    "merge_requests_events",
    "tag_push_events",
    "deployment_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "wiki_page_events",
    "job_events",
    "vulnerability_events",
];

/// A project and a group of a server, and all integrations.
pub(super) async fn plan(server: &Server) -> Value {
    let project = server.project("p", "gitlab").await;
    let group = server.get("/api/v4/groups/group").await["id"].clone();
    let all: Vec<Value> = catalogue::ALL.iter().map(|entry| case(entry)).collect();
    json!({
        "url": server.url, "token": TOKEN, "project": project, "group": group,
        "switches": SHOWN_SWITCHES, "integrations": all,
    })
}

fn case(integration: &'static Integration) -> Value {
    let address = "127.0.0.1:8443".parse().unwrap();
    let settings = completed(&Entry::at(integration, "https", address));
    let is_shown = |name: &str| SHOWN_SWITCHES.contains(&name);
    let (mut properties, mut top) = (Map::new(), Map::new());
    let mut hidden = Vec::new();
    for (name, value) in &settings {
        let declared = integration.settings.iter().find(|row| row.name == name);
        let place = match declared {
            Some(setting) if setting.secret => None,
            Some(setting) if setting.top_level => Some(&mut top),
            Some(_) => Some(&mut properties),
            None => is_shown(name).then_some(&mut top),
        };
        match place {
            Some(place) => drop(place.insert(name.clone(), value.clone())),
            None => hidden.push(name.clone()),
        }
    }
    let (wrong, says) = wrong(integration, &settings);
    let needs_nothing = integration.settings.iter().all(|setting| !setting.required);
    json!({
        "slug": integration.slug,
        "title": integration.title,
        "at_group": integration.levels != Levels::Project,
        "by_api": integration.not_by_api.is_none(),
        "needs_nothing": needs_nothing,
        "settings": settings,
        "properties": properties,
        "top": top,
        "hidden": hidden,
        "wrong": wrong,
        "says": says,
    })
}

/// The settings with a value for whatever may be left out, as far as they then fit together.
fn completed(entry: &Entry) -> Map<String, Value> {
    let integration = entry.integration;
    let mut sent = entry.settings.as_object().unwrap().clone();
    let refused = (integration.validate)(&entry.values);
    assert!(
        refused.is_empty(),
        "{}: {refused:?}; give it an example",
        integration.slug
    );
    for setting in integration.settings {
        if !sent.contains_key(setting.name) {
            sent.insert(setting.name.to_owned(), made_up(setting));
            if !(integration.validate)(&values(integration, &sent)).is_empty() {
                sent.remove(setting.name);
            }
        }
    }
    sent
}

/// A value that does not hold by itself.
fn made_up(setting: &Setting) -> Value {
    if let Some(last) = setting.choices.last() {
        let number = last.parse::<i64>().map(Value::from);
        return match setting.kind {
            Kind::Integer => number.unwrap(),
            _ => (*last).into(),
        };
    }
    match setting.kind {
        Kind::Boolean => (setting.default_json() != true).into(),
        Kind::Integer => setting.range.map_or(8443, |(least, _)| least).into(),
        Kind::TextList => json!(["AB", "CD"]),
        Kind::Url => "https://127.0.0.1:8443/more".into(),
        Kind::Text => "first,second".into(),
    }
}

/// The settings with a mistake in them, and what the server says of it: both families of errors
/// come up, those of values and those of types.
fn wrong(integration: &Integration, settings: &Map<String, Value>) -> (Value, String) {
    let mut wrong = settings.clone();
    let address = integration
        .settings
        .iter()
        .find(|row| row.kind == Kind::Url);
    let switch = integration
        .triggers
        .first()
        .map(|trigger: &Trigger| trigger.field());
    let says = if let Some(setting) = address {
        wrong.insert(setting.name.to_owned(), "no address".into());
        format!(":{}=>[\"must be a valid URL\"", setting.name)
    } else if let Some(name) = switch {
        wrong.insert(name.to_owned(), "perhaps".into());
        format!("{name} is invalid")
    } else {
        let required = integration.settings.iter().find(|row| row.required);
        let name = required.map_or(integration.settings[0].name, |row| row.name);
        wrong.insert(name.to_owned(), json!({"a": "table"}));
        format!("{name} is invalid")
    };
    (wrong.into(), says)
}
