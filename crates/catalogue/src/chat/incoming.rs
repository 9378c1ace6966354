//! Slack's kind of incoming webhook, which Mattermost has too: one message for each channel.

use super::attachments;
use super::message::Message;
use super::rich::Markup;
use super::{channels, filter, texts};
use crate::{Context, Failure, Plan, Skip, Step, Values, answers};
use model::Event;
use outbound::{Answer, Request};
use serde_json::Value;

/// The webhook of a tool with this markup.
pub struct IncomingWebhook(pub &'static (dyn Markup + Sync));

impl Plan for IncomingWebhook {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        if let Some(reason) = self.skip_reason(event, values, context) {
            return Err(reason);
        }
        let message = texts::message(event, context)?;
        Ok(self.each(&message, &channels::of(event, values), values))
    }

    fn skip_reason(&self, event: &Event, values: &Values, context: &Context) -> Option<Skip> {
        filter::skip_reason(event, values, context).or_else(|| texts::skip_reason(event))
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        self.each(
            &texts::test_message(context),
            &channels::all(values),
            values,
        )
    }

    /// Slack answers `ok` or an error in one word; compatible services may answer JSON, or nothing.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)?;
        let body = answer.json().unwrap_or_default();
        if matches!(answer.body.trim(), "" | "ok") || body["ok"] == true || body["success"] == true
        {
            return Ok(None);
        }
        Err(Failure::give_up(format!(
            "the webhook did not take the message: {}",
            answers::excerpt(answer)
        )))
    }
}

impl IncomingWebhook {
    /// One message for each channel; one without a name where the webhook is to choose.
    fn each(&self, message: &Message, channels: &[String], values: &Values) -> Vec<Step> {
        if channels.is_empty() {
            return vec![self.step("", message, values)];
        }
        channels
            .iter()
            .map(|channel| self.step(channel, message, values))
            .collect()
    }

    /// The payload is sent as a form field, which all compatible services accept.
    fn step(&self, channel: &str, message: &Message, values: &Values) -> Step {
        let mut payload = attachments::keys(message, self.0);
        for (key, text) in [("channel", channel), ("username", &values.text("username"))] {
            if !text.is_empty() {
                payload.insert(key.to_owned(), text.into());
            }
        }
        let payload = Value::Object(payload).to_string();
        let request =
            Request::post(values.secret("webhook").expose()).form(&[("payload", &payload)]);
        Step::new(channel, request)
    }
}
