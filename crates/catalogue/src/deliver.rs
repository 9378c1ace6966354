//! The capability to deliver events.

use crate::{Context, End, Failure, Memo, Plan, Skip, Values};
use async_trait::async_trait;
use model::{Comparison, Event};
use outbound::{Answer, Net, Request};
use serde_json::Value;

/// How an integration delivers.
#[derive(Clone, Copy)]
pub enum Deliver {
    /// sends what follows from event and settings only
    Plan(&'static dyn Plan),
    /// a plan that sends mail, made for one delivery
    Mail(fn(MailInput) -> Box<dyn Plan>),
    /// must read an answer before it sends again
    Conversation(&'static dyn Conversation),
}

impl Deliver {
    /// The subjects whose external ids a delivery of this event reads.
    pub fn subjects(self, event: &Event) -> Vec<String> {
        match self {
            Self::Plan(plan) => plan.subjects(event),
            Self::Mail(_) => Vec::new(),
            Self::Conversation(conversation) => conversation.subjects(event),
        }
    }
}

/// What a mail plan gets in addition to event, settings and context.
#[derive(Clone, Debug, Default)]
pub struct MailInput {
    /// how mail is sent, if the operator has configured a mail server
    pub site: Option<MailSite>,
    /// what the push changed, if the server can read the repository; missing while an event is matched
    pub comparison: Option<Comparison>,
}

/// How mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSite {
    /// the address for `From`
    pub from: String,
    /// the mail server, `smtp://host:port`
    pub relay: String,
}

/// An integration that must read an answer before it sends again.
#[async_trait]
pub trait Conversation: Send + Sync {
    /// Why there is nothing to do for this event, if so; pure.
    fn skip_reason(&self, event: &Event, values: &Values, context: &Context) -> Option<Skip>;

    /// Delivers an event. The settings may have changed since the event was matched: an event that is
    /// no longer wanted ends as skipped. Run again after a crash or a failure, it must find what it
    /// has already done and not do it twice.
    async fn run(
        &self,
        event: &Event,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
        memo: &mut Memo,
    ) -> Result<End, Failure>;

    /// Checks the settings against the tool without changing anything there. Returns what the tool
    /// reports about itself.
    async fn test(
        &self,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
        memo: &mut Memo,
    ) -> Result<Value, Failure>;

    /// The subjects whose external ids [`run`](Self::run) reads from the context.
    fn subjects(&self, _event: &Event) -> Vec<String> {
        Vec::new()
    }

    /// An example of the tool's answer, for a preview that sends nothing.
    fn example(&self, request: &Request, values: &Values) -> Answer;
}
