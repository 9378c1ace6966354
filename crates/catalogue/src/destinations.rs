//! Checks on real requests that every setting that decides where secrets are sent is declared so.

use crate::fuzz::values_with;
use crate::{Context, Deliver, Integration, Kind, Setting, Values, sample};
use model::Event;
use outbound::Outgoing;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use url::Url;

/// Events that every integration acts on one of, with what plans look at first.
fn events(context: &Context) -> Vec<Event> {
    let other = model::Kind::ALL.iter().filter_map(|row| {
        let body = json!({
            "object_kind": row.1, "ref": "refs/heads/main", "before": "0".repeat(40),
            "user": {"username": "ada", "name": "Ada"}, "project": {"web_url": "https://git.test/g/p"},
            "object_attributes": {"action": "open", "state": "opened", "status": "failed", "ref": "main", "iid": 1},
        });
        Event::parse(&body.to_string()).ok()
    });
    sample::push(context).into_iter().chain(other).collect()
}

/// Scheme, host and port of all that an integration would send.
fn destinations(integration: &Integration, values: &Values) -> BTreeSet<String> {
    let context = Context::sample();
    let mut urls = vec![(integration.address)(values)];
    urls.extend(integration.probe.map(|probe| probe(values).url));
    if let Some(Deliver::Plan(plan)) = integration.deliver {
        let events = events(&context);
        let wanted = events
            .iter()
            .filter(|event| integration.kinds.contains(&event.kind));
        let steps = wanted.filter_map(|event| plan.steps(event, values, &context).ok());
        let steps = steps.flatten().chain(plan.test_steps(values, &context));
        urls.extend(steps.map(|step| match step.outgoing {
            Outgoing::Http(request) => request.url,
            Outgoing::Lines(lines) => lines.url(),
            Outgoing::Mail(_) => String::new(),
        }));
    }
    let urls = urls.iter().filter_map(|url| Url::parse(url).ok());
    urls.map(|url| format!("{}://{:?}:{:?}", url.scheme(), url.host_str(), url.port()))
        .collect()
}

/// Values that a setting may be changed to; blank counts as one.
fn others(setting: &Setting) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect();
    match setting.kind {
        _ if !setting.choices.is_empty() => {
            let number = |text: &str| text.parse::<i64>().map_or(json!(text), Value::from);
            setting.choices.iter().map(|text| number(text)).collect()
        }
        Kind::Url => texts(&["", "https://other.test/x", "http://tool.test/hook"]),
        Kind::Text => texts(&[
            "",
            "other",
            "other.test",
            "other.test:8443",
            "ot@her.test/x#?",
        ]),
        Kind::Boolean => vec![json!(true), json!(false)],
        Kind::Integer => vec![json!(1), json!(8443)],
        Kind::TextList => vec![json!([]), json!(["other.test"])],
    }
}

/// Whether a change of the setting changes where anything goes.
fn decides(integration: &Integration, setting: &Setting) -> bool {
    let before = destinations(integration, &values_with(integration, None));
    others(setting).into_iter().any(|other| {
        let after = values_with(integration, Some((setting.name, other)));
        destinations(integration, &after) != before
    })
}

#[test]
fn a_setting_that_decides_where_secrets_go_binds_them() {
    let (mut tried, mut bound) = (0, 0);
    for integration in crate::ALL {
        if !integration.settings.iter().any(|setting| setting.secret) {
            continue;
        }
        for setting in integration
            .settings
            .iter()
            .filter(|setting| !setting.secret)
        {
            tried += 1;
            if decides(integration, setting) {
                bound += 1;
                assert!(
                    setting.binds_secrets,
                    "{}: {} decides where its secrets go, and has to be declared with binds_secrets()",
                    integration.slug, setting.name
                );
            }
        }
    }
    assert!(tried > 50 && bound > 10, "{tried} tried, {bound} bound");
}

#[test]
fn an_integration_that_sends_secrets_somewhere_has_an_address() {
    for integration in crate::ALL {
        let binds = integration
            .settings
            .iter()
            .any(|setting| setting.binds_secrets);
        let acts = integration.deliver.is_some() || integration.probe.is_some();
        if binds && acts {
            let found = destinations(integration, &values_with(integration, None));
            assert!(!found.is_empty(), "{}", integration.slug);
        }
    }
}
