//! Short words for the tests of integrations.

use crate::{Setting, Step, Values};
use model::{Event, Secret};
use outbound::{Outgoing, Request};
use serde_json::{Map, Value};

/// Values with these plain settings, an object, and these secrets.
pub(crate) fn values(
    settings: &'static [Setting],
    plain: Value,
    secrets: &[(&str, &str)],
) -> Values {
    let Value::Object(plain) = plain else {
        panic!("an object")
    };
    let secrets = secrets
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Secret::new(*text)));
    Values::new(settings, plain, secrets.collect(), Map::new())
}

pub(crate) fn event(body: &Value) -> Event {
    Event::parse(&body.to_string()).unwrap()
}

/// The HTTP request of a step.
pub(crate) fn request(step: &Step) -> Request {
    let Outgoing::Http(request) = &step.outgoing else {
        panic!("HTTP")
    };
    request.clone()
}
