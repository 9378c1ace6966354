//! What would be sent for an event, with nothing sent: the same code over a network
//! that answers from examples.

use crate::matching::skip_reason;
use crate::surroundings::context;
use crate::{Engine, UnsealError, unseal};
use async_trait::async_trait;
use catalogue::{End, Integration, Values};
use model::event::EventError;
use model::{Event, Recorded};
use outbound::{Answer, Net, Redactor, Request, SendError, recorded};
use store::settings::SettingsRow;
use store::surroundings::Surroundings;

/// What a delivery would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// why nothing would be sent, if nothing would
    pub skipped: Option<String>,
    /// the requests, with the answers taken for granted
    pub requests: Vec<Recorded>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// the event cannot be read
    #[error(transparent)]
    Event(#[from] EventError),
    /// the secrets cannot be opened
    #[error(transparent)]
    Unseal(#[from] UnsealError),
}

impl Engine {
    /// What the integration would do for this event with these settings.
    pub async fn preview(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        project: &Surroundings,
        body: &str,
    ) -> Result<Preview, PreviewError> {
        let event = Event::parse(body)?;
        let values = unseal(integration, row, &self.parts.keyring)?;
        let context = context(
            project,
            row,
            event.project(),
            &self.parts.external_url,
            self.parts.clock.now(),
        );
        if let Some(reason) = skip_reason(integration, &event, &values, &context) {
            return Ok(Preview {
                skipped: Some(reason),
                requests: Vec::new(),
            });
        }
        let mut net = Examples {
            integration,
            values: &values,
            redactor: Redactor::new(values.secrets(), &values.texts()),
            record: Vec::new(),
        };
        let result = integration
            .conversation
            .run(&event, &values, &context, &mut net)
            .await;
        let skipped = match result {
            Ok(done) => match done.end {
                End::Skipped(reason) => Some(reason),
                End::Delivered(_) => None,
            },
            Err(failure) => Some(failure.why().to_owned()),
        };
        Ok(Preview {
            skipped,
            requests: net.record,
        })
    }
}

/// A network that answers from the integration's own examples.
struct Examples<'a> {
    integration: &'static Integration,
    values: &'a Values,
    redactor: Redactor,
    record: Vec<Recorded>,
}

#[async_trait]
impl Net for Examples<'_> {
    async fn send(&mut self, request: Request) -> Result<Answer, SendError> {
        let answer = self.integration.conversation.example(&request, self.values);
        self.record
            .push(recorded(&request, Some(&answer), &self.redactor));
        Ok(answer)
    }
}
