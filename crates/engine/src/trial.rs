//! Trying settings against the tool, changing nothing there.

use crate::carry_out::carry_out;
use crate::{Engine, UnsealError, refusal};
use catalogue::{Context, End, Failure, Form, Integration, Plan, Step, Values, answers};
use model::Event;
use outbound::{Answer, Net, Recorder, Request};
use serde_json::{Value, json};
use store::StoreError;
use store::settings::{self, SettingsRow};
use store::surroundings::Surroundings;

/// Why the tool could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// the secrets cannot be opened
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// the tool said no, or nothing
    #[error("{0}")]
    Failed(String),
}

impl Engine {
    /// Tries a row's settings; answers what the tool says of itself.
    pub async fn test(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        project: &Surroundings,
    ) -> Result<Value, TrialError> {
        let active = self.active(project, integration, row.clone());
        let (values, redactor) = (active.values?, active.redactor);
        let context = self.context_of(0, project, &active.off, None);
        let mut net = Recorder::new(&self.parts.outbound, redactor.clone());
        let result = match integration.form {
            Form::Passive(None) => Err(Failure::Never {
                why: format!("{} has nothing that could be tried", integration.title),
            }),
            Form::Passive(Some(probe)) => knock(probe(&values), &mut net).await,
            Form::Plan(plan) => try_out(plan, &values, &context, &mut net).await,
            Form::Conversation(conversation) => {
                conversation.test(&values, &context, &mut net).await
            }
        };
        let why = |failure: &Failure| redactor.redact(failure.why()).into_owned();
        let learned = match &result {
            Ok(_) => refusal::without(&row.learned),
            Err(failure @ Failure::Refused { .. }) => {
                Some(refusal::with(&row.learned, &why(failure), context.now))
            }
            Err(_) => None,
        };
        if let Some(learned) = learned {
            let (id, as_of) = (row.id, row.updated_at);
            let kept = self
                .parts
                .store
                .write(move |sql| settings::learn(sql, id, as_of, &learned));
            kept.await?;
        }
        result.map_err(|failure| TrialError::Failed(why(&failure)))
    }
}

/// Sends what a plan sends to try its settings.
async fn try_out(
    plan: &dyn Plan,
    values: &Values,
    context: &Context,
    net: &mut dyn Net,
) -> Result<Value, Failure> {
    let steps = plan.trial(values, context);
    if steps.is_empty() {
        return Err(Failure::Never {
            why: "with these settings nothing would be sent".into(),
        });
    }
    let done = carry_out(&Trial(plan), steps, context, net, &mut Vec::new()).await?;
    Ok(sent(&done.end))
}

/// A plan whose answers are judged as those of a trial.
struct Trial<'p>(&'p dyn Plan);

impl Plan for Trial<'_> {
    fn steps(
        &self,
        event: &Event,
        values: &Values,
        context: &Context,
    ) -> Result<Vec<Step>, String> {
        self.0.steps(event, values, context)
    }

    fn trial(&self, values: &Values, context: &Context) -> Vec<Step> {
        self.0.trial(values, context)
    }

    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        self.0.judge_trial(answer, context)
    }
}

/// Asks an address that people open; any answer but a fault shows that somebody is there.
async fn knock(request: Request, net: &mut dyn Net) -> Result<Value, Failure> {
    let url = request.url.clone();
    let answer = net.send(request).await?;
    if answer.status < 500 {
        return Ok(json!({ "message": format!("{url} answered with HTTP {}", answer.status) }));
    }
    Err(Failure::Never {
        why: answers::explained(&answer),
    })
}

fn sent(end: &End) -> Value {
    match end {
        End::Delivered(Some(note)) => json!({ "message": "sent", "note": note }),
        End::Delivered(None) => json!({ "message": "sent" }),
        End::Skipped(reason) => json!({ "message": reason }),
    }
}
