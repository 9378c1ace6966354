//! # Slack notifications
//!
//! ## What it does
//!
//! Tells channels of a Slack workspace what happens in a project: pushes, merge requests, issues,
//! comments, pipelines, deployments and more, each with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. In Slack, add an *incoming webhook* for a channel of your workspace and copy its address.
//! 2. Enter the address as `webhook`, choose the events, and save.
//! 3. Use the test: a line appears in each channel that the settings name.
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what, with the newest 20 commits.
//! - **Issue, work item, incident**: when it is opened, closed or reopened; with its description when
//!   it is opened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written, with its text.
//! - **Pipeline**: when it has passed or failed, with the jobs that failed.
//! - **Wiki page**, **deployment**, **alert**, **vulnerability**, **group mention**.
//!
//! Edits are no news and are not told. What is confidential has switches and channels of its own.
//! The switches for commits and jobs are kept for GitLab's clients; nothing is said of these events.
//! Pushes, pipelines and deployments pass the branch filter; tags always do. Issues, merge requests
//! and comments pass the label filter.
//!
//! ## Limits
//!
//! At most 10 channels for one event. Channels and the user name count only for Slack's older kind
//! of webhook; those that belong to an app always speak in the channel they were made for. Texts
//! are cut at 3,000 characters. Names in other people's words (`@channel`) call nobody.

use crate::chat::{self, attachments, channels, filter, message::Message, texts};
use crate::{Category, Context, Failure, FieldError, Form, Integration, Plan, Setting, Step, Values, answers};
use model::Event;
use outbound::{Answer, Request};
use serde_json::Value;

chat::settings::with_channels! {
    /// Address of the incoming webhook, for example `https://hooks.slack.com/services/…`.
    webhook: Setting::secret_url("Webhook").required(),
    /// Name that the messages appear under.
    username: Setting::text("Username"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "slack",
    title: "Slack notifications",
    summary: "Tells channels of a Slack workspace what happens in a project.",
    category: Category::Chat,
    source: include_str!("slack.rs"),
    settings: SETTINGS,
    triggers: chat::TRIGGERS,
    kinds: chat::KINDS,
    validate: |values: &Values| -> Vec<FieldError> { channels::check(values) },
    address: |values, _| values.secret("webhook").expose().to_owned(),
    form: Form::Plan(&Slack),
    example: &[
        ("webhook", "https://hooks.slack.com/services/T0/B0/secret"),
        ("push_channel", "dev,releases"),
    ],
    ..Integration::BLANK
};

struct Slack;

impl Plan for Slack {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, String> {
        if let Some(reason) = filter::skip(event, values, context) {
            return Err(reason);
        }
        let message = texts::message(event, context)?;
        Ok(steps(&message, &channels::of(event, values), values))
    }

    fn trial(&self, values: &Values, context: &Context) -> Vec<Step> {
        steps(&texts::trial(context), &channels::all(values), values)
    }

    /// Slack says `ok`, or in one word what is wrong (chat facts, section 8); services that take
    /// Slack's form may say it in JSON, or nothing.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)?;
        let said = answer.body.trim();
        let told = answer.json().unwrap_or_default();
        if matches!(said, "" | "ok") || told["ok"] == true || told["success"] == true {
            return Ok(None);
        }
        Err(Failure::Never {
            why: format!("the webhook did not take the message: {}", answers::said(answer)),
        })
    }
}

/// One message for each channel; one without a name where the webhook is to choose.
fn steps(message: &Message, channels: &[String], values: &Values) -> Vec<Step> {
    if channels.is_empty() {
        return vec![step("", message, values)];
    }
    channels.iter().map(|channel| step(channel, message, values)).collect()
}

/// The payload goes as a field of a web form (chat facts, section 3.1).
fn step(channel: &str, message: &Message, values: &Values) -> Step {
    let mut payload = attachments::keys(message);
    for (key, text) in [("channel", channel), ("username", &values.text("username"))] {
        if !text.is_empty() {
            payload.insert(key.to_owned(), text.into());
        }
    }
    let payload = Value::Object(payload).to_string();
    let request = Request::post(values.secret("webhook").expose()).form(&[("payload", &payload)]);
    Step::new(channel, request)
}

#[cfg(test)]
mod tests;
