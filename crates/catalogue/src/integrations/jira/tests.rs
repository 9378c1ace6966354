//! The conversation with a strict Jira: what is said, what is moved, and what a second try adds.

use super::{SETTINGS, conversation};
use crate::{Context, Conversation, End, Failure, Memo, Values};
use jiff::Timestamp;
use model::{Event, Secret};
use outbound::{AllowList, Limits, Outbound, Recorder, Redactor};
use sandbox::jira::{Account, Fault, Flavour, Jira};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

struct Stand {
    jira: Jira,
    url: String,
    outbound: Outbound,
}

impl Stand {
    async fn start(flavour: Flavour) -> Self {
        let account = Account {
            username: "bot".into(),
            password: "pw".into(),
        };
        let jira = Jira::new(flavour, account, Arc::new(|| Timestamp::UNIX_EPOCH));
        for number in 1..=3 {
            jira.add_issue(&format!("AB-{number}"), "An issue");
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = jira.clone();
        tokio::spawn(async move { sandbox::jira::serve(&served, listener).await });
        let outbound = Outbound::new(AllowList::parse("127.0.0.1").unwrap(), Limits::default());
        Self {
            jira,
            url,
            outbound,
        }
    }

    /// Runs an event through the integration with these settings.
    async fn run(&self, event: &Value, settings: Value) -> Result<(End, Memo), Failure> {
        let Value::Object(mut plain) = settings else {
            panic!("an object")
        };
        plain.insert("url".into(), self.url.as_str().into());
        plain.insert("username".into(), "bot".into());
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new("pw"))]);
        let values = Values::new(SETTINGS, plain, secrets, Map::new());
        let context = Context::sample();
        let event = Event::parse(&event.to_string()).unwrap();
        let mut net = Recorder::new(&self.outbound, Redactor::default());
        let mut memo = Memo::default();
        let end = conversation::Jira
            .run(&event, &values, &context, &mut net, &mut memo)
            .await?;
        Ok((end, memo))
    }

    /// What is said on an issue, and its links with whether they are struck through.
    fn seen(&self, key: &str) -> (String, Vec<String>, Vec<(String, bool)>) {
        let issue = self.jira.issue(key).unwrap();
        let comments = issue
            .comments
            .into_iter()
            .map(|comment| comment.text)
            .collect();
        let links = issue
            .links
            .into_iter()
            .map(|link| (link.title, link.resolved))
            .collect();
        (issue.status, comments, links)
    }
}

fn push(branch: &str, message: &str) -> Value {
    json!({
        "object_kind": "push", "ref": format!("refs/heads/{branch}"), "before": "1", "after": SHA, "user_name": "Ada",
        "commits": [{"id": SHA, "message": message, "author": {"name": "Ada"}}],
    })
}

fn automatic() -> Value {
    json!({"jira_issue_transition_automatic": true})
}

const MENTION: &str = "Ada mentioned this issue in [a commit|https://git.test/group/project/-/commit/0123456789abcdef0123456789abcdef01234567] of [Group / Project|https://git.test/group/project] on branch [work|https://git.test/group/project/-/tree/work]:{quote}AB-1 start{quote}";

#[tokio::test]
async fn a_mention_is_made_once() {
    let stand = Stand::start(Flavour::Server).await;
    for _ in 0..3 {
        let done = stand
            .run(&push("work", "AB-1 start"), json!({}))
            .await
            .unwrap();
        assert_eq!(done.0, End::Delivered(None));
        assert_eq!(done.1.tool_state.unwrap()["deployment_type"], "server");
    }
    let (status, comments, links) = stand.seen("AB-1");
    assert_eq!(
        (status.as_str(), comments, links),
        (
            "To Do",
            vec![MENTION.to_owned()],
            vec![("Commit - AB-1 start".into(), false)]
        )
    );
    let posts = stand
        .jira
        .requests()
        .iter()
        .filter(|request| request.method != "GET")
        .count();
    assert_eq!(posts, 2, "one comment and one link, no change after");
}

#[tokio::test]
async fn without_comments_there_is_the_link_alone() {
    let stand = Stand::start(Flavour::Server).await;
    let settings =
        json!({"comment_on_event_enabled": false, "jira_issue_transition_automatic": true});
    stand
        .run(&push("main", "AB-1 and closes AB-2"), settings)
        .await
        .unwrap();
    assert_eq!(stand.seen("AB-1").1, Vec::<String>::new());
    assert_eq!(stand.seen("AB-1").2.len(), 1);
    let (status, comments, links) = stand.seen("AB-2");
    assert_eq!(
        (status.as_str(), comments.len(), links.len()),
        ("Done", 0, 1)
    );
}

#[tokio::test]
async fn a_closing_says_with_what_it_was_solved() {
    for flavour in [Flavour::Server, Flavour::Cloud] {
        let stand = Stand::start(flavour).await;
        for _ in 0..2 {
            stand
                .run(&push("main", "Closes AB-1"), automatic())
                .await
                .unwrap();
        }
        let (status, comments, links) = stand.seen("AB-1");
        assert_eq!((status.as_str(), comments.len()), ("Done", 1));
        assert!(
            comments[0].starts_with("Issue solved with ") && comments[0].contains(SHA),
            "{comments:?}"
        );
        assert_eq!(links, [(format!("Solved by commit {SHA}."), true)]);
    }
}

#[tokio::test]
async fn a_commit_that_was_mentioned_before_still_closes_and_says_so() {
    let stand = Stand::start(Flavour::Server).await;
    stand
        .run(&push("work", "Closes AB-1"), automatic())
        .await
        .unwrap();
    stand
        .run(&push("main", "Closes AB-1"), automatic())
        .await
        .unwrap();
    let (status, comments, links) = stand.seen("AB-1");
    assert_eq!(
        (status.as_str(), comments.len(), links.len()),
        ("Done", 2, 1),
        "{comments:?}"
    );
    assert!(comments[1].contains("Issue solved with"));
}

#[tokio::test]
async fn several_transitions_are_made_in_order_and_what_is_not_offered_is_told() {
    let stand = Stand::start(Flavour::Server).await;
    let done = stand
        .run(
            &push("main", "Closes AB-1"),
            json!({"jira_issue_transition_id": "11; 21,31"}),
        )
        .await
        .unwrap();
    assert_eq!(
        (stand.seen("AB-1").0.as_str(), done.0),
        ("Done", End::Delivered(None))
    );
    let done = stand
        .run(
            &push("main", "Closes AB-2"),
            json!({"jira_issue_transition_id": "99"}),
        )
        .await
        .unwrap();
    let End::Delivered(Some(note)) = done.0 else {
        panic!("a note")
    };
    assert!(
        note.contains("AB-2: transition 99 is not offered"),
        "{note}"
    );
    let (status, comments, links) = stand.seen("AB-2");
    assert_eq!(
        (status.as_str(), comments.len()),
        ("To Do", 1),
        "it stays a mention"
    );
    assert_eq!(links, [("Commit - Closes AB-2".into(), false)]);
}

#[tokio::test]
async fn a_workflow_that_sets_no_resolution_counts_as_done_too() {
    let stand = Stand::start(Flavour::Server).await;
    stand.jira.set_workflow_without_resolution();
    for _ in 0..2 {
        stand
            .run(&push("main", "Closes AB-1"), automatic())
            .await
            .unwrap();
    }
    let (status, comments, _) = stand.seen("AB-1");
    assert_eq!((status.as_str(), comments.len()), ("Done", 1));
}

#[tokio::test]
async fn an_issue_that_somebody_else_closed_is_only_mentioned() {
    let stand = Stand::start(Flavour::Server).await;
    stand
        .run(&push("main", "Closes AB-1"), automatic())
        .await
        .unwrap();
    let mut later = push("main", "Closes AB-1 once more");
    later["commits"][0]["id"] = "f".repeat(40).into();
    stand.run(&later, automatic()).await.unwrap();
    let (_, comments, links) = stand.seen("AB-1");
    assert_eq!((comments.len(), links.len()), (2, 2));
    assert!(comments[1].contains("mentioned this issue"));
}

#[tokio::test]
async fn a_try_that_breaks_off_anywhere_is_finished_by_the_next_one() {
    for flavour in [Flavour::Server, Flavour::Cloud] {
        for nth in 2..=12 {
            let stand = Stand::start(flavour).await;
            stand.jira.set_fault(Fault::FailEvery(nth));
            let event = push("main", "AB-1 and AB-2. Closes AB-3");
            let mut tries = 0;
            while stand.run(&event, automatic()).await.is_err() {
                tries += 1;
                if tries == 3 {
                    stand.jira.set_fault(Fault::None);
                }
            }
            for (key, status) in [("AB-1", "To Do"), ("AB-2", "To Do"), ("AB-3", "Done")] {
                let (is, comments, links) = stand.seen(key);
                assert_eq!(
                    (is.as_str(), comments.len(), links.len()),
                    (status, 1, 1),
                    "{key}, failing every {nth}"
                );
            }
            assert!(stand.seen("AB-3").1[0].contains("Issue solved with"));
        }
    }
}

#[tokio::test]
async fn unknown_keys_are_noted_and_the_others_served() {
    let stand = Stand::start(Flavour::Server).await;
    let done = stand
        .run(&push("work", "ZZ-9 and AB-1"), json!({}))
        .await
        .unwrap();
    assert_eq!(
        done.0,
        End::Delivered(Some("ZZ-9 does not exist or may not be seen".into()))
    );
    assert_eq!(stand.seen("AB-1").1.len(), 1);
    let done = stand
        .run(&push("work", "ZZ-9 alone"), json!({}))
        .await
        .unwrap();
    assert_eq!(
        done.0,
        End::Skipped("ZZ-9 does not exist or may not be seen".into())
    );
}
