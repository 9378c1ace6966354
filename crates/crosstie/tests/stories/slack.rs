//! Events reach a chat through Slack's kind of webhook: who hears what, and what is said when it fails.

use crate::harness::{Server, push, sha};
use jiff::Timestamp;
use outbound::Method;
use sandbox::chat::{self, Chat, Fault, TOKEN};
use serde_json::{Value, json};

struct Setup {
    server: Server,
    chat: Chat,
    url: String,
    project: i64,
}

impl Setup {
    /// A project whose messages go to a chat with the channels `#dev` and `#talk`.
    async fn start(schedule: &str, settings: Value) -> Self {
        let server = Server::start_with(&[("CROSSTIE_RETRY_SCHEDULE", schedule)]);
        let chat = Chat::new(&["#dev", "#talk"], || Timestamp::UNIX_EPOCH);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://{}{}",
            listener.local_addr().unwrap(),
            Chat::webhook_path()
        );
        let heard = chat.clone();
        tokio::spawn(async move { chat::serve(&heard, listener).await });
        let project = server.project("p", "gitlab").await;
        let setup = Self {
            server,
            chat,
            url,
            project,
        };
        setup.set(settings).await;
        setup
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v4/projects/{}/integrations/slack{rest}", self.project)
    }

    async fn set(&self, mut settings: Value) {
        settings["webhook"] = self.url.as_str().into();
        self.server.put(&self.path(""), settings).await;
    }

    /// Hands an event over and answers its delivery once it has ended.
    async fn deliver(&self, body: &Value, count: usize) -> Value {
        self.server
            .hook("group/p", body, &format!("key {count}"))
            .await;
        let newest = self.server.settled(self.project, count).await.remove(0);
        self.server.delivery(&newest["id"]).await
    }

    /// Channel and text of each message.
    fn messages(&self) -> Vec<(String, String)> {
        let messages = self.chat.messages().into_iter();
        messages
            .map(|message| {
                (
                    message.channel,
                    message.payload["text"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                )
            })
            .collect()
    }

    async fn refused(&self, settings: Value) -> String {
        let answer = self
            .server
            .call(Method::Put, &self.path(""), Some(settings))
            .await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        answer.body
    }
}

fn comment() -> Value {
    json!({
        "object_kind": "note", "event_type": "note", "user": {"name": "Ada", "username": "ada"},
        "project": {"name": "P", "path_with_namespace": "group/p", "web_url": "https://git.test/group/p", "default_branch": "main"},
        "object_attributes": {"note": "Call <!channel>", "url": "https://git.test/group/p/-/issues/3#note_1"},
        "issue": {"iid": 3, "title": "A title"},
    })
}

#[tokio::test]
async fn each_event_is_told_in_its_channels_and_once() {
    let setup = Setup::start(
        "0s",
        json!({"username": "git", "push_channel": "#dev, #talk", "channel": "talk"}),
    )
    .await;
    let delivery = setup.deliver(&push("main", &sha(1), "One"), 1).await;
    assert_eq!(delivery["status"], "delivered", "{delivery:#}");
    setup.deliver(&comment(), 2).await;
    let heard = setup.messages();
    let pushed = "Ada pushed to branch <https://git.test/group/p/-/commits/main|main> of <https://git.test/group/p|Group / p>";
    assert!(heard[0].1.starts_with(pushed), "{heard:?}");
    assert_eq!(
        (
            heard[0].0.as_str(),
            heard[1].0.as_str(),
            heard[2].0.as_str()
        ),
        ("#dev", "#talk", "#talk")
    );
    assert_eq!(heard.len(), 3);
    let below = &setup.chat.messages()[2].payload["attachments"][0]["text"];
    assert_eq!(
        below, "Call &lt;!channel&gt;",
        "nobody is called by somebody else's words"
    );

    let repeat = setup.server.hook("group/p", &comment(), "key 2").await;
    assert_eq!(repeat.status, 200);
    let wip = setup.deliver(&push("wip", &sha(2), "Two"), 3).await;
    assert_eq!(
        (wip["status"].as_str(), wip["reason"].as_str()),
        (
            Some("skipped"),
            Some("branch `wip` is not the default branch")
        )
    );
    setup.set(json!({"note_events": false})).await;
    let muted = setup.deliver(&comment(), 4).await;
    assert_eq!(muted["reason"], "`note_events` is disabled");
    assert_eq!(setup.messages().len(), 3);
}

/// An event of `group/p` of this kind.
fn event(kind: &str, attributes: &Value, labels: &[&str]) -> Value {
    let labels: Vec<_> = labels.iter().map(|title| json!({"title": title})).collect();
    json!({
        "object_kind": kind, "user": {"name": "Ada", "username": "ada"}, "labels": labels,
        "project": {"name": "P", "path_with_namespace": "group/p", "web_url": "https://git.test/group/p", "default_branch": "main"},
        "object_attributes": attributes,
    })
}

#[tokio::test]
async fn each_filter_lets_through_what_it_says() {
    let setup = Setup::start("0s", json!({"channel": "#dev"})).await;
    let path = format!("/api/v4/projects/{}/protected_branches", setup.project);
    let guarded = setup.server.post(&path, json!({"name": "stable"})).await;
    assert_eq!(guarded["name"], "stable");
    let pushed = |branch: &str| push(branch, &sha(1), "One");
    let issue = |labels: &[&str]| {
        let attributes = json!({"iid": 1, "title": "Slow", "action": "open", "state": "opened",
            "url": "https://git.test/group/p/-/issues/1"});
        event("issue", &attributes, labels)
    };
    let pipeline = |status: &str| {
        let attributes = json!({"id": 1, "ref": "main", "status": status, "duration": 3});
        event("pipeline", &attributes, &[])
    };
    let branches = |which: &str| json!({"branches_to_be_notified": which});
    let labels = |how: &str| json!({"labels_to_be_notified": "bug, urgent", "labels_to_be_notified_behavior": how});
    let broken = |only: bool| json!({"notify_only_broken_pipelines": only});
    let rows = [
        (branches("default"), pushed("main"), None),
        (branches("default"), pushed("stable"), Some("`stable`")),
        (branches("protected"), pushed("stable"), None),
        (branches("protected"), pushed("main"), Some("`main`")),
        (branches("default_and_protected"), pushed("main"), None),
        (
            branches("default_and_protected"),
            pushed("wip"),
            Some("`wip`"),
        ),
        (branches("all"), pushed("wip"), None),
        (labels("match_any"), issue(&["bug"]), None),
        (
            labels("match_any"),
            issue(&["idea"]),
            Some("none of the labels"),
        ),
        (labels("match_all"), issue(&["urgent", "bug"]), None),
        (
            labels("match_all"),
            issue(&["bug"]),
            Some("all of the labels"),
        ),
        (broken(true), pipeline("failed"), None),
        (
            broken(true),
            pipeline("success"),
            Some("only broken pipelines"),
        ),
        (broken(false), pipeline("success"), None),
        (
            broken(false),
            pipeline("running"),
            Some("only finished pipelines"),
        ),
    ];
    for (number, (settings, event, skipped)) in rows.iter().enumerate() {
        setup.set(settings.clone()).await;
        let before = setup.messages().len();
        let delivery = setup.deliver(event, number + 1).await;
        let heard = setup.messages().len() - before;
        match skipped {
            None => assert_eq!((delivery["status"].as_str(), heard), (Some("delivered"), 1)),
            Some(part) => {
                assert_eq!((delivery["status"].as_str(), heard), (Some("skipped"), 0));
                let reason = delivery["reason"].as_str().unwrap();
                assert!(reason.contains(part), "{settings}: {reason}");
            }
        }
    }
}

#[tokio::test]
async fn one_wrong_channel_is_named_and_a_retry_does_not_repeat_the_others() {
    let setup = Setup::start("0s", json!({"push_channel": "#dev,#none,#talk"})).await;
    let delivery = setup.deliver(&push("main", &sha(1), "One"), 1).await;
    assert_eq!(delivery["status"], "failed");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("2 of 3 were sent; #none: ") && reason.ends_with("channel_not_found"),
        "{reason}"
    );
    setup.set(json!({"push_channel": "#dev,#talk"})).await;
    setup
        .server
        .post(
            &format!("/api/crosstie/v1/deliveries/{}/retry", delivery["id"]),
            json!({}),
        )
        .await;
    let again = setup.server.settled(setup.project, 1).await.remove(0);
    assert_eq!(again["status"], "delivered", "{again:#}");
    assert_eq!(setup.messages().len(), 2);
}

#[tokio::test]
async fn a_yes_that_is_none_is_a_failure_and_a_pause_is_kept() {
    let setup = Setup::start("0s,1ms", json!({})).await;
    let trouble = |status, body: &str| Fault {
        status,
        body: body.into(),
        retry_after: (status == 429).then_some(0),
    };
    setup.chat.set_fault(Some(trouble(200, "invalid_payload")));
    let delivery = setup.deliver(&push("main", &sha(1), "One"), 1).await;
    assert_eq!(delivery["status"], "failed");
    assert!(
        delivery["reason"]
            .as_str()
            .unwrap()
            .ends_with("did not take the message: invalid_payload"),
        "{delivery:#}"
    );
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1);

    setup.chat.set_fault(Some(trouble(429, "rate_limited")));
    let busy = setup.deliver(&push("main", &sha(2), "Two"), 2).await;
    let outcomes: Vec<_> = busy["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["retry", "failed"], "{busy:#}");
    assert!(
        busy["reason"].as_str().unwrap().contains("rate limited"),
        "{busy:#}"
    );
}

#[tokio::test]
async fn settings_are_tried_and_previewed_without_showing_the_webhook() {
    let setup = Setup::start("0s", json!({"push_channel": "#dev"})).await;
    let own = format!(
        "/api/crosstie/v1/projects/{}/integrations/slack",
        setup.project
    );
    let test = setup.server.post(&format!("{own}/test"), json!({})).await;
    assert_eq!(test["success"], true, "{test:#}");
    assert!(
        setup.messages()[0]
            .1
            .starts_with("This is a test from Crosstie"),
        "{:?}",
        setup.messages()
    );

    setup.deliver(&push("main", &sha(1), "One"), 1).await;
    let preview = setup
        .server
        .post(&format!("{own}/preview"), json!({}))
        .await;
    let request = &preview["requests"][0];
    assert!(
        request["request_body"]
            .as_str()
            .unwrap()
            .starts_with("payload="),
        "{preview:#}"
    );
    assert_eq!(request["status"], Value::Null, "nothing was sent");
    assert_eq!(setup.messages().len(), 2);

    let shown = setup.server.get(&setup.path("")).await;
    assert_eq!(shown["properties"].get("webhook"), None);
    let list = setup.server.deliveries(setup.project).await;
    let log = setup.server.delivery(&list[0]["id"]).await;
    for text in [
        shown.to_string(),
        test.to_string(),
        preview.to_string(),
        log.to_string(),
    ] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    assert!(
        log["attempts"][0]["requests"][0]["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1")
    );

    setup.chat.set_fault(Some(Fault {
        status: 404,
        body: "no_service".into(),
        retry_after: None,
    }));
    let failed = setup.server.post(&format!("{own}/test"), json!({})).await;
    assert_eq!(failed["success"], false);
    assert!(
        failed["result"].as_str().unwrap().contains("no_service"),
        "{failed:#}"
    );
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_with_what_to_do() {
    let setup = Setup::start("0s", json!({})).await;
    let many = (0..11)
        .map(|number| format!("#c{number}"))
        .collect::<Vec<_>>()
        .join(",");
    for (settings, part) in [
        (
            json!({"webhook": setup.url, "push_channel": many}),
            "cannot have more than 10 channels",
        ),
        (
            json!({"webhook": "ftp://hooks.test/x"}),
            "Only allowed schemes are http, https",
        ),
        (
            json!({"webhook": "http://10.0.0.1/services/x"}),
            "--outbound-allow",
        ),
        (
            json!({"webhook": "http://[::ffff:10.0.0.1]/services/x"}),
            "--outbound-allow",
        ),
        (json!({"webhook": ""}), "can't be blank"),
        (
            json!({"webhook": setup.url, "branches_to_be_notified": "some"}),
            "does not have a valid value",
        ),
    ] {
        let said = setup.refused(settings.clone()).await;
        assert!(said.contains(part), "{settings}: {said}");
    }
    let delivery = setup.deliver(&push("main", &sha(1), "One"), 1).await;
    assert_eq!(
        delivery["status"], "delivered",
        "the settings are as before"
    );
}
