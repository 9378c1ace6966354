//! # Microsoft Teams notifications
//!
//! ## What it does
//!
//! Notifies a Microsoft Teams channel about what happens in a project: pushes, merge requests,
//! issues, comments, pipelines and wiki pages, each as a card with links to where it happened.
//!
//! ## Set-up
//!
//! 1. In Microsoft Teams, add the workflow that posts to a channel when a *webhook request* is
//!    received, and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://example.webhook.office.com/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/microsoft-teams"
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
//! Cards are *Adaptive Cards*, which workflows take and connectors of the older kind may not. Texts are
//! cut at 5,000 characters. The characters `[ ] < > | * _ ~` and backticks are left out of names and
//! titles, since Teams would read them as marks.

use crate::chat::events;
use crate::chat::markdown::CAUTIOUS;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES, DEFAULT_BRANCH};
use crate::chat::single::{MAX_SENTENCE, Notification, Single};
use crate::setting::settings;
use crate::{Category, Context, Deliver, Failure, Integration, Setting, Values, answers};
use outbound::{Answer, Request};
use serde_json::{Value, json};

settings! {
    /// Address of the incoming webhook, for example `https://example.webhook.office.com/…`.
    webhook: Setting::secret_url("Webhook").required(),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, DEFAULT_BRANCH, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "microsoft-teams",
    title: "Microsoft Teams notifications",
    summary: "Notifies a Microsoft Teams channel about what happens in a project.",
    category: Category::Chat,
    source: include_str!("microsoft_teams.rs"),
    docs_url: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using",
    setup_url: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
    settings: SETTINGS,
    triggers: events::COMMON.triggers,
    kinds: events::COMMON.kinds,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&Teams)),
    good_answer: (200, "1"),
    ..Integration::DEFAULT
};

/// Maximum characters of a text: Teams limits a message to 28 KB.
const TEXT: usize = 5_000;

struct Teams;

impl Single for Teams {
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request {
        let project = &context.project.name_with_namespace;
        let mut blocks = vec![
            json!({"type": "TextBlock", "text": project, "weight": "bolder", "size": "medium"}),
            text(
                &notification
                    .message
                    .summary
                    .write_within(&CAUTIOUS, MAX_SENTENCE),
            ),
        ];
        if let Some(details) = &notification.message.details {
            let below = details.text.write_within(&CAUTIOUS, TEXT);
            blocks.extend((!below.is_empty()).then(|| text(&below)));
        }
        let card = json!({
            "type": "AdaptiveCard", "version": "1.0", "msteams": {"width": "Full"}, "body": blocks,
        });
        let attachment = json!({
            "contentType": "application/vnd.microsoft.card.adaptive", "content": card,
        });
        let body = json!({"type": "message", "attachments": [attachment]});
        Request::post(values.secret("webhook").expose()).json(&body)
    }

    /// A workflow answers 202; a connector answers 200 with `1` or an error.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)?;
        let is_object = answer.json().is_some_and(|body| body.is_object());
        if answer.status != 200 || is_object || matches!(answer.body.trim(), "" | "1") {
            return Ok(None);
        }
        let why = format!(
            "Teams did not take the message: {}",
            answers::excerpt(answer)
        );
        Err(if answer.body.contains("429") {
            Failure::retry(why)
        } else {
            Failure::give_up(why)
        })
    }
}

fn text(words: &str) -> Value {
    json!({"type": "TextBlock", "text": words, "wrap": true})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Then;
    use crate::chat::fixtures;

    #[test]
    fn a_card_has_the_project_the_sentence_and_the_text() {
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({}));
        let attachment = &sent.body["attachments"][0];
        assert_eq!(
            attachment["contentType"],
            "application/vnd.microsoft.card.adaptive"
        );
        let blocks = attachment["content"]["body"].as_array().unwrap();
        let texts: Vec<_> = blocks
            .iter()
            .map(|block| block["text"].as_str().unwrap())
            .collect();
        assert_eq!(
            texts,
            [
                "Group / Project",
                "Ada (ada) [commented on issue #3](https://git.test/n/1) in [Group / Project](https://git.test/group/project): **A & B**",
                "Looks **good** @all !channel",
            ]
        );
    }

    #[test]
    fn a_yes_with_an_error_in_it_is_none() {
        let judge = |status, body: &str| {
            let mut answer = Answer::sample(status, &Value::Null);
            body.clone_into(&mut answer.body);
            Single::judge(&Teams, &answer, &Context::sample())
        };
        for (status, body) in [(200, "1"), (200, ""), (202, "anything")] {
            assert_eq!(judge(status, body), Ok(None), "{body}");
        }
        let failed = "Webhook message delivery failed with error: returned HTTP error";
        assert!(matches!(
            judge(200, failed),
            Err(Failure {
                then: Then::GiveUp,
                ..
            })
        ));
        assert!(matches!(
            judge(200, &format!("{failed} 429")),
            Err(Failure {
                then: Then::Retry { .. },
                ..
            })
        ));
        assert!(matches!(
            judge(404, ""),
            Err(Failure {
                then: Then::GiveUp,
                ..
            })
        ));
    }
}
