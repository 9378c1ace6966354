//! Events and values for the tests of single chats.

use crate::{Context, Deliver, Integration, Values};
use model::{Event, Secret};
use outbound::{Auth, Method, Outgoing};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) const WEBHOOK: &str = "https://hooks.test/secret";

/// What is sent.
pub(crate) struct Sent {
    pub method: Method,
    pub url: String,
    pub token: Option<String>,
    pub body: Value,
}

/// The one request that follows from an event.
pub(crate) fn sent(integration: &Integration, body: &Value, set: &Value) -> Sent {
    let plain: Map<String, Value> = set.as_object().unwrap().clone();
    let secret = |name: &str, value: &str| (name.to_owned(), Secret::new(value));
    let secrets = BTreeMap::from([secret("webhook", WEBHOOK), secret("token", "secret-token")]);
    let values = Values::new(integration.settings, plain, secrets, Map::new());
    let Some(Deliver::Plan(sender)) = integration.deliver else {
        panic!("a plan")
    };
    let event = Event::parse(&body.to_string()).unwrap();
    assert!(integration.kinds.contains(&event.kind));
    let context = Context::sample();
    assert_eq!(sender.test_steps(&values, &context).len(), 1);
    let steps = sender.steps(&event, &values, &context).unwrap();
    assert_eq!(steps.len(), 1);
    let Outgoing::Http(request) = &steps[0].outgoing else {
        panic!("HTTP")
    };
    let (media_type, text) = request.body.as_ref().unwrap();
    assert_eq!(*media_type, "application/json");
    let token = match &request.auth {
        Auth::Bearer(token) => Some(token.expose().to_owned()),
        _ => None,
    };
    Sent {
        method: request.method,
        url: request.url.clone(),
        token,
        body: serde_json::from_str(text).unwrap(),
    }
}

/// A comment with words that look like marks.
pub(crate) fn comment() -> Value {
    json!({
        "object_kind": "note", "event_type": "note", "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"note": "Looks **good** @all <!channel>", "url": "https://git.test/n/1"},
        "issue": {"iid": 3, "title": "A & <B>"},
    })
}

/// The issue that it is about, just opened.
pub(crate) fn issue() -> Value {
    json!({
        "object_kind": "issue", "event_type": "issue", "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"iid": 3, "title": "A & <B>", "description": "Why", "action": "open",
            "state": "opened", "url": "https://git.test/i/3"},
    })
}
