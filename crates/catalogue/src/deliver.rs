//! The capability to deliver events, and how a delivery ends.

use crate::{Context, Memo, Plan, Values};
use async_trait::async_trait;
use model::{Comparison, Event};
use outbound::{Answer, Net, Request, SendError};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// How an integration delivers.
#[derive(Clone, Copy)]
pub enum Deliver {
    /// sends what follows from event and settings alone
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

/// What a mail plan gets besides event, settings and context.
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

/// Why an event is not delivered, for a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip(pub String);

impl From<String> for Skip {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<&str> for Skip {
    fn from(reason: &str) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a delivery ended without a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// the tool accepted it; with a note for the log, if any
    Delivered(Option<String>),
    /// there was nothing to do
    Skipped(Skip),
}

/// How an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// what went wrong and what to do, for a human
    pub why: String,
    /// what follows for the delivery
    pub then: Then,
}

/// What follows from a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// it may succeed later
    Retry {
        /// how long the tool asks to wait
        after: Option<Duration>,
        /// whether the tool itself seems down, which counts for the circuit breaker
        tool_down: bool,
    },
    /// it will not succeed until someone changes something
    GiveUp,
    /// the tool refused the credentials: they are not sent again until the settings are saved or a
    /// test succeeds, since many tools lock an account after repeated failures
    CredentialsRefused,
}

impl Failure {
    /// A failure that is final.
    pub fn give_up(why: impl Into<String>) -> Self {
        let why = why.into();
        let then = Then::GiveUp;
        Self { why, then }
    }

    /// Refused credentials.
    pub fn refused(why: impl Into<String>) -> Self {
        let why = why.into();
        let then = Then::CredentialsRefused;
        Self { why, then }
    }

    /// A failure of this delivery alone that may pass.
    pub fn retry(why: impl Into<String>) -> Self {
        Self::retry_after(why, None)
    }

    /// The same, where the tool may ask for a wait.
    pub fn retry_after(why: impl Into<String>, after: Option<Duration>) -> Self {
        let why = why.into();
        let tool_down = false;
        let then = Then::Retry { after, tool_down };
        Self { why, then }
    }

    /// The tool seems down.
    pub fn tool_down(why: impl Into<String>, after: Option<Duration>) -> Self {
        let why = why.into();
        let tool_down = true;
        let then = Then::Retry { after, tool_down };
        Self { why, then }
    }

    /// The same failure with another text.
    #[must_use]
    pub fn map_why(self, change: impl FnOnce(String) -> String) -> Self {
        let why = change(self.why);
        Self { why, ..self }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        if error.is_temporary() {
            Self::tool_down(error.to_string(), None)
        } else {
            Self::give_up(error.to_string())
        }
    }
}
