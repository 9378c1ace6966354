//! Event + effective settings → deliveries, each either due or skipped with the reason.

use crate::known::Active;
use crate::{Engine, Known};
use catalogue::{Context, Decision, Form, Integration, Values};
use model::Event;
use store::deliveries::NewDelivery;
use store::surroundings::Surroundings;
use url::{Origin, Url};

impl Engine {
    /// The deliveries an event makes: one for every integration that is active for its project.
    pub(crate) fn matches(&self, event: &Event, known: &Known) -> Vec<NewDelivery> {
        let active = known.active.iter();
        active
            .filter_map(|active| self.match_one(event, &known.project, active))
            .collect()
    }

    fn match_one(
        &self,
        event: &Event,
        project: &Surroundings,
        active: &Active,
    ) -> Option<NewDelivery> {
        let integration = active.integration;
        if matches!(integration.form, Form::Passive(_)) || !self.offers(integration) {
            return None;
        }
        let context = self.context(project, &active.off, event.project());
        let skipped = match &active.values {
            Ok(values) => skip_reason(integration, event, values, &context),
            // The attempt will fail with the same words, where a human finds them.
            Err(_) => None,
        };
        Some(NewDelivery {
            integration: integration.slug,
            destination: active.destination.clone(),
            skipped,
        })
    }
}

/// Scheme, host and port of an address; empty when it cannot be read.
pub(crate) fn destination(address: &str) -> String {
    let Ok(url) = Url::parse(address) else {
        return String::new();
    };
    match (url.origin(), url.host_str(), url.port()) {
        (origin @ Origin::Tuple(..), _, _) => origin.ascii_serialization(),
        (Origin::Opaque(_), Some(host), Some(port)) => format!("{}://{host}:{port}", url.scheme()),
        (Origin::Opaque(_), _, _) => String::new(),
    }
}

/// Why an event is not for an integration, if it is not.
pub(crate) fn skip_reason(
    integration: &Integration,
    event: &Event,
    values: &Values,
    context: &Context,
) -> Option<String> {
    unwanted(integration, event, context).or_else(|| match integration.form {
        Form::Passive(_) => Some(format!("{} sends nothing", integration.title)),
        Form::Conversation(conversation) => match conversation.decide(event, values, context) {
            Decision::Deliver => None,
            Decision::Skip(reason) => Some(reason),
        },
        Form::Plan(plan) => plan.skip(event, values, context),
    })
}

/// Why an event is not wanted whatever is in it, if so.
pub(crate) fn unwanted(
    integration: &Integration,
    event: &Event,
    context: &Context,
) -> Option<String> {
    if !integration.kinds.contains(&event.kind) {
        return Some(format!(
            "{} does not act on {} events",
            integration.title,
            event.kind.title()
        ));
    }
    match integration.form {
        Form::Plan(_) => switched_off(event, context),
        Form::Passive(_) | Form::Conversation(_) => None,
    }
}

/// Why an event is not wanted, if its switch is off.
fn switched_off(event: &Event, context: &Context) -> Option<String> {
    let trigger = event.trigger()?;
    (!context.wants(trigger)).then(|| format!("`{}` is switched off", trigger.field()))
}

#[cfg(test)]
mod tests {
    use super::destination;

    #[test]
    fn a_destination_is_scheme_host_and_port() {
        for (address, expected) in [
            ("https://x.test/a/b?c", "https://x.test"),
            ("http://x.test:8080", "http://x.test:8080"),
            ("tcp://irc.test:6659", "tcp://irc.test:6659"),
            ("smtp://mail.test", ""),
            ("nonsense", ""),
        ] {
            assert_eq!(destination(address), expected, "{address}");
        }
    }
}
