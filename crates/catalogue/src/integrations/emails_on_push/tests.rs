//! Recipients, subjects, senders, and what strangers write into a push.

use super::report::may_send_as;
use super::*;
use crate::Then;
use crate::testing::mail_input;
use model::event::Commit;
use model::{Change, ChangedFile, Comparison};
use outbound::Outgoing;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

fn values(plain: Value) -> Values {
    let Value::Object(plain) = plain else {
        panic!("an object")
    };
    Values::new(SETTINGS, plain, BTreeMap::new(), Map::new())
}

fn push(changes: &Value) -> Event {
    let mut body = json!({
        "object_kind": "push", "ref": "refs/heads/main",
        "before": "1".repeat(40), "after": "2".repeat(40),
        "user_name": "Ada", "user_username": "ada", "user_email": "ada@corp.test",
        "commits": [
            {"id": "a".repeat(40), "message": "First\n\nbody", "timestamp": "2026-01-02T03:04:05Z",
             "author": {"name": "Ada", "email": "ada@corp.test"}, "added": ["new"], "modified": ["old"]},
            {"id": "b".repeat(40), "message": "Second", "author": {"name": "Bob"}, "modified": ["new"]},
        ],
        "total_commits_count": 2,
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    Event::parse(&body.to_string()).unwrap()
}

fn sent(event: &Event, settings: &Value, input: &MailInput) -> Result<Vec<Mail>, String> {
    sent_from(event, settings, &Context::sample(), input)
}

fn sent_from(
    event: &Event,
    settings: &Value,
    context: &Context,
    input: &MailInput,
) -> Result<Vec<Mail>, String> {
    let mut plain = json!({"recipients": "team@x.test"});
    plain
        .as_object_mut()
        .unwrap()
        .extend(settings.as_object().unwrap().clone());
    let emails = Emails(input.clone());
    let steps = emails
        .steps(event, &values(plain), context)
        .map_err(|skip| skip.0)?;
    let mail = |step: Step| match step.outgoing {
        Outgoing::Mail(mail) => mail,
        _ => panic!("a mail"),
    };
    Ok(steps.into_iter().map(mail).collect())
}

fn message(event: &Event, input: &MailInput) -> Arc<MailMessage> {
    sent(event, &json!({}), input).unwrap().remove(0).message
}

fn commit(title: &str) -> Commit {
    Commit {
        id: "c".repeat(40),
        message: title.into(),
        ..Commit::default()
    }
}

#[test]
fn recipients_are_the_addresses_among_the_words_each_once() {
    let found = recipients(&values(
        json!({"recipients": " a@x.test\nB@x.test,\t A@X.test no @x <c@x.test> d@x.test "}),
    ));
    assert_eq!(
        found,
        ["a@x.test", "d@x.test"],
        "a comma belongs to the word"
    );
    let errors = |text: String| -> Vec<String> {
        let errors = validate(&values(json!({"recipients": text})));
        errors.into_iter().map(|error| error.message).collect()
    };
    let many = |count: usize| {
        (0..count)
            .map(|number| format!("u{number}@x.test"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(errors(many(750)), Vec::<String>::new());
    assert_eq!(errors(many(751)), ["can't exceed 750"]);
    assert_eq!(errors(many(20_000)), ["can't exceed 750"]);
    let none = errors("nobody at.home x@y@z".into()).remove(0);
    assert!(none.contains("`nobody`, `at.home`, `x@y@z`"), "{none}");
}

#[test]
fn subjects_are_gitlabs() {
    let zeros = "0".repeat(40);
    let comparison = |titles: &[&str], is_reverse| Comparison {
        is_reverse,
        commits: titles.iter().map(|title| commit(title)).collect(),
        commits_count: titles.len() as u64,
        ..Comparison::default()
    };
    let none = json!({"commits": [], "total_commits_count": 0});
    let tag = json!({"object_kind": "tag_push", "ref": "refs/tags/v1", "commits": [], "total_commits_count": 0});
    let with = |base: &Value, more: Value| {
        let mut all = base.clone();
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        all
    };
    let rows = [
        (json!({}), None, "[main] 2 commits: First"),
        (
            json!({"total_commits_count": 30}),
            None,
            "[main] 30 commits: First",
        ),
        (
            json!({"commits": [{"id": "a", "message": "Only"}], "total_commits_count": 1}),
            None,
            "[main] Only",
        ),
        (
            none.clone(),
            Some(comparison(&["Lost", "Gone"], true)),
            "[main] Deleted 2 commits: Lost",
        ),
        (
            none.clone(),
            Some(comparison(&["Lost"], true)),
            "[main] Deleted 1 commit: Lost",
        ),
        (none, None, "[main] Deleted commits"),
        (json!({"before": zeros}), None, " Pushed new branch main"),
        (
            json!({"after": zeros, "commits": []}),
            None,
            " Deleted branch main",
        ),
        (
            with(&tag, json!({"before": zeros})),
            None,
            " Pushed new tag v1",
        ),
        (with(&tag, json!({"after": zeros})), None, " Deleted tag v1"),
        (tag.clone(), None, " Moved tag v1"),
        (
            tag,
            Some(comparison(&["One", "Two"], false)),
            "[v1] 2 commits: One",
        ),
    ];
    for (changes, comparison, end) in rows {
        let input = MailInput {
            comparison,
            ..mail_input()
        };
        let subject = message(&push(&changes), &input).subject.clone();
        assert_eq!(subject, format!("[Git][group/project]{end}"));
    }
}

#[test]
fn what_is_not_told_says_why() {
    let input = mail_input();
    let reason = |changes: Value, settings: Value, input: &MailInput| {
        sent(&push(&changes), &settings, input).unwrap_err()
    };
    let other = json!({"ref": "refs/heads/wip"});
    assert_eq!(
        reason(other, json!({"branches_to_be_notified": "default"}), &input),
        "branch `wip` is not the default branch"
    );
    let same = json!({"after": "1".repeat(40), "commits": []});
    assert_eq!(
        reason(same, json!({}), &input),
        "the ref stands where it stood"
    );
    let lost = json!({"commits": [], "total_commits_count": 0});
    let unrelated = MailInput {
        comparison: Some(Comparison::default()),
        ..mail_input()
    };
    assert!(reason(lost, json!({}), &unrelated).contains("no commits"));
    let without = MailInput {
        site: None,
        ..mail_input()
    };
    assert!(reason(json!({}), json!({}), &without).contains("--smtp-url"));
    // Tags are shown whatever the branches.
    let tag =
        push(&json!({"object_kind": "tag_push", "ref": "refs/tags/v1", "before": "0".repeat(40)}));
    assert!(
        sent(
            &tag,
            &json!({"branches_to_be_notified": "protected"}),
            &input
        )
        .is_ok()
    );
}

#[test]
fn the_mails_of_a_branch_are_one_thread_and_each_has_an_id_of_its_own() {
    let input = mail_input();
    let two = json!({"recipients": "a@x.test b@x.test"});
    let mails = sent(&push(&json!({})), &two, &input).unwrap();
    assert!(Arc::ptr_eq(&mails[0].message, &mails[1].message));
    assert_ne!(mails[0].message_id, mails[1].message_id);
    let again = sent(&push(&json!({})), &two, &input).unwrap();
    assert_eq!(again[1].message_id, mails[1].message_id);
    let root = |changes: Value| {
        let message = message(&push(&changes), &input);
        let header = |name: &str| {
            message
                .headers
                .iter()
                .find(|(key, _)| *key == name)
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(header("References"), header("In-Reply-To"));
        assert_eq!(header("List-Id"), "group/project <project.group.git.test>");
        assert_eq!(header("X-GitLab-Author"), "ada");
        assert_eq!(header("X-GitLab-Project-Path"), "group/project");
        header("References")
    };
    let one = root(json!({}));
    assert_eq!(one, root(json!({"after": "3".repeat(40)})));
    assert_ne!(one, root(json!({"ref": "refs/heads/other"})));
}

#[test]
fn the_pusher_is_the_sender_only_within_the_servers_domain() {
    for (address, host, expected) in [
        ("ada@git.corp.test", "https://git.corp.test", true),
        ("ada@CORP.test", "https://git.corp.test:8443/x", true),
        ("ada@test", "https://git.corp.test", false),
        ("ada@evilcorp.test", "https://git.corp.test", false),
        ("ada@sub.git.corp.test", "https://git.corp.test", false),
        ("ada@10.0.0.1", "http://10.0.0.1", false),
        ("ada", "https://git.corp.test", false),
        ("a@b@corp.test", "https://git.corp.test", false),
    ] {
        assert_eq!(may_send_as(address, host), expected, "{address} {host}");
    }
    let context = Context {
        external_url: "https://git.corp.test".into(),
        ..Context::sample()
    };
    let from = |changes: Value, wanted: bool| {
        let settings = json!({"send_from_committer_email": wanted});
        let message = sent_from(&push(&changes), &settings, &context, &mail_input())
            .unwrap()
            .remove(0)
            .message;
        (
            message.from_name.clone(),
            message.from.clone(),
            message.reply_to.clone(),
        )
    };
    let own = (
        "Ada".to_owned(),
        "ada@corp.test".to_owned(),
        Some("ada@corp.test".to_owned()),
    );
    let instance = ("Ada".to_owned(), "crosstie@git.test".to_owned(), None);
    assert_eq!(from(json!({}), true), own);
    assert_eq!(
        from(json!({"user_email": ""}), true),
        own,
        "as the commit has it"
    );
    assert_eq!(from(json!({}), false), instance);
    assert_eq!(
        from(json!({"user_email": "ada@elsewhere.test"}), true),
        instance
    );
}

#[test]
fn a_mail_tells_commits_files_and_changes() {
    let event = push(&json!({}));
    let plain = message(&event, &mail_input());
    for part in [
        "Ada pushed to branch main at group/project\n",
        "https://git.test/group/project/-/compare/1111",
        "aaaaaaaa by Ada <ada@corp.test>, 2026-01-02T03:04:05Z\n    First\n\n    body\n",
        "A new\nM old\n",
    ] {
        assert!(plain.text.contains(part), "{part}\n{}", plain.text);
    }
    let file = |path: &str, hunks: &str| ChangedFile {
        old_path: path.into(),
        path: path.into(),
        change: Change::Modified,
        added: 1,
        removed: 1,
        hunks: hunks.into(),
        ..ChangedFile::default()
    };
    let mut input = MailInput {
        comparison: Some(Comparison {
            files: vec![file("src/a.rs", "@@ -1 +1 @@\n-if a < b\n+if a > b\n")],
            ..Comparison::default()
        }),
        ..mail_input()
    };
    let full = message(&event, &input);
    assert!(full.text.contains("M src/a.rs  +1 -1\n"), "{}", full.text);
    assert!(
        full.text
            .contains("=== src/a.rs\n@@ -1 +1 @@\n-if a < b\n+if a > b\n")
    );
    assert!(full.html.contains(">+if a &gt; b</span>"), "{}", full.html);
    let without = sent(&event, &json!({"disable_diffs": true}), &input).unwrap();
    assert!(!without[0].message.text.contains("@@") && !without[0].message.html.contains("@@"));
    input.comparison.as_mut().unwrap().too_large = true;
    let large = message(&event, &input);
    assert!(
        large
            .text
            .contains("too large to be shown in a mail: https://git.test/")
    );
}

#[test]
fn what_strangers_write_stays_text() {
    let evil = "\r\nBcc: x@y.test\r\n\r\n<script>alert(1)</script>\u{202e}gpj.exe\u{1b}[2J\"'";
    let event = push(&json!({
        "ref": format!("refs/heads/{evil}"), "user_name": evil, "user_username": evil,
        "commits": [{"id": "<b>", "message": evil, "timestamp": evil, "author": {"name": evil, "email": evil},
                     "added": [evil]}],
        "total_commits_count": 1,
    }));
    let input = MailInput {
        comparison: Some(Comparison {
            files: vec![ChangedFile {
                path: evil.into(),
                old_path: evil.into(),
                hunks: format!("@@ -0,0 +1 @@\n+{evil}\n"),
                ..ChangedFile::default()
            }],
            ..Comparison::default()
        }),
        ..mail_input()
    };
    let message = message(&event, &input);
    assert!(
        !message.html.contains("<script") && !message.html.contains("<b>"),
        "{}",
        message.html
    );
    for text in [&message.text, &message.html] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\r']), "{text}");
        assert!(text.contains("[U+202E]"));
    }
    assert!(
        !message.subject.contains(['\r', '\n', '\u{202e}']),
        "{}",
        message.subject
    );
    assert!(!message.from_name.contains(['\r', '\n']));
}

#[test]
fn a_mail_stays_small_whatever_is_pushed() {
    let commits: Vec<Value> = (0..500)
        .map(|number| json!({"id": format!("{number:040}"), "message": "m".repeat(100_000),
            "added": [format!("file-{number}-1"), format!("file-{number}-2"), format!("file-{number}-3")]}))
        .collect();
    let event = push(&json!({"commits": commits, "total_commits_count": 2_000}));
    let message = message(&event, &mail_input());
    assert!(message.text.len() < 700_000, "{}", message.text.len());
    assert!(
        message.text.contains("(1900 older ones are not listed)")
            && message.text.contains("(and more)")
    );
    assert!(message.subject.chars().count() <= SUBJECT + 1);
}

#[test]
fn a_reply_says_whether_to_try_again() {
    let judged = |status: u16| {
        let mut answer = Answer::sample(status, &Value::Null);
        answer.body = "5.1.1 no\nsuch user".into();
        Emails(mail_input()).judge(&answer, &Context::sample())
    };
    assert_eq!(judged(250), Ok(None));
    assert!(matches!(
        judged(451),
        Err(Failure {
            then: Then::Retry {
                tool_down: false,
                ..
            },
            ..
        })
    ));
    let refused = judged(550).unwrap_err();
    assert_eq!(
        refused.why,
        "the mail server refuses it: 550 5.1.1 no such user"
    );
}
