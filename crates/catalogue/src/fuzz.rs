//! Bounded fuzzing: made-up and damaged events through the reading of events and every plan.
//!
//! A failure prints the smallest case that shows it; it becomes a test of its own beside the code
//! that it broke.

use crate::Kind;
use crate::testing::with_plan;
use crate::{Context, Deliver, Integration, Plan, Setting, Skip, Values, page};
use model::{Event, Secret};
use outbound::Outgoing;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where the making up of cases begins.
const SEED: u64 = 1;

/// The keys that the reading of events knows, so that made-up events come close to real ones.
const KEYS: &[&str] = &[
    "object_kind",
    "event_name",
    "event_type",
    "ref",
    "before",
    "after",
    "user_name",
    "user",
    "name",
    "username",
    "project",
    "web_url",
    "path_with_namespace",
    "default_branch",
    "commits",
    "id",
    "message",
    "title",
    "url",
    "author",
    "added",
    "modified",
    "removed",
    "total_commits_count",
    "object_attributes",
    "iid",
    "description",
    "state",
    "action",
    "source_branch",
    "target_branch",
    "last_commit",
    "changes",
    "labels",
    "status",
    "detailed_status",
    "builds",
    "duration",
    "note",
    "noteable_type",
    "issue",
    "commit",
    "merge_request",
    "confidential",
    "environment",
    "assignees",
    "oldrev",
    "created_at",
    "finished_at",
];

/// Texts that mean something to some code.
const TEXTS: &[&str] = &[
    "",
    "0000000000000000000000000000000000000000",
    "refs/heads/main",
    "refs/heads/",
    "refs/tags/v1",
    "main",
    "AB-1 closes #2",
    "open",
    "merge",
    "success",
    "failed",
    "2026-01-01 00:00:00 UTC",
    "2026-13-99T99:99:99Z",
    "https://git.test/g/p",
    "javascript:alert(1)",
    "//",
    "\u{0}\u{202e}\r\n",
    "[x](y",
    "<!channel|",
    "`*_~",
    "ü😀\u{301}",
    "true",
    "-1",
    "9223372036854775808",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        proptest::sample::select(TEXTS).prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 60, 8, |inner| {
        let field = (proptest::sample::select(KEYS), inner.clone());
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            proptest::collection::vec(field, 0..10).prop_map(object),
        ]
    })
}

fn object(fields: Vec<(&'static str, Value)>) -> Value {
    let fields = fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    Value::Object(fields.collect())
}

/// A commit with a text as its message, which often names issues and tasks, or anything.
fn commit() -> impl Strategy<Value = Value> {
    let message = prop_oneof![Just("AB-1 closes #2"), proptest::sample::select(TEXTS)];
    prop_oneof![
        message.prop_map(|text| json!({"message": text})),
        any_json()
    ]
}

/// An event of some kind, most of whose fields have the right type.
fn event() -> impl Strategy<Value = Value> {
    let kind = proptest::sample::select(&model::Kind::ALL[..]).prop_map(|row| row.1);
    let fields = proptest::collection::vec((proptest::sample::select(KEYS), any_json()), 0..12);
    // Half of them look like events as far as plans look first; the rest may be anything.
    let usual = |text: &'static str| prop_oneof![Just(Value::from(text)), scalar()];
    let push = (
        usual("refs/heads/main"),
        usual("0000000000000000000000000000000000000000"),
        proptest::collection::vec(commit(), 0..3),
        any_json(),
    );
    (kind, fields, push).prop_map(|(kind, fields, (reference, before, commits, attributes))| {
        let mut event = object(fields);
        event["object_kind"] = kind.into();
        event["ref"] = reference;
        event["before"] = before;
        if event.get("total_commits_count").is_none() {
            event["total_commits_count"] = commits.len().into();
        }
        event["commits"] = commits.into();
        event["object_attributes"] = attributes;
        event
    })
}

/// Every setting with its example, or some text; every switch on.
fn values(integration: &Integration) -> Values {
    values_with(integration, None)
}

/// The same with another value of one that is no secret.
pub(crate) fn values_with(integration: &Integration, other: Option<(&str, Value)>) -> Values {
    let text = |setting: &Setting| {
        let declared = integration.example.iter().find(|row| row.0 == setting.name);
        match (declared, setting.kind) {
            (Some(row), _) => Some(row.1),
            (None, Kind::Url) => Some("https://tool.test/hook"),
            (None, Kind::Text) if setting.choices.is_empty() => Some("text"),
            (None, _) => None,
        }
    };
    let (mut plain, mut secrets) = (Map::new(), BTreeMap::new());
    for setting in integration.settings {
        let Some(text) = text(setting) else { continue };
        if setting.secret {
            secrets.insert(setting.name.to_owned(), Secret::new(text));
        } else {
            plain.insert(setting.name.to_owned(), text.into());
        }
    }
    plain.extend(other.map(|(name, value)| (name.to_owned(), value)));
    Values::new(integration.settings, plain, secrets, Map::new())
}

/// Puts an event through everything that is made of it without a network.
fn put_through(json: &str) {
    let Ok(event) = Event::parse(json) else {
        return;
    };
    let context = Context::sample();
    for integration in crate::ALL
        .iter()
        .filter(|one| one.kinds.contains(&event.kind))
    {
        let values = values(integration);
        if let Some(Deliver::Conversation(conversation)) = integration.deliver {
            let skipped = conversation.skip_reason(&event, &values, &context);
            assert_ne!(skipped, Some(Skip::from("")), "{}", integration.slug);
        }
        with_plan(integration, |plan| {
            let skipped = plan.skip_reason(&event, &values, &context);
            match plan.steps(&event, &values, &context) {
                Err(reason) => {
                    assert_ne!(reason, Skip::from(""), "{}", integration.slug);
                    assert_eq!(skipped, Some(reason), "{}", integration.slug);
                }
                Ok(steps) => {
                    assert_eq!(skipped, None, "{}", integration.slug);
                    assert!(!steps.is_empty(), "{}", integration.slug);
                    for step in &steps {
                        well_formed(integration, &step.outgoing);
                    }
                }
            }
        });
    }
}

fn well_formed(integration: &Integration, outgoing: &Outgoing) {
    match outgoing {
        Outgoing::Http(request) => {
            assert!(
                url::Url::parse(&request.url).is_ok(),
                "{}",
                integration.slug
            );
            if let Some(("application/json", body)) = &request.body {
                assert!(
                    serde_json::from_str::<Value>(body).is_ok(),
                    "{}",
                    integration.slug
                );
            }
            let broken = request
                .headers
                .iter()
                .any(|header| header.1.contains(['\r', '\n', '\0']));
            assert!(!broken, "{}", integration.slug);
        }
        Outgoing::Lines(lines) => assert!(lines.text.ends_with('\n'), "{}", integration.slug),
        Outgoing::Mail(mail) => {
            let message = &mail.message;
            let texts = message.headers.iter().map(|header| &header.1);
            let mut lines = texts.chain([&message.subject, &message.from_name]);
            let one_line = lines.all(|text| !text.contains(['\r', '\n', '\0']));
            let addressed = outbound::is_mail_address(&mail.recipient);
            assert!(one_line && addressed, "{}", integration.slug);
        }
    }
}

/// The same cases each time, unless `PROPTEST_RNG_SEED` says where to begin; `PROPTEST_CASES` says
/// how many.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(SEED),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    ProptestConfig {
        rng_seed,
        failure_persistence: None,
        ..config
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_event_breaks_the_reading_or_a_plan(event in event()) {
        put_through(&event.to_string());
    }

    #[test]
    fn no_damaged_text_breaks_the_reading(event in event(), at in any::<usize>(), byte in any::<char>(), cut in any::<bool>()) {
        let text = event.to_string();
        let at = text.char_indices().map(|(at, _)| at).nth(at % text.chars().count()).unwrap_or_default();
        let damaged = if cut { text[..at].to_owned() } else { format!("{}{byte}{}", &text[..at], &text[at..]) };
        put_through(&damaged);
    }
}

#[test]
fn the_fuzzer_reaches_every_plan() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut reached: Vec<&str> = Vec::new();
    for _ in 0..600 {
        let json = event().new_tree(&mut runner).unwrap().current().to_string();
        let Ok(event) = Event::parse(&json) else {
            continue;
        };
        for integration in crate::ALL {
            let acts = |plan: &dyn Plan| {
                plan.steps(&event, &values(integration), &Context::sample())
                    .is_ok()
            };
            let acts = integration.kinds.contains(&event.kind)
                && with_plan(integration, acts) == Some(true);
            if acts && !reached.contains(&integration.slug) {
                reached.push(integration.slug);
            }
        }
    }
    let plans = crate::ALL
        .iter()
        .filter(|one| with_plan(one, |_| ()).is_some());
    for integration in plans {
        assert!(
            reached.contains(&integration.slug),
            "{} is never reached",
            integration.slug
        );
        assert!(!page::markdown(integration).is_empty());
    }
}
