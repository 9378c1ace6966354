//! The plain form of an integration: what to send is known from the event and the
//! settings alone.

use crate::{Context, Failure, Values, answers};
use model::Event;
use outbound::{Answer, Outgoing};

/// One thing to send, and the name by which a later attempt knows that it was sent.
#[derive(Clone, Debug)]
pub struct Step {
    /// different for each step of a delivery and the same at each attempt, such as the channel
    pub key: String,
    /// what to send
    pub outgoing: Outgoing,
}

impl Step {
    /// A step.
    pub fn new(key: impl Into<String>, outgoing: impl Into<Outgoing>) -> Self {
        Self {
            key: key.into(),
            outgoing: outgoing.into(),
        }
    }
}

/// An integration that sends without asking first: pure functions, so that matching, preview
/// and delivery are the same code.
pub trait Plan: Send + Sync {
    /// What is to be sent for an event; `Err` says why nothing is, for a human.
    fn steps(&self, event: &Event, values: &Values, context: &Context)
    -> Result<Vec<Step>, String>;

    /// Why nothing is sent for an event, if nothing is: the same as [`steps`](Self::steps) says.
    ///
    /// Every event is asked about this as it comes in; where drawing up the steps is work, this
    /// answers without.
    fn skip(&self, event: &Event, values: &Values, context: &Context) -> Option<String> {
        self.steps(event, values, context).err()
    }

    /// What to send to try the settings.
    fn trial(&self, values: &Values, context: &Context) -> Vec<Step>;

    /// What an answer means; a note for the log if there is something to say.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)
    }

    /// What an answer means when the settings are tried, where more is asked then.
    fn judge_trial(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        self.judge(answer, context)
    }

    /// Whether a delivery counts as made when some of its steps were refused for good.
    fn may_lose_some(&self) -> bool {
        false
    }
}
