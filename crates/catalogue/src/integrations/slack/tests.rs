//! What Slack is sent, for which channels, and what its answers mean.

use super::*;
use crate::Plan as _;
use crate::{Context, Failure, FieldError, Step, Then, Values};
use model::{Event, Secret};
use outbound::Answer;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const WEBHOOK: &str = "https://hooks.test/services/T0/B0/secret";

fn values(settings: Value) -> Values {
    let Value::Object(plain) = settings else {
        panic!("an object")
    };
    let secrets = BTreeMap::from([("webhook".to_owned(), Secret::new(WEBHOOK))]);
    Values::new(SETTINGS, plain, secrets, Map::new())
}

fn event(body: &Value) -> Event {
    Event::parse(&body.to_string()).unwrap()
}

/// Key and payload of each step.
fn sent(body: &Value, settings: Value) -> Vec<(String, Value)> {
    let steps = IncomingWebhook(&Mrkdwn).steps(&event(body), &values(settings), &Context::sample());
    steps.unwrap().iter().map(payload).collect()
}

fn payload(step: &Step) -> (String, Value) {
    let outbound::Outgoing::Http(request) = &step.outgoing else {
        panic!("HTTP")
    };
    let (media_type, text) = request.body.as_ref().unwrap();
    assert_eq!(*media_type, "application/x-www-form-urlencoded");
    assert_eq!(request.url, WEBHOOK);
    let (name, value) = url::form_urlencoded::parse(text.as_bytes()).next().unwrap();
    assert_eq!(name, "payload");
    (step.key.clone(), serde_json::from_str(&value).unwrap())
}

fn comment(confidential: bool) -> Value {
    let event_type = if confidential {
        "confidential_note"
    } else {
        "note"
    };
    json!({
        "object_kind": "note", "event_type": event_type, "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"note": "Looks **good** <!channel>", "url": "https://git.test/n/1"},
        "issue": {"iid": 3, "title": "A & B"},
    })
}

#[test]
fn a_comment_is_one_message_with_its_text_below() {
    let sent = sent(&comment(false), json!({"username": "git"}));
    let (key, payload) = &sent[0];
    assert_eq!((sent.len(), key.as_str()), (1, ""));
    assert_eq!(payload["username"], "git");
    assert_eq!(payload.get("channel"), None);
    assert_eq!(
        payload["text"],
        "Ada (ada) <https://git.test/n/1|commented on issue #3> in <https://git.test/group/project|Group / Project>: *A &amp; B*"
    );
    assert_eq!(
        payload["fallback"],
        "Ada (ada) commented on issue #3 in Group / Project: A & B"
    );
    assert_eq!(
        payload["attachments"],
        json!([{"fallback": payload["fallback"], "color": "#334455", "text": "Looks *good* &lt;!channel&gt;", "mrkdwn_in": ["text", "fields"]}])
    );
}

#[test]
fn each_channel_gets_its_own_message() {
    let channels = |settings: Value, confidential| -> Vec<String> {
        let sent = sent(&comment(confidential), settings);
        assert!(sent.iter().all(|(key, payload)| {
            payload.get("channel").and_then(Value::as_str).unwrap_or("") == key
        }));
        sent.into_iter().map(|(key, _)| key).collect()
    };
    let set = json!({"channel": "#all", "note_channel": " #a, #b,,#a "});
    assert_eq!(channels(set.clone(), false), ["#a", "#b"]);
    assert_eq!(
        channels(set, true),
        ["#a", "#b"],
        "a confidential comment falls back to the channels for comments"
    );
    assert_eq!(
        channels(
            json!({"channel": "#all", "confidential_note_channel": "#hush"}),
            true
        ),
        ["#hush"]
    );
    assert_eq!(channels(json!({"channel": "#all"}), true), ["#all"]);
}

#[test]
fn more_than_ten_channels_are_too_many() {
    let list = |count: i32| {
        (0..count)
            .map(|number| format!("#{number}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let errors = (INTEGRATION.validate)(&values(
        json!({"push_channel": list(11), "issue_channel": list(10)}),
    ));
    assert_eq!(
        errors,
        [FieldError::new(
            "push_channel",
            "cannot have more than 10 channels"
        )]
    );
}

#[test]
fn only_ok_is_good_news() {
    let judge = |status, body: &str| {
        let mut answer = Answer::sample(status, &Value::Null);
        body.clone_into(&mut answer.body);
        IncomingWebhook(&Mrkdwn).judge(&answer, &Context::sample())
    };
    for body in ["ok", "ok\n", "", r#"{"ok":true}"#, r#"{"success":true}"#] {
        assert_eq!(judge(200, body), Ok(None), "{body}");
    }
    for (status, body, part) in [
        (
            200,
            "invalid_payload",
            "did not take the message: invalid_payload",
        ),
        (200, r#"{"ok":false}"#, "did not take"),
        (200, "<html>Sign in</html>", "an HTML page"),
        (404, "channel_not_found", "(HTTP 404): channel_not_found"),
        (410, "channel_is_archived", "no longer works"),
    ] {
        let Err(Failure {
            why,
            then: Then::GiveUp,
        }) = judge(status, body)
        else {
            panic!("{body}")
        };
        assert!(why.contains(part), "{why}");
    }
    assert!(matches!(
        judge(429, "rate_limited"),
        Err(Failure {
            then: Then::Retry {
                tool_down: false,
                ..
            },
            ..
        })
    ));
}

#[test]
fn a_trial_reaches_every_channel_that_is_named() {
    let steps = IncomingWebhook(&Mrkdwn).test_steps(
        &values(json!({"channel": "#all", "push_channel": "#a,#all"})),
        &Context::sample(),
    );
    let keys: Vec<_> = steps.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(keys, ["#all", "#a"]);
    assert!(
        payload(&steps[0]).1["text"]
            .as_str()
            .unwrap()
            .contains("This is a test")
    );
}
