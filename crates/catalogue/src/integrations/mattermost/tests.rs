//! That Mattermost is sent what Slack is sent, and calls nobody.

use super::*;
use crate::{Context, Deliver, Values};
use model::{Event, Secret};
use outbound::Outgoing;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const WEBHOOK: &str = "https://mattermost.test/hooks/secret";

#[test]
fn each_channel_gets_the_message_in_a_form_and_nobody_is_called() {
    let plain = Map::from_iter([("note_channel".to_owned(), json!("town-square, dev"))]);
    let secrets = BTreeMap::from([("webhook".to_owned(), Secret::new(WEBHOOK))]);
    let values = Values::new(SETTINGS, plain, secrets, Map::new());
    let body = json!({
        "object_kind": "note", "event_type": "note", "user": {"name": "Ada", "username": "ada"},
        "object_attributes": {"note": "Look, @all", "url": "https://git.test/n/1"},
        "issue": {"iid": 3, "title": "Ask @here"},
    });
    let event = Event::parse(&body.to_string()).unwrap();
    let Some(Deliver::Plan(sender)) = INTEGRATION.deliver else {
        panic!("a plan")
    };
    let steps = sender.steps(&event, &values, &Context::sample()).unwrap();
    let keys: Vec<_> = steps.iter().map(|step| step.key.as_str()).collect();
    assert_eq!(keys, ["town-square", "dev"]);
    let Outgoing::Http(request) = &steps[1].outgoing else {
        panic!("HTTP")
    };
    assert_eq!(request.url, WEBHOOK);
    let (media_type, form) = request.body.as_ref().unwrap();
    assert_eq!(*media_type, "application/x-www-form-urlencoded");
    let (_, payload) = url::form_urlencoded::parse(form.as_bytes()).next().unwrap();
    let payload: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(payload["channel"], "dev");
    assert_eq!(
        payload["text"],
        "Ada (ada) <https://git.test/n/1|commented on issue #3> in <https://git.test/group/project|Group / Project>: *Ask @\u{200b}here*"
    );
    assert_eq!(payload["attachments"][0]["text"], "Look, @\u{200b}all");
}
