//! That the catalogue takes every parameter that the specification names, and as it says.

use super::{gitlab_bodies, shared};
use crate::every_integration::mail_input;
use ::catalogue::{ALL, Context, Deliver, Integration, Kind, Plan, Setting, Values};
use model::{Event, Trigger};
use serde::Deserialize;
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};

/// One integration of the specification.
#[derive(Deserialize)]
struct Specified {
    slug: String,
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    r#type: String,
    required: bool,
}

/// Where the catalogue differs on purpose: slug (`*` for all), parameter and why.
const ON_PURPOSE: &[(&str, &str, &str)] = &[
    (
        "jira",
        "vulnerabilities_issuetype",
        "Jira's ids are texts of digits, and numbers are taken as such",
    ),
    (
        "packagist",
        "server",
        "it is an address, and the page's type is a slip",
    ),
    (
        "pivotaltracker",
        "restrict_to_branch",
        "it is a list of branches, and the page's type is a slip",
    ),
    (
        "telegram",
        "*_events",
        "the page marks the switches as required, and GitLab takes requests without them",
    ),
];

fn specified() -> Vec<Specified> {
    let path = shared().join("spec/catalogue.json");
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The catalogue's entry by any spelling of its slug.
fn entry(slug: &str) -> Option<&'static Integration> {
    let is_it = |entry: &&&Integration| entry.slug == slug || entry.other_slugs.contains(&slug);
    ALL.iter().find(is_it).copied()
}

/// How a parameter is declared: its type, and whether it must be given.
fn declared(integration: &Integration, name: &str) -> Option<(&'static str, bool)> {
    let of_name = |setting: &&Setting| setting.name == name || setting.aliases.contains(&name);
    if let Some(setting) = integration.settings.iter().find(of_name) {
        return Some((type_name(setting.kind), setting.required));
    }
    let trigger = Trigger::from_field(name);
    let is_switch = trigger.is_some_and(|trigger| integration.triggers.contains(&trigger));
    (is_switch || name == "use_inherited_settings").then_some(("boolean", false))
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::TextList => "array of strings",
        _ => "string",
    }
}

/// What is different, if anything is.
fn difference(integration: &Integration, parameter: &Parameter) -> Option<String> {
    let Some((kind, required)) = declared(integration, &parameter.name) else {
        return Some("is not taken".into());
    };
    let wanted = (parameter.r#type.as_str(), parameter.required);
    (wanted != (kind, required))
        .then(|| format!("should be {wanted:?} and is {:?}", (kind, required)))
}

/// The line of the list that explains a difference.
fn reason(slug: &str, name: &str) -> Option<usize> {
    ON_PURPOSE.iter().position(|(of, pattern, _)| {
        let fits = match pattern.strip_prefix('*') {
            Some(end) => name.ends_with(end),
            None => name == *pattern,
        };
        *of == slug && fits
    })
}

#[test]
fn every_specified_parameter_is_taken_as_specified() {
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    let all = specified();
    let count = all.len();
    for specified in all {
        let Some(integration) = entry(&specified.slug) else {
            wrong.push(format!("{} is not there", specified.slug));
            continue;
        };
        for parameter in &specified.parameters {
            let Some(difference) = difference(integration, parameter) else {
                continue;
            };
            match reason(&specified.slug, &parameter.name) {
                Some(line) => drop(needed.insert(line)),
                None => wrong.push(format!(
                    "{}.{} {difference}",
                    specified.slug, parameter.name
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count >= 50, "only {count} are specified");
    let idle: Vec<_> = (0..ON_PURPOSE.len())
        .filter(|line| !needed.contains(line))
        .map(|line| ON_PURPOSE[line])
        .collect();
    assert!(idle.is_empty(), "these differences are gone: {idle:#?}");
}

#[test]
fn every_plan_handles_every_recorded_body() {
    let bodies = gitlab_bodies();
    let events: Vec<Event> = bodies
        .iter()
        .filter_map(|(_, body)| Event::parse(body).ok())
        .collect();
    let mut sent = 0;
    for integration in ALL {
        let boxed;
        let plan: &dyn Plan = match integration.deliver {
            Some(Deliver::Plan(plan)) => plan,
            Some(Deliver::Mail(plan)) => {
                boxed = plan(mail_input());
                &*boxed
            }
            Some(Deliver::Conversation(_)) | None => continue,
        };
        let values = Values::new(
            integration.settings,
            Map::new(),
            BTreeMap::new(),
            Map::new(),
        );
        let context = Context::sample();
        let wanted = events
            .iter()
            .filter(|event| integration.kinds.contains(&event.kind));
        for event in wanted {
            match plan.steps(event, &values, &context) {
                Ok(_) => sent += 1,
                Err(reason) => assert!(!reason.0.is_empty(), "{}", integration.slug),
            }
        }
    }
    assert!(sent > 50, "only {sent} messages");
}
