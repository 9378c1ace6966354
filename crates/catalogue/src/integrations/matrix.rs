//! # Matrix notifications
//!
//! ## What it does
//!
//! Notifies a Matrix room about what happens in a project: pushes, merge requests, issues,
//! comments, pipelines, wiki pages and more, each as a notice of one sentence with a link to where
//! it happened.
//!
//! ## Set-up
//!
//! 1. Make an account for Crosstie on your Matrix server, let it join the room, and copy its access
//!    token.
//! 2. Enter the server's address as `hostname`, the token as `token`, and the *internal room id* from
//!    the room's settings as `room`. Choose the events, and save.
//! 3. Run the test: a message appears there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data 'hostname=https://matrix.example.com&token=secret&room=!abc:example.com' \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/matrix"
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
//! A room that is encrypted gets its notices unencrypted.

use crate::chat::events;
use crate::chat::html::Html;
use crate::chat::rich::Plain;
use crate::chat::settings::{BRANCHES, BROKEN_PIPELINES, CHANGED_PIPELINES};
use crate::chat::single::{MAX_SENTENCE, Notification, Single};
use crate::setting::settings;
use crate::{Category, Context, Deliver, Failure, Integration, Setting, Values, answers};
use outbound::{Answer, Auth, Request};
use serde_json::json;
use std::time::Duration;
use url::Url;

settings! {
    /// Address of the Matrix server.
    hostname: Setting::url("Hostname").or("https://matrix.org").binds_secrets(),
    /// Access token of the account that sends the messages.
    token: Setting::secret("Token").required(),
    /// Internal id of the room, for example `!abc:matrix.org`.
    room: Setting::text("Room identifier").required(),
    ..&[BROKEN_PIPELINES, CHANGED_PIPELINES, BRANCHES],
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "matrix",
    title: "Matrix notifications",
    summary: "Notifies a Matrix room about what happens in a project.",
    category: Category::Chat,
    source: include_str!("matrix.rs"),
    docs_url: "https://spec.matrix.org/latest/client-server-api/",
    settings: SETTINGS,
    triggers: events::WITH_INCIDENTS.triggers,
    kinds: events::WITH_INCIDENTS.kinds,
    address: |values| values.text("hostname"),
    deliver: Some(Deliver::Plan(&Matrix)),
    good_answer: (200, r#"{"event_id":"$1"}"#),
    ..Integration::DEFAULT
};

struct Matrix;

impl Single for Matrix {
    /// `PUT` with a transaction id, so that a repeated message is not posted twice:
    /// <https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid>.
    fn request(
        &self,
        notification: &Notification<'_>,
        values: &Values,
        context: &Context,
    ) -> Request {
        let summary = &notification.message.summary;
        let body = json!({
            "msgtype": "m.notice",
            "body": summary.write_within(&Plain, MAX_SENTENCE),
            "format": "org.matrix.custom.html",
            "formatted_body": summary.write_within(&Html, MAX_SENTENCE),
        });
        // The server takes a transaction once, so that an attempt after a lost answer repeats nothing.
        let transaction = match notification.event {
            Some(_) => context.delivery_key.clone(),
            None => format!("test-{}", context.now.as_millisecond()),
        };
        let address = address(&values.text("hostname"), &values.text("room"), &transaction);
        Request::put(address)
            .auth(Auth::Bearer(values.secret("token")))
            .json(&body)
    }

    /// The server may state the wait in milliseconds.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        let body = answer.json().unwrap_or_default();
        let wait = body["retry_after_ms"].as_u64().map(Duration::from_millis);
        answers::success_or_wait(answer, context.now, wait)
    }
}

/// Where a message goes; the room's id is escaped, whatever is in it.
fn address(host: &str, room: &str, transaction: &str) -> String {
    let Ok(mut url) = Url::parse(host) else {
        return String::new();
    };
    if let Ok(mut path) = url.path_segments_mut() {
        let rooms = ["_matrix", "client", "v3", "rooms"];
        path.pop_if_empty().extend(rooms).push(room);
        path.extend(["send", "m.room.message", transaction]);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Then;
    use crate::chat::fixtures;
    use outbound::Method;

    #[test]
    fn a_notice_is_sent_once_for_each_delivery() {
        let settings = json!({"room": "!a/b:x.test", "hostname": "https://matrix.test/"});
        let sent = fixtures::sent(&INTEGRATION, &fixtures::comment(), &settings);
        assert_eq!(sent.method, Method::Put);
        assert_eq!(
            sent.url,
            "https://matrix.test/_matrix/client/v3/rooms/!a%2Fb:x.test/send/m.room.message/00000000-0000-8000-8000-000000000000"
        );
        assert_eq!(sent.token.as_deref(), Some("secret-token"));
        assert_eq!(
            sent.body,
            json!({
                "msgtype": "m.notice", "format": "org.matrix.custom.html",
                "body": "Ada (ada) commented on issue #3 in Group / Project: A & <B>",
                "formatted_body": "Ada (ada) <a href=\"https://git.test/n/1\">commented on issue #3</a> in <a href=\"https://git.test/group/project\">Group / Project</a>: <strong>A &amp; &lt;B&gt;</strong>",
            })
        );
        let own = fixtures::sent(&INTEGRATION, &fixtures::comment(), &json!({"room": "!a"}));
        assert!(
            own.url.starts_with("https://matrix.org/_matrix/"),
            "{}",
            own.url
        );
    }

    #[test]
    fn the_server_says_how_long_to_wait() {
        let busy = Answer::sample(
            429,
            &json!({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}),
        );
        let judged = Single::judge(&Matrix, &busy, &Context::sample());
        let Err(Failure {
            then: Then::Retry { after, .. },
            ..
        }) = judged
        else {
            panic!("{judged:?}")
        };
        assert_eq!(after, Some(Duration::from_millis(1500)));
    }
}
