//! # Discord Notifications
//!
//! ## What it does
//!
//! Keeps where messages of a Discord server are to go and which events they are to tell of. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Discord, add a *webhook* to a channel and copy its address.
//! 2. Enter it as `webhook`. Webhooks of other channels may be entered for single kinds of events.
//! 3. Choose the events, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "webhook=https://discord.com/api/webhooks/1/secret" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/discord"
//! ```
//!
//! ## Events
//!
//! The switches are kept. Crosstie does not act on events for this integration yet.
//!
//! ## Limits
//!
//! Nothing is sent, so there is nothing that could be tried.

use crate::chat::{self, events};
use crate::{Category, FieldError, Form, Integration, Setting, Values};

chat::settings::without_channels! { [changed_pipelines]
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
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "discord",
    title: "Discord Notifications",
    summary: "Tells channels of a Discord server what happens in a project.",
    category: Category::Chat,
    source: include_str!("discord.rs"),
    settings: SETTINGS,
    triggers: events::WITH_MENTIONS.triggers,
    kinds: events::WITH_MENTIONS.kinds,
    validate,
    form: Form::Passive(None),
    ..Integration::BLANK
};

fn validate(values: &Values) -> Vec<FieldError> {
    let addresses = SETTINGS.iter().filter(|setting| setting.secret);
    let wrong = addresses.filter(|setting| !leads_to_discord(values.secret(setting.name).expose().trim()));
    wrong.map(|setting| FieldError::new(setting.name, "URL must point to discord.com")).collect()
}

/// Whether it is empty or an address there: chat facts, section 3.3.
fn leads_to_discord(url: &str) -> bool {
    let rest = url.strip_prefix("https://discord.com");
    url.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::leads_to_discord;

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
