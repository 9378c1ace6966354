//! # Telegram
//!
//! ## What it does
//!
//! Notifies a Telegram chat about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines, wiki pages and more, each in one sentence with a link to where it happened.
//!
//! ## Set-up
//!
//! 1. Have `@BotFather` make a bot and copy its token. Add the bot to the chat, or to the channel as
//!    one of its administrators.
//! 2. Enter the token as `token` and the number of the chat, or the channel's name with its `@`, as
//!    `room`. Choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "token=123456:secret&room=@example" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/telegram"
//! ```
//!
//! ## Events
//!
//! - **Push, tag push**: who pushed what.
//! - **Issue, work item, incident**: when it is opened, closed or reopened.
//! - **Merge request**: when it is opened, closed, reopened, merged, or its approval changes.
//! - **Comment**: when it is written.
//! - **Pipeline**: when it has passed or failed.
//! - **Wiki page**, **vulnerability**.
//!
//! Edits are not sent. Pushes and pipelines pass the branch filter; tags always do.
//!
//! ## Limits
//!
//! One sentence is sent, without descriptions, comments and lists of commits.

use crate::chat::events;
use crate::chat::html::Html;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES};
use crate::chat::single::{MAX_SENTENCE, Notification, Single};
use crate::setting::settings;
use crate::{Category, Context, Deliver, Failure, Integration, Setting, Values, answers};
use outbound::{Answer, Request};
use serde_json::json;
use std::time::Duration;

settings! {
    /// Address of the Telegram API, where it is not Telegram's own.
    hostname: Setting::url("Hostname").or("https://api.telegram.org").binds_secrets(),
    /// Token of the bot that sends the messages, as Telegram's `@BotFather` gives it out.
    token: Setting::secret("Token").required(),
    /// Number of the chat, or the name of a public channel with its `@`.
    room: Setting::text("Channel identifier").required(),
    /// Number of the topic in a group that has topics.
    thread: Setting::number("Message thread ID").range(1, i64::MAX),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "telegram",
    title: "Telegram",
    summary: "Notifies a Telegram chat about what happens in a project.",
    category: Category::Chat,
    source: include_str!("telegram.rs"),
    docs_url: "https://core.telegram.org/bots/api#sendmessage",
    setup_url: "https://core.telegram.org/bots/tutorial",
    settings: SETTINGS,
    triggers: events::WITH_INCIDENTS.triggers,
    kinds: events::WITH_INCIDENTS.kinds,
    address: |values| values.text("hostname"),
    deliver: Some(Deliver::Plan(&Telegram)),
    good_answer: (200, r#"{"ok":true}"#),
    ..Integration::DEFAULT
};

struct Telegram;

impl Single for Telegram {
    /// Messages are HTML, whose few special characters can all be escaped.
    fn request(&self, notification: &Notification<'_>, values: &Values, _: &Context) -> Request {
        let text = notification
            .message
            .summary
            .write_within(&Html, MAX_SENTENCE);
        let mut body = json!({"text": text, "chat_id": values.text("room"), "parse_mode": "HTML"});
        if values.is_set("thread") {
            body["message_thread_id"] = values.integer("thread").into();
        }
        let (host, token) = (values.text("hostname"), values.secret("token"));
        let address = format!(
            "{}/bot{}/sendMessage",
            host.trim_end_matches('/'),
            token.expose()
        );
        Request::post(address).json(&body)
    }

    /// Telegram answers `ok` in JSON, and the wait in seconds.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let body = answer.json().unwrap_or_default();
        let wait = body["parameters"]["retry_after"]
            .as_u64()
            .map(Duration::from_secs);
        answers::success_or_wait(answer, context.now, wait)?;
        if body["ok"] == true {
            return Ok(None);
        }
        Err(Failure::give_up(format!(
            "Telegram did not take the message: {}",
            answers::excerpt(answer)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Then;
    use crate::chat::fixtures;

    #[test]
    fn a_sentence_is_sent_by_the_bot() {
        let settings = json!({"room": "@example", "thread": 7});
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &settings);
        assert_eq!(
            sent.url,
            "https://api.telegram.org/botsecret-token/sendMessage"
        );
        assert_eq!(
            sent.body,
            json!({
                "chat_id": "@example", "message_thread_id": 7, "parse_mode": "HTML",
                "text": "Ada (ada) <a href=\"https://git.test/n/1\">commented on issue #3</a> in <a href=\"https://git.test/group/project\">Group / Project</a>: <strong>A &amp; &lt;B&gt;</strong>",
            })
        );
        let elsewhere = json!({"room": "1", "hostname": "https://bots.test/"});
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &elsewhere);
        assert_eq!(sent.url, "https://bots.test/botsecret-token/sendMessage");
        assert_eq!(sent.body.get("message_thread_id"), None);
    }

    #[test]
    fn the_answer_says_how_it_went() {
        let judge = |status, body| {
            Single::judge(
                &Telegram,
                &Answer::sample(status, &body),
                &Context::sample(),
            )
        };
        assert_eq!(judge(200, json!({"ok": true})), Ok(None));
        assert!(matches!(
            judge(200, json!({"ok": false})),
            Err(Failure {
                then: Then::GiveUp,
                ..
            })
        ));
        assert!(matches!(
            judge(401, json!({"ok": false})),
            Err(Failure {
                then: Then::CredentialsRefused,
                ..
            })
        ));
        let busy = judge(429, json!({"ok": false, "parameters": {"retry_after": 9}}));
        let Err(Failure {
            then: Then::Retry { after, .. },
            ..
        }) = busy
        else {
            panic!("{busy:?}")
        };
        assert_eq!(after, Some(Duration::from_secs(9)));
    }
}
