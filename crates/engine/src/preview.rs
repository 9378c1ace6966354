//! What would be sent for an event, with nothing sent: the same code over a network
//! that answers from examples.

use crate::matching::skip_reason;
use crate::{Engine, UnsealError};
use async_trait::async_trait;
use catalogue::{Conversation, Done, End, Failure, Form, Integration, Step, Values};
use model::event::EventError;
use model::{Event, Recorded};
use outbound::{Answer, Net, Outgoing, SendError, Transcript};
use store::settings::SettingsRow;
use store::surroundings::Surroundings;

/// What a delivery would do.
#[derive(Clone, Debug, Default)]
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
        let active = self.active(project, integration, row.clone());
        let values = active.values?;
        let mut context = self.context_of(0, project, &active.off, event.project());
        if let Some(reason) = skip_reason(integration, &event, &values, &context) {
            return Ok(Preview {
                skipped: Some(reason),
                requests: Vec::new(),
            });
        }
        context.comparison = self.compare(integration, &event, project).await;
        Ok(match integration.form {
            Form::Passive(_) => Preview::default(),
            Form::Plan(plan) => {
                let transcript = Transcript::new(active.redactor);
                let relay = self.parts.outbound.relay_url();
                planned(
                    plan.steps(&event, &values, &context),
                    transcript,
                    relay.as_deref(),
                )
            }
            Form::Conversation(conversation) => {
                let mut net = Examples {
                    conversation,
                    values: &values,
                    transcript: Transcript::new(active.redactor),
                };
                let result = conversation.run(&event, &values, &context, &mut net).await;
                Preview {
                    skipped: unsent(result),
                    requests: net.transcript.into_record(),
                }
            }
        })
    }
}

/// The requests of a plan, none of them answered.
fn planned(
    steps: Result<Vec<Step>, String>,
    mut transcript: Transcript,
    relay: Option<&str>,
) -> Preview {
    match steps {
        Err(reason) => Preview {
            skipped: Some(reason),
            requests: Vec::new(),
        },
        Ok(steps) => {
            for step in &steps {
                transcript.add(&step.outgoing, None, relay);
            }
            Preview {
                skipped: None,
                requests: transcript.into_record(),
            }
        }
    }
}

/// Why a conversation would come to nothing, if it would.
fn unsent(result: Result<Done, Failure>) -> Option<String> {
    match result {
        Ok(done) => match done.end {
            End::Skipped(reason) => Some(reason),
            End::Delivered(_) => None,
        },
        Err(failure) => Some(failure.why().to_owned()),
    }
}

/// A network that answers from the integration's own examples.
struct Examples<'a> {
    conversation: &'static dyn Conversation,
    values: &'a Values,
    transcript: Transcript,
}

#[async_trait]
impl Net for Examples<'_> {
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError> {
        let answer = match &outgoing {
            Outgoing::Http(request) => self.conversation.example(request, self.values),
            Outgoing::Lines(_) | Outgoing::Mail(_) => Answer::sample(200, &serde_json::Value::Null),
        };
        self.transcript.add(&outgoing, Some(&answer), None);
        Ok(answer)
    }
}
