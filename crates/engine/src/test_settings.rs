//! Testing settings against the tool without changing anything there.

use crate::carry_out::{Purpose, StepRunner};
use crate::{Engine, UnsealError, refusal};
use catalogue::{
    Context, Deliver, End, Failure, Integration, Memo, Plan, Skip, Then, Values, answers,
};
use outbound::{Net, Recorder, Request};
use serde_json::{Value, json};
use store::StoreError;
use store::project_details::ProjectDetails;
use store::settings::{self, SettingsRow};

/// Why a test failed.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// the secrets cannot be decrypted
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// the store failed
    #[error(transparent)]
    Store(#[from] StoreError),
    /// the tool refused, or did not respond
    #[error("{0}")]
    Failed(String),
}

impl Engine {
    /// Tests a row's settings; returns what the tool reports about itself.
    pub async fn test(
        &self,
        integration: &'static Integration,
        row: &SettingsRow,
        project: &ProjectDetails,
    ) -> Result<Value, TestError> {
        let active = self.activate(integration, row.clone());
        let (values, redactor) = (active.values?, active.redactor);
        let context = self.context_of(None, project, &active.disabled_triggers, None);
        let mut net = Recorder::new(&self.parts.outbound, redactor.clone());
        let mut memo = Memo::default();
        let result = self
            .run_test(integration, &values, &context, (&mut net, &mut memo))
            .await
            .map_err(|failure| failure.map_why(|why| redactor.redact(&why).into_owned()));
        let state_before = memo.tool_state.as_ref().unwrap_or(&row.tool_state);
        let state = match &result {
            Ok(_) => refusal::without(state_before).or(memo.tool_state),
            Err(Failure {
                why,
                then: Then::CredentialsRefused,
            }) => Some(refusal::with(state_before, why, context.now)),
            Err(_) => memo.tool_state,
        };
        if let Some(state) = state {
            let (id, saved_at) = (row.id, row.updated_at);
            let stored = self
                .parts
                .store
                .write(move |sql| settings::put_tool_state(sql, id, saved_at, &state));
            stored.await?;
        }
        result.map_err(|failure| TestError::Failed(failure.why))
    }

    async fn run_test(
        &self,
        integration: &Integration,
        values: &Values,
        context: &Context,
        (net, memo): (&mut dyn Net, &mut Memo),
    ) -> Result<Value, Failure> {
        match (integration.deliver, integration.probe) {
            (Some(Deliver::Plan(plan)), _) => send_test(plan, values, context, net).await,
            (Some(Deliver::Mail(plan)), _) => {
                let plan = plan(self.mail_input(None));
                send_test(&*plan, values, context, net).await
            }
            (Some(Deliver::Conversation(conversation)), _) => {
                conversation.test(values, context, net, memo).await
            }
            (None, Some(request)) => probe(request(values), net).await,
            (None, None) => {
                let title = integration.title;
                Err(Failure::give_up(format!("{title} cannot be tested")))
            }
        }
    }
}

/// Sends a plan's test messages.
async fn send_test(
    plan: &dyn Plan,
    values: &Values,
    context: &Context,
    net: &mut dyn Net,
) -> Result<Value, Failure> {
    let steps = plan.test_steps(values, context);
    if steps.is_empty() {
        return Err(Failure::give_up(
            "nothing would be sent with these settings",
        ));
    }
    let purpose = Purpose::Test;
    let (done, memo) = (&mut Vec::new(), &mut Memo::default());
    let mut runner = StepRunner {
        plan,
        purpose,
        context,
        net,
        done,
        memo,
    };
    Ok(match runner.run(steps).await? {
        End::Delivered(Some(note)) => json!({ "message": "sent", "note": note }),
        End::Delivered(None) => json!({ "message": "sent" }),
        End::Skipped(Skip(reason)) => json!({ "message": reason }),
    })
}

/// Requests a page for humans; any answer but a server error shows that the tool is reachable.
async fn probe(request: Request, net: &mut dyn Net) -> Result<Value, Failure> {
    let url = request.url.clone();
    let answer = net.send(request).await?;
    if answer.status < 500 {
        return Ok(json!({ "message": format!("{url} answered with HTTP {}", answer.status) }));
    }
    Err(Failure::give_up(answers::explained(&answer)))
}
