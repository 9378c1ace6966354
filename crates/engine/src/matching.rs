//! Event + effective settings → deliveries, each either due or skipped with the reason.

use crate::snapshot::ActiveIntegration;
use crate::{Engine, ProjectSnapshot};
use catalogue::{Context, Deliver, Integration, MailInput, Skip, Values};
use model::{Comparison, Event};
use store::deliveries::NewDelivery;
use store::project_details::ProjectDetails;
use url::{Origin, Url};

impl Engine {
    /// The deliveries an event makes: one for every integration that is active for its project.
    pub(crate) fn matches(&self, event: &Event, snapshot: &ProjectSnapshot) -> Vec<NewDelivery> {
        let active = snapshot.active.iter();
        active
            .filter_map(|active| self.match_one(event, &snapshot.project, active))
            .collect()
    }

    fn match_one(
        &self,
        event: &Event,
        project: &ProjectDetails,
        active: &ActiveIntegration,
    ) -> Option<NewDelivery> {
        let integration = active.integration;
        if integration.deliver.is_none() || !self.offers(integration) {
            return None;
        }
        let context = self.context(project, &active.disabled_triggers, event.project());
        let skipped = match &active.values {
            Ok(values) => self.skip_reason(integration, event, values, &context),
            // The attempt will fail with this error and show it in the log.
            Err(_) => None,
        };
        Some(NewDelivery {
            integration: integration.slug,
            destination: active.destination.clone(),
            skipped: skipped.map(|Skip(reason)| reason),
        })
    }

    /// Why an event is not delivered to an integration, if so.
    pub(crate) fn skip_reason(
        &self,
        integration: &Integration,
        event: &Event,
        values: &Values,
        context: &Context,
    ) -> Option<Skip> {
        disabled(integration, event, context).or_else(|| match integration.deliver {
            None => Some(nothing_to_send(integration.title)),
            Some(Deliver::Conversation(conversation)) => {
                conversation.skip_reason(event, values, context)
            }
            Some(Deliver::Plan(plan)) => plan.skip_reason(event, values, context),
            Some(Deliver::Mail(plan)) => {
                plan(self.mail_input(None)).skip_reason(event, values, context)
            }
        })
    }

    /// What a mail plan gets besides the event.
    pub(crate) fn mail_input(&self, comparison: Option<Comparison>) -> MailInput {
        MailInput {
            site: self.parts.mail.clone(),
            comparison,
        }
    }

    /// The URL of an integration's tool, the mail server for mail.
    pub(crate) fn address(&self, integration: &Integration, values: &Values) -> String {
        match (integration.deliver, &self.parts.mail) {
            (Some(Deliver::Mail(_)), Some(site)) => site.relay.clone(),
            _ => (integration.address)(values),
        }
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

/// The skip reason of an integration that does not deliver.
pub(crate) fn nothing_to_send(title: &str) -> Skip {
    Skip(format!("{title} does not send anything"))
}

/// Why an integration does not get an event whatever its content: its kind, or a disabled trigger.
pub(crate) fn disabled(
    integration: &Integration,
    event: &Event,
    context: &Context,
) -> Option<Skip> {
    if !integration.kinds.contains(&event.kind) {
        let (title, kind) = (integration.title, event.kind.title());
        return Some(Skip(format!("{title} does not act on {kind} events")));
    }
    let trigger = event.trigger()?;
    let disabled = !context.is_enabled(trigger) && !integration.own_triggers.contains(&trigger);
    disabled.then(|| Skip(format!("`{}` is disabled", trigger.field())))
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
