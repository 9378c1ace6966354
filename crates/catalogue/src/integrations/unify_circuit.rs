//! # Unify Circuit
//!
//! ## What it does
//!
//! Notifies a Circuit conversation about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines and wiki pages, each in one sentence with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. In Circuit, add an *incoming webhook* to a conversation and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://circuit.com/rest/v2/webhooks/incoming/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/unify-circuit"
//! ```
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what.
//! - **Issue, work item**: when it is opened, closed or reopened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written.
//! - **Pipeline**: when it has passed or failed.
//! - **Wiki page**.
//!
//! Edits are not sent. Pushes and pipelines pass the branch filter; tags always do.
//!
//! ## Limits
//!
//! One sentence is sent, without descriptions, comments and lists of commits. The characters
//! `[ ] < > | * _ ~` and backticks are left out of names and titles, since Circuit would read them as
//! marks.

use crate::chat::events;
use crate::chat::markdown::CAUTIOUS;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES};
use crate::chat::single::{MAX_SENTENCE, Notification, Single};
use crate::setting::settings;
use crate::{Category, Context, Deliver, Integration, Setting, Values};
use outbound::Request;
use serde_json::json;

settings! {
    /// Address of the incoming webhook, for example `https://circuit.com/rest/v2/webhooks/incoming/…`.
    webhook: Setting::secret_url("Webhook").required(),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "unify-circuit",
    title: "Unify Circuit",
    summary: "Notifies a Circuit conversation about what happens in a project.",
    category: Category::Chat,
    source: include_str!("unify_circuit.rs"),
    docs_url: "https://developers.circuit.com/",
    settings: SETTINGS,
    triggers: events::COMMON.triggers,
    kinds: events::COMMON.kinds,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&Circuit)),
    ..Integration::DEFAULT
};

struct Circuit;

impl Single for Circuit {
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request {
        let text = notification
            .message
            .summary
            .write_within(&CAUTIOUS, MAX_SENTENCE);
        let subject = &context.project.name_with_namespace;
        let body = json!({ "subject": subject, "text": text, "markdown": true });
        Request::post(values.secret("webhook").expose()).json(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn a_sentence_is_sent_below_the_project_s_name() {
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({}));
        assert_eq!(
            sent.body,
            json!({
                "subject": "Group / Project", "markdown": true,
                "text": "Ada (ada) [commented on issue #3](https://git.test/n/1) in [Group / Project](https://git.test/group/project): **A & B**",
            })
        );
    }
}
