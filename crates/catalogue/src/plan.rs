//! Plans: what to send follows from the event and the settings only.

use crate::{Context, Failure, Skip, Values, answers};
use model::Event;
use outbound::{Answer, Outgoing};

/// One message of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// identifies the step within its delivery, the same at each attempt, such as the channel: a step
    /// that succeeded is not sent again
    pub key: String,
    /// what to send
    pub outgoing: Outgoing,
    /// what the step creates in the tool, if the id of that is to be stored: see
    /// [`Plan::external_id`]
    pub subject: Option<String>,
}

impl Step {
    /// A step.
    pub fn new(key: impl Into<String>, outgoing: impl Into<Outgoing>) -> Self {
        Self {
            key: key.into(),
            outgoing: outgoing.into(),
            subject: None,
        }
    }

    /// The step creates something for this subject, whose id is stored.
    #[must_use]
    pub fn creates(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

/// An integration that sends without reading first: pure functions, so that matching, preview and
/// delivery run the same code.
pub trait Plan: Send + Sync {
    /// What to send for an event, at least one step, or why nothing is.
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip>;

    /// Why nothing is sent for an event, if so: the same as [`steps`](Self::steps) returns.
    ///
    /// It runs for every event at intake, with a context that has no external ids, so it must not
    /// depend on them; override it where building the steps is expensive.
    fn skip_reason(&self, event: &Event, values: &Values, context: &Context) -> Option<Skip> {
        self.steps(event, values, context).err()
    }

    /// What to send to test the settings.
    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step>;

    /// What an answer means; with a note for the log, if any.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)
    }

    /// What an answer means when the settings are tested, where that is stricter.
    fn judge_test(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        self.judge(answer, context)
    }

    /// Whether a delivery succeeds although some of its steps failed for good.
    fn tolerates_lost_steps(&self) -> bool {
        false
    }

    /// The subjects whose external ids [`steps`](Self::steps) reads from the context. They are loaded
    /// for an attempt only if there are any.
    fn subjects(&self, _event: &Event) -> Vec<String> {
        Vec::new()
    }

    /// The id that the tool gave to what a step with a subject created.
    fn external_id(&self, _answer: &Answer) -> Option<String> {
        None
    }
}
