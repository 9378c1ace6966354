//! # Discord Notifications
//!
//! ## What it does
//!
//! Notifies channels of a Discord server about what happens in a project: pushes, merge requests,
//! issues, comments, pipelines, wiki pages and deployments, each with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. In Discord, add a *webhook* to a channel and copy its address.
//! 2. Enter it as `webhook`. Webhooks of other channels may be entered for single kinds of events.
//! 3. Choose the events, and save.
//! 4. Run the test: a line appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://discord.com/api/webhooks/1/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/discord"
//! ```
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what, with the newest 20 commits.
//! - **Issue, work item**: when it is opened, closed or reopened; with its description when it is
//!   opened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written, with its text.
//! - **Pipeline**: when it has passed or failed, with the jobs that failed.
//! - **Wiki page**, **deployment**, **group mention**.
//!
//! Edits are not sent. Pushes, pipelines and deployments pass the branch
//! filter; tags always do. What is confidential has switches and webhooks of its own.
//!
//! ## Limits
//!
//! A message is cut at 4,000 characters. Names in other people's words (`@everyone`) call nobody.

use crate::chat::markdown::DISCORD;
use crate::chat::message::{Details, Tone};
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES};
use crate::chat::single::{Notification, Single};
use crate::chat::{channels, events, message};
use crate::setting::settings;
use crate::{Category, Context, Deliver, FieldError, Integration, Setting, Values};
use model::Secret;
use outbound::Request;
use serde_json::{Value, json};

settings! {
    /// Address of the webhook, for example `https://discord.com/api/webhooks/…`.
    webhook: Setting::secret_url("Webhook").required(),
    /// Webhook for pushes to branches.
    push_channel: Setting::secret_url("Push webhook"),
    /// Webhook for pushes of tags.
    tag_push_channel: Setting::secret_url("Tag push webhook"),
    /// Webhook for issues and work items.
    issue_channel: Setting::secret_url("Issue webhook"),
    /// Webhook for confidential issues and work items; that for issues when empty.
    confidential_issue_channel: Setting::secret_url("Confidential issue webhook"),
    /// Webhook for merge requests.
    merge_request_channel: Setting::secret_url("Merge request webhook"),
    /// Webhook for comments.
    note_channel: Setting::secret_url("Note webhook"),
    /// Webhook for internal notes and comments on confidential issues;
    /// that for comments when empty.
    confidential_note_channel: Setting::secret_url("Confidential note webhook"),
    /// Webhook for pipelines.
    pipeline_channel: Setting::secret_url("Pipeline webhook"),
    /// Webhook for wiki pages.
    wiki_page_channel: Setting::secret_url("Wiki page webhook"),
    /// Webhook for deployments.
    deployment_channel: Setting::secret_url("Deployment webhook"),
    /// Webhook for mentions of a group in public places.
    group_mention_channel: Setting::secret_url("Group mention webhook")
        .also(&["group_mentions_channel"]),
    /// Webhook for mentions of a group in confidential places.
    group_confidential_mention_channel: Setting::secret_url("Group confidential mention webhook")
        .also(&["group_confidential_mentions_channel"]),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "discord",
    title: "Discord Notifications",
    summary: "Notifies channels of a Discord server about what happens in a project.",
    category: Category::Chat,
    source: include_str!("discord.rs"),
    docs_url: "https://discord.com/developers/docs/resources/webhook#execute-webhook",
    setup_url: "https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks",
    settings: SETTINGS,
    triggers: events::WITH_MENTIONS.triggers,
    kinds: events::WITH_MENTIONS.kinds,
    validate,
    address: |values| values.secret("webhook").expose().to_owned(),
    deliver: Some(Deliver::Plan(&Discord)),
    example: &[("webhook", "https://discord.com/api/webhooks/1/secret")],
    ..Integration::DEFAULT
};

/// Maximum characters of an embed description; all texts of an embed together may have 6,000:
/// <https://discord.com/developers/docs/resources/message#embed-object-embed-limits>.
const MAX_DESCRIPTION: usize = 4_000;
/// Maximum characters of a field's value; Discord takes 1,024.
const MAX_FIELD_VALUE: usize = 250;
/// Maximum number of fields; Discord takes 25.
const MAX_FIELDS: usize = 6;

struct Discord;

impl Single for Discord {
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request {
        let details = notification.message.details.as_ref();
        let at = details
            .and_then(|details| details.at)
            .unwrap_or(context.now);
        let mut embed = json!({
            "color": color(details.map_or(Tone::Neutral, |details| details.tone)),
            "timestamp": at.to_string(),
            "description": notification.message.in_full().write_within(&DISCORD, MAX_DESCRIPTION),
        });
        let facts: Vec<Value> = details.map(facts).unwrap_or_default();
        if !facts.is_empty() {
            embed["fields"] = facts.into();
        }
        let body = json!({"content": "", "embeds": [embed], "allowed_mentions": {"parse": []}});
        Request::post(webhook(notification, values).expose().trim()).json(&body)
    }
}

fn facts(details: &Details) -> Vec<Value> {
    let fact = |field: &message::Field| {
        let value = field.value.write_within(&DISCORD, MAX_FIELD_VALUE);
        json!({"name": field.title, "value": value, "inline": field.short})
    };
    let fields = details.fields.iter().map(fact);
    fields
        .filter(|fact| fact["value"] != "")
        .take(MAX_FIELDS)
        .collect()
}

/// The webhook for events of its kind, if there is one.
fn webhook(notification: &Notification<'_>, values: &Values) -> Secret {
    let names = notification.event.map_or(&[][..], channels::settings);
    let own = names
        .iter()
        .map(|name| values.secret(name))
        .find(|webhook| !webhook.is_empty());
    own.unwrap_or_else(|| values.secret("webhook"))
}

fn color(tone: Tone) -> u32 {
    match tone {
        Tone::Neutral => 0x33_44_55,
        Tone::Good => 0x0d_53_2a,
        Tone::Warning => 0x70_38_00,
        Tone::Danger => 0x8d_13_00,
        Tone::Attention => 0xc9_58_23,
    }
}

fn validate(values: &Values) -> Vec<FieldError> {
    let addresses = SETTINGS.iter().filter(|setting| setting.secret);
    let wrong =
        addresses.filter(|setting| !leads_to_discord(values.secret(setting.name).expose().trim()));
    wrong
        .map(|setting| FieldError::new(setting.name, "URL must point to discord.com"))
        .collect()
}

/// Whether it is empty or a Discord webhook URL.
fn leads_to_discord(url: &str) -> bool {
    let rest = url.strip_prefix("https://discord.com");
    url.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::fixtures;
    use std::collections::BTreeMap;

    #[test]
    fn an_embed_has_the_sentence_and_the_text_and_calls_nobody() {
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({}));
        assert_eq!(sent.url, fixtures::WEBHOOK);
        assert_eq!(
            sent.body,
            json!({
                "content": "", "allowed_mentions": {"parse": []},
                "embeds": [{
                    "color": 3_359_829, "timestamp": "1970-01-01T00:00:00Z",
                    "description": "Ada \\(ada\\) [commented on issue \\#3](https://git.test/n/1) in [Group / Project](https://git.test/group/project): **A & \\<B\\>**\nLooks **good** \\@all \\<!channel\\>",
                }],
            })
        );
    }

    #[test]
    fn a_kind_of_event_may_have_a_webhook_of_its_own() {
        let secret = |name: &str, url: &str| (name.to_owned(), Secret::new(url));
        let secrets = BTreeMap::from([
            secret("webhook", "https://discord.com/all"),
            secret("issue_channel", "https://discord.com/issues"),
        ]);
        let values = Values::new(
            SETTINGS,
            serde_json::Map::new(),
            secrets,
            serde_json::Map::new(),
        );
        let chosen = |body: &Value| {
            let event = model::Event::parse(&body.to_string()).unwrap();
            let message = &message::Message::default();
            let event = Some(&event);
            webhook(&Notification { message, event }, &values)
                .expose()
                .to_owned()
        };
        assert_eq!(chosen(&fixtures::issue()), "https://discord.com/issues");
        assert_eq!(chosen(&fixtures::comment()), "https://discord.com/all");
    }

    #[test]
    fn only_discords_own_addresses_are_taken() {
        for (url, expected) in [
            ("", true),
            ("https://discord.com/api/webhooks/1/x", true),
            ("https://discord.com", true),
            ("http://discord.com/api/webhooks/1/x", false),
            ("https://discord.com.evil.test/", false),
            ("https://discord.com@evil.test/", false),
        ] {
            assert_eq!(leads_to_discord(url), expected, "{url}");
        }
    }
}
