//! What would be sent for an event, without sending it: the same code over a network that answers
//! with examples.

use crate::carry_out::steps_of;
use crate::{Engine, UnsealError, comparison};
use async_trait::async_trait;
use catalogue::{Context, Conversation, Deliver, End, Integration, Memo, Plan, Skip, Step, Values};
use model::event::EventError;
use model::{Event, Recorded};
use outbound::{Answer, Net, Outgoing, Redactor, SendError, Transcript};
use store::StoreError;
use store::project_details::ProjectDetails;
use store::settings::SettingsRow;

/// What a delivery would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// why nothing would be sent, if nothing would
    pub skipped: Option<String>,
    /// the requests, with example answers
    pub requests: Vec<Recorded>,
}

/// Why a preview failed.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// the event cannot be parsed
    #[error(transparent)]
    Event(#[from] EventError),
    /// the secrets cannot be decrypted
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// What the integration would send for this event with these settings.
    pub async fn preview(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        project: &ProjectDetails,
        body: &str,
    ) -> Result<Preview, PreviewError> {
        let event = Event::parse(body)?;
        let active = self.activate(integration, row.clone());
        let values = active.values?;
        let mut context =
            self.context_of(None, project, &active.disabled_triggers, event.project());
        context.external_ids = self
            .external_ids(project.project_id, integration, &event)
            .await?;
        if let Some(Skip(reason)) = self.skip_reason(integration, &event, &values, &context) {
            return Ok(Preview::skipped(reason));
        }
        let plan = |plan: &dyn Plan| {
            let relay = self.parts.outbound.relay_url();
            let steps = steps_of(plan, &event, &values, &context);
            planned(steps, active.redactor.clone(), relay.as_deref())
        };
        Ok(match integration.deliver {
            None => Preview::default(),
            Some(Deliver::Plan(static_plan)) => plan(static_plan),
            Some(Deliver::Mail(mail)) => {
                let repositories = self.parts.repositories.as_deref();
                let comparison = comparison::compare(repositories, &event, project).await;
                plan(&*mail(self.mail_input(comparison)))
            }
            Some(Deliver::Conversation(conversation)) => {
                let net = Examples {
                    conversation,
                    values: &values,
                    transcript: Transcript::new(active.redactor),
                };
                net.preview(&event, &context).await
            }
        })
    }
}

impl Preview {
    fn skipped(reason: String) -> Self {
        Self {
            skipped: Some(reason),
            requests: Vec::new(),
        }
    }
}

/// The requests of a plan, without answers.
fn planned(steps: Result<Vec<Step>, Skip>, redactor: Redactor, relay: Option<&str>) -> Preview {
    let mut transcript = Transcript::new(redactor);
    match steps {
        Err(Skip(reason)) => Preview::skipped(reason),
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

/// A network that answers with the integration's examples.
struct Examples<'a> {
    conversation: &'static dyn Conversation,
    values: &'a Values,
    transcript: Transcript,
}

impl Examples<'_> {
    /// What a conversation would send. What it would remember is dropped.
    async fn preview(mut self, event: &Event, context: &Context) -> Preview {
        let (conversation, values) = (self.conversation, self.values);
        let memo = &mut Memo::default();
        let result = conversation
            .run(event, values, context, &mut self, memo)
            .await;
        Preview {
            skipped: match result {
                Ok(End::Delivered(_)) => None,
                Ok(End::Skipped(Skip(reason))) => Some(reason),
                Err(failure) => Some(failure.why),
            },
            requests: self.transcript.into_record(),
        }
    }
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
