//! Event + effective settings → deliveries, each either due or skipped with the reason.

use crate::surroundings::context;
use crate::{Engine, unseal};
use catalogue::{Context, Decision, Integration, Values};
use model::Event;
use store::deliveries::NewDelivery;
use store::settings::SettingsRow;
use store::surroundings::Surroundings;
use url::Url;

impl Engine {
    /// The deliveries an event makes: one for every integration that is active for its project.
    pub fn matches(
        &self,
        event: &Event,
        project: &Surroundings,
        rows: &[SettingsRow],
    ) -> Vec<NewDelivery> {
        let active = rows.iter().filter(|row| row.active);
        active
            .filter_map(|row| self.match_one(event, project, row))
            .collect()
    }

    fn match_one(
        &self,
        event: &Event,
        project: &Surroundings,
        row: &SettingsRow,
    ) -> Option<NewDelivery> {
        // A row of an integration that this version no longer has is left alone.
        let integration = catalogue::find(&row.slug)?;
        let now = self.parts.clock.now();
        let context = context(project, row, event.project(), &self.parts.external_url, now);
        let (destination, skipped) = match unseal(integration, row, &self.parts.keyring) {
            Ok(values) => (
                destination(integration, &values),
                skip_reason(integration, event, &values, &context),
            ),
            // The attempt will fail with the same words, where a human finds them.
            Err(_) => (String::new(), None),
        };
        Some(NewDelivery {
            integration: integration.slug,
            destination,
            skipped,
        })
    }
}

/// Scheme, host and port the integration talks to; empty when its address cannot be read.
fn destination(integration: &Integration, values: &Values) -> String {
    Url::parse(&(integration.address)(values))
        .map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}

/// Why an event is not for an integration, if it is not.
pub(crate) fn skip_reason(
    integration: &Integration,
    event: &Event,
    values: &Values,
    context: &Context,
) -> Option<String> {
    if !integration.kinds.contains(&event.kind) {
        return Some(format!(
            "{} does not act on {} events",
            integration.title,
            event.kind.title()
        ));
    }
    match (integration.decide)(event, values, context) {
        Decision::Deliver => None,
        Decision::Skip(reason) => Some(reason),
    }
}
