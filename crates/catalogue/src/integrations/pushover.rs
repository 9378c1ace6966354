//! # Pushover
//!
//! ## What it does
//!
//! Notifies a Pushover user or group of every push to a branch of a project, with a link to the
//! project.
//!
//! ## Set-up
//!
//! 1. In Pushover, register an *application* and copy its API token; copy your user key, or that of a
//!    delivery group, from the start page.
//! 2. Enter them as `api_key` and `user_key`, choose a priority, and save.
//! 3. Run the test: a notice appears on the devices.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "api_key=secret&user_key=secret&priority=0" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/pushover"
//! ```
//!
//! ## Events
//!
//! **Push**: who pushed to which branch, and how many commits.
//!
//! ## Limits
//!
//! Pushover accepts 10,000 messages a month from an application. Pushes to all branches are sent, those
//! of tags are not.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Failure, Integration, Plan, Setting, Skip, Step, Values, answers,
};
use model::event::{Body, Push};
use model::{Event, Kind, Trigger};
use outbound::{Answer, Request};

settings! {
    /// API token of the application at Pushover.
    api_key: Setting::secret("API key").required(),
    /// Key of the user or group that is notified.
    user_key: Setting::secret("User key").required(),
    /// Names of the user's devices, separated by commas; all when empty.
    device: Setting::text("Device"),
    /// How much the notice disturbs.
    priority: Setting::one_of("Priority", &["-2", "-1", "0", "1"], &["lowest", "low", "normal", "high"]).required(),
    /// Sound that the notice makes.
    sound: Setting::one_of("Sound", SOUNDS, SOUND_NAMES),
}

/// Pushover's sounds; the first is the choice of none.
const SOUNDS: &[&str] = &[
    "",
    "pushover",
    "bike",
    "bugle",
    "cashregister",
    "classical",
    "cosmic",
    "falling",
    "gamelan",
    "incoming",
    "intermission",
    "magic",
    "mechanical",
    "pianobar",
    "siren",
    "spacealarm",
    "tugboat",
    "alien",
    "climb",
    "persistent",
    "echo",
    "updown",
    "none",
];

const SOUND_NAMES: &[&str] = &[
    "the device's own",
    "Pushover",
    "Bike",
    "Bugle",
    "Cash register",
    "Classical",
    "Cosmic",
    "Falling",
    "Gamelan",
    "Incoming",
    "Intermission",
    "Magic",
    "Mechanical",
    "Piano bar",
    "Siren",
    "Space alarm",
    "Tug boat",
    "Alien alarm, long",
    "Climb, long",
    "Persistent, long",
    "Echo, long",
    "Up and down, long",
    "none",
];

// Both lists are of the same sounds.
const _: () = assert!(SOUNDS.len() == SOUND_NAMES.len());

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pushover",
    title: "Pushover",
    summary: "Notifies a Pushover user about pushes to a project.",
    category: Category::Notification,
    source: include_str!("pushover.rs"),
    docs_url: "https://pushover.net/api",
    setup_url: "https://pushover.net/apps/build",
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    address: |_| MESSAGES.to_owned(),
    deliver: Some(Deliver::Plan(&Pushover)),
    good_answer: (200, r#"{"status":1}"#),
    ..Integration::DEFAULT
};

/// Where notices go.
const MESSAGES: &str = "https://api.pushover.net/1/messages.json";

struct Pushover;

impl Plan for Pushover {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        match &event.body {
            Body::Push(push) => Ok(vec![step(&message(push), values, context)]),
            _ => Err("only push events are sent".into()),
        }
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        vec![step("This is a test from Crosstie.", values, context)]
    }

    /// Pushover answers `status` 1 when it accepted a message.
    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        answers::success(answer, context.now)?;
        if answer.json().is_some_and(|body| body["status"] == 1) {
            return Ok(None);
        }
        Err(Failure::give_up(format!(
            "Pushover did not take the notice: {}",
            answers::excerpt(answer)
        )))
    }
}

/// The message of a push.
fn message(push: &Push) -> String {
    let did = if push.is_creation() {
        "pushed new branch"
    } else if push.is_deletion() {
        "deleted branch"
    } else {
        "pushed to branch"
    };
    let mut text = format!("{} {did} \"{}\".", push.user_name.trim(), push.ref_name());
    if push.total_commits_count > 0 {
        text.push_str("\nTotal commits count: ");
        text.push_str(&push.total_commits_count.to_string());
    }
    text
}

/// Sends a message, each field cut to its maximum.
fn step(message: &str, values: &Values, context: &Context) -> Step {
    let name = &context.project.name_with_namespace;
    let see = format!("See project {name}");
    let (token, user) = (values.secret("api_key"), values.secret("user_key"));
    let (device, priority, sound) = (
        values.text("device"),
        values.text("priority"),
        values.text("sound"),
    );
    let fields = [
        ("token", token.expose(), 100),
        ("user", user.expose(), 2_048),
        ("device", &device, 2_048),
        ("priority", &priority, 2),
        ("sound", &sound, 20),
        ("title", name, 250),
        ("message", message, 1_024),
        ("url", context.project.links.project(), 512),
        ("url_title", &see, 100),
    ];
    let fields = fields.map(|(key, text, most)| (key, cut(text, most)));
    let fields: Vec<_> = fields
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    Step::new("", Request::post(MESSAGES).form(&fields))
}

/// The beginning of a text, so many characters long.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices()
        .nth(most)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Then;
    use model::Secret;
    use outbound::Outgoing;
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn sounds_have_pushovers_names() {
        let pairs = SOUNDS.iter().zip(SOUND_NAMES).skip(1);
        for (sound, name) in pairs.filter(|(_, name)| !name.contains(", long")) {
            assert_eq!(name.to_lowercase().replace(' ', ""), *sound);
        }
    }

    fn fields(before: &str, after: &str, count: u64) -> Vec<(String, String)> {
        let body = json!({
            "object_kind": "push", "ref": "refs/heads/main", "before": before, "after": after,
            "user_name": "Ada", "total_commits_count": count, "commits": [],
        });
        let plain = Map::from_iter([("priority".to_owned(), json!("-1"))]);
        let secret = |name: &str| (name.to_owned(), Secret::new(format!("the {name}")));
        let secrets = BTreeMap::from([secret("api_key"), secret("user_key")]);
        let values = Values::new(SETTINGS, plain, secrets, Map::new());
        let event = Event::parse(&body.to_string()).unwrap();
        let steps = Pushover.steps(&event, &values, &Context::sample()).unwrap();
        let Outgoing::Http(request) = &steps[0].outgoing else {
            panic!("HTTP")
        };
        assert_eq!(request.url, MESSAGES);
        let form = &request.body.as_ref().unwrap().1;
        url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn a_push_is_a_notice() {
        let expected = [
            ("token", "the api_key"),
            ("user", "the user_key"),
            ("priority", "-1"),
            ("title", "Group / Project"),
            (
                "message",
                "Ada pushed to branch \"main\".\nTotal commits count: 3",
            ),
            ("url", "https://git.test/group/project"),
            ("url_title", "See project Group / Project"),
        ];
        let expected = expected.map(|(key, text)| (key.to_owned(), text.to_owned()));
        assert_eq!(fields("1", "2", 3), expected);
    }

    #[test]
    fn a_branch_may_come_and_go() {
        for (before, after, expected) in [
            (NONE, "2", "Ada pushed new branch \"main\"."),
            ("1", NONE, "Ada deleted branch \"main\"."),
        ] {
            assert_eq!(fields(before, after, 0)[4].1, expected);
        }
        assert_eq!(cut("aüb", 2), "aü");
    }

    #[test]
    fn only_status_1_is_good_news() {
        let judge = |status, body: Value| {
            Pushover.judge(&Answer::sample(status, &body), &Context::sample())
        };
        assert_eq!(judge(200, json!({"status": 1})), Ok(None));
        assert!(matches!(
            judge(200, json!({"status": 0})),
            Err(Failure {
                then: Then::GiveUp,
                ..
            })
        ));
        assert!(matches!(
            judge(400, json!({"status": 0})),
            Err(Failure {
                then: Then::GiveUp,
                ..
            })
        ));
        assert!(matches!(
            judge(500, json!({})),
            Err(Failure {
                then: Then::Retry { .. },
                ..
            })
        ));
    }
}
