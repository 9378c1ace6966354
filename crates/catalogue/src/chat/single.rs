//! Chats that get one request for each event.

use super::message::Message;
use super::{filter, texts};
use crate::{Context, Failure, Plan, Skip, Step, Values, answers};
use model::Event;
use outbound::{Answer, Request};

/// Maximum characters of a message that consists of one sentence.
pub const MAX_SENTENCE: usize = 1_500;

/// What is sent, and why.
pub struct Notification<'a> {
    /// its text
    pub message: &'a Message,
    /// what happened; `None` when the settings are tested
    pub event: Option<&'a Event>,
}

/// A chat that takes one request for each message.
pub trait Single: Send + Sync {
    /// The request that carries the message.
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request;

    /// What an answer means.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)
    }
}

impl<T: Single> Plan for T {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        if let Some(reason) = self.skip_reason(event, values, context) {
            return Err(reason);
        }
        let message = &texts::message(event, context)?;
        let event = Some(event);
        let request = self.request(&Notification { message, event }, values, context);
        Ok(vec![Step::new("", request)])
    }

    fn skip_reason(&self, event: &Event, values: &Values, context: &Context) -> Option<Skip> {
        filter::skip_reason(event, values, context).or_else(|| texts::skip_reason(event))
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        let message = &texts::test_message(context);
        let event = None;
        let request = self.request(&Notification { message, event }, values, context);
        vec![Step::new("", request)]
    }

    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        Single::judge(self, answer, context)
    }
}
