//! # Google Chat
//!
//! ## What it does
//!
//! Notifies a Google Chat space about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines and wiki pages, each with a link to where it happened. What belongs
//! together, such as an issue and its comments, is in one thread.
//!
//! ## Set-up
//!
//! 1. In Google Chat, add a *webhook* to a space and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://chat.googleapis.com/v1/spaces/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/hangouts-chat"
//! ```
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what, with the newest 20 commits.
//! - **Issue, work item**: when it is opened, closed or reopened; with its description when it is
//!   opened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written, with its text.
//! - **Pipeline**: when it has passed or failed.
//! - **Wiki page**.
//!
//! Edits are not sent. Pushes and pipelines pass the branch filter; tags always do.
//!
//! ## Limits
//!
//! A message is cut at 4,000 characters.

use crate::chat::events;
use crate::chat::rich::RichText;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES, DEFAULT_BRANCH};
use crate::chat::single::{Notification, Single};
use crate::chat::slack_markup::Mrkdwn;
use crate::setting::settings;
use crate::{Category, Context, Deliver, Integration, Setting, Values};
use model::Event;
use model::event::{Body, Note};
use outbound::Request;
use serde_json::{Value, json};
use url::Url;

settings! {
    /// Address of the incoming webhook, for example `https://chat.googleapis.com/v1/spaces/…`.
    webhook: Setting::secret_url("Webhook").required(),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, DEFAULT_BRANCH, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "hangouts-chat",
    title: "Google Chat",
    summary: "Notifies a Google Chat space about what happens in a project.",
    category: Category::Chat,
    source: include_str!("hangouts_chat.rs"),
    docs_url: "https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create",
    setup_url: "https://developers.google.com/workspace/chat/quickstart/webhooks",
    settings: SETTINGS,
    triggers: events::COMMON.triggers,
    kinds: events::COMMON.kinds,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&GoogleChat)),
    ..Integration::DEFAULT
};

/// Maximum characters of a message. Google Chat limits a message to 32,000 bytes.
const TEXT: usize = 4_000;

struct GoogleChat;

impl Single for GoogleChat {
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request {
        let mut text = notification.message.summary.clone();
        let details = notification.message.details.as_ref();
        if let Some(details) = details.filter(|_| !notification.message.details_suffice) {
            if let Some((title, link)) = &details.title {
                text = text
                    .text("\n")
                    .then(RichText::new().link(title.as_str(), link));
            }
            text = text.text("\n").then(details.text.clone());
        }
        let mut body = json!({ "text": text.write_within(&Mrkdwn, TEXT) });
        if let Some(key) = notification.event.and_then(|event| thread(event, context)) {
            body["thread"] = json!({ "threadKey": key });
        }
        post(values.secret("webhook").expose(), &body)
    }
}

fn post(webhook: &str, body: &Value) -> Request {
    let mut address = webhook.to_owned();
    if let Ok(mut url) = Url::parse(webhook) {
        let reply = "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
        url.query_pairs_mut()
            .append_pair("messageReplyOption", reply);
        address = url.into();
    }
    Request::post(address).json(body)
}

/// What keeps messages about the same thing together.
fn thread(event: &Event, context: &Context) -> Option<String> {
    let project = &context.project.name_with_namespace;
    match &event.body {
        Body::Push(push) => Some(format!("push {project}_{}", push.ref_name())),
        Body::Issue(issue) => Some(format!("issue {project}#{}", issue.attributes.iid)),
        Body::MergeRequest(merge_request) => Some(format!(
            "merge request {project}!{}",
            merge_request.attributes.iid
        )),
        Body::Note(note) => of_note(note, project),
        Body::Pipeline(pipeline) => Some(format!("pipeline {}", pipeline.attributes.id)),
        Body::WikiPage(page) => Some(format!("wiki_page {}", page.attributes.url)),
        _ => None,
    }
}

/// The thread of what a comment is about.
fn of_note(note: &Note, project: &str) -> Option<String> {
    let issue = note
        .issue
        .as_ref()
        .map(|issue| format!("issue {project}#{}", issue.iid));
    let merge_request = || {
        Some(format!(
            "merge request {project}!{}",
            note.merge_request.as_ref()?.iid
        ))
    };
    issue.or_else(merge_request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn an_issue_and_its_comments_are_one_thread() {
        let comment = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({}));
        let issue = fixtures::sent(&INTEGRATION, &fixtures::issue(), &json!({}));
        let reply = "?messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
        assert_eq!(comment.url, format!("{}{reply}", fixtures::WEBHOOK));
        assert_eq!(
            comment.body,
            json!({
                "text": "Ada (ada) <https://git.test/n/1|commented on issue #3> in <https://git.test/group/project|Group / Project>: *A &amp; &lt;B&gt;*\nLooks *good* @all &lt;!channel&gt;",
                "thread": {"threadKey": "issue Group / Project#3"},
            })
        );
        assert_eq!(issue.body["thread"], comment.body["thread"]);
        let text = issue.body["text"].as_str().unwrap();
        assert!(
            text.contains("\n<https://git.test/i/3|#3 A &amp; &lt;B&gt;>\nWhy"),
            "{text}"
        );
    }

    #[test]
    fn the_key_in_the_webhook_is_preserved() {
        let request = post(
            "https://chat.test/v1/spaces/A/messages?key=k&token=t",
            &json!({}),
        );
        assert!(
            request
                .url
                .contains("?key=k&token=t&messageReplyOption=REPLY"),
            "{}",
            request.url
        );
    }
}
