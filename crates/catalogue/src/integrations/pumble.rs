//! # Pumble
//!
//! ## What it does
//!
//! Notifies a Pumble channel about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines and wiki pages, each in one sentence with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. In Pumble, add an *incoming webhook* for a channel and copy its address.
//! 2. Enter its address as `webhook`, choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://api.pumble.com/workspaces/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/pumble"
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
//! One sentence is sent, without descriptions, comments and lists of commits.

use crate::chat::events;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES};
use crate::chat::single::{MAX_SENTENCE, Notification, Single};
use crate::chat::slack_markup::Mrkdwn;
use crate::setting::settings;
use crate::{Category, Context, Deliver, Integration, Setting, Values};
use outbound::Request;
use serde_json::json;

settings! {
    /// Address of the incoming webhook, for example `https://api.pumble.com/workspaces/…`.
    webhook: Setting::secret_url("Webhook").required(),
    ..&[BROKEN_PIPELINES, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pumble",
    title: "Pumble",
    summary: "Notifies a Pumble channel about what happens in a project.",
    category: Category::Chat,
    source: include_str!("pumble.rs"),
    docs_url: "https://pumble.com/help/",
    settings: SETTINGS,
    triggers: events::COMMON.triggers,
    kinds: events::COMMON.kinds,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&Pumble)),
    ..Integration::DEFAULT
};

struct Pumble;

impl Single for Pumble {
    fn request(&self, notification: &Notification<'_>, values: &Values, _: &Context) -> Request {
        let text = notification
            .message
            .summary
            .write_within(&Mrkdwn, MAX_SENTENCE);
        Request::post(values.secret("webhook").expose()).json(&json!({ "text": text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;

    #[test]
    fn a_sentence_is_sent() {
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({}));
        assert_eq!(sent.url, fixtures::WEBHOOK);
        assert_eq!(
            sent.body,
            json!({"text": "Ada (ada) <https://git.test/n/1|commented on issue #3> in <https://git.test/group/project|Group / Project>: *A &amp; &lt;B&gt;*"})
        );
    }
}
