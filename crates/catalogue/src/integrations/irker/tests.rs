use super::*;
use crate::Then;
use outbound::Outgoing;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fn values(plain: Value) -> Values {
    let Value::Object(plain) = plain else {
        panic!("an object")
    };
    Values::new(SETTINGS, plain, BTreeMap::new(), Map::new())
}

fn usual() -> Value {
    json!({"recipients": "#chan", "default_irc_uri": "irc://irc.test:6697/"})
}

fn push(change: &Value) -> Event {
    let commit = |number: usize| {
        json!({"id": format!("{number}").repeat(40), "message": format!("Commit {number}\n\nmore"),
               "author": {"name": "Ada"}, "added": ["a"], "modified": ["b"], "removed": []})
    };
    let mut event = json!({
        "object_kind": "push", "ref": "refs/heads/work", "before": "a".repeat(40), "after": "b".repeat(40),
        "user_name": "Ada L.", "total_commits_count": 4,
        "commits": (1..=4).map(commit).collect::<Vec<_>>(),
    });
    for (name, value) in change.as_object().unwrap() {
        event[name] = value.clone();
    }
    Event::parse(&event.to_string()).unwrap()
}

/// The lines as irker reads them.
fn requests(event: &Event, values: &Values) -> Vec<Value> {
    let step = Irker
        .steps(event, values, &Context::sample())
        .unwrap()
        .remove(0);
    let Outgoing::Lines(lines) = step.outgoing else {
        panic!("lines")
    };
    assert!(lines.text.ends_with('\n'));
    lines
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn sent_lines(event: &Event, values: &Values) -> Vec<String> {
    let texts = requests(event, values);
    texts
        .iter()
        .map(|request| request["privmsg"].as_str().unwrap().to_owned())
        .collect()
}

const BASE: &str = "https://git.test/group/project/-";

#[test]
fn a_push_is_told_in_a_line_and_its_first_three_commits_in_one_each() {
    let expected = [
        format!(
            "[Project] Ada L. pushed 4 new commits to work: {BASE}/compare/aaaaaaaa...bbbbbbbb"
        ),
        "Project/work 11111111 Ada (2 files): Commit 1".to_owned(),
        "Project/work 22222222 Ada (2 files): Commit 2".to_owned(),
        "Project/work 33333333 Ada (2 files): Commit 3".to_owned(),
    ];
    assert_eq!(sent_lines(&push(&json!({})), &values(usual())), expected);
    let request = &requests(&push(&json!({})), &values(usual()))[0];
    assert_eq!(request["to"], json!(["irc://irc.test:6697/#chan"]));
}

#[test]
fn a_branch_comes_and_goes() {
    let zeros = "0".repeat(40);
    let gone = push(&json!({"after": zeros, "commits": [], "total_commits_count": 0}));
    assert_eq!(
        sent_lines(&gone, &values(usual())),
        ["[Project] Ada L. has deleted the branch work"]
    );
    let made = sent_lines(
        &push(&json!({"before": zeros, "total_commits_count": 1})),
        &values(usual()),
    );
    assert_eq!(
        made[0],
        format!("[Project] Ada L. has created a new branch work: {BASE}/branches")
    );
    assert_eq!(
        made[1],
        format!("[Project] Ada L. pushed 1 new commit to work: {BASE}/compare/main...bbbbbbbb")
    );
    let first = sent_lines(
        &push(&json!({"before": zeros, "ref": "refs/heads/main"})),
        &values(usual()),
    );
    assert!(
        first[1].ends_with(&format!(": {BASE}/tree/main")),
        "{first:?}"
    );
    let back = push(&json!({"commits": [], "total_commits_count": 0}));
    let why = Irker
        .steps(&back, &values(usual()), &Context::sample())
        .unwrap_err();
    assert!(why.0.contains("no commits"), "{why}");
}

#[test]
fn colours_are_put_around_each_part() {
    let mut plain = usual();
    plain["colorize_messages"] = true.into();
    let lines = sent_lines(&push(&json!({"before": "0".repeat(40)})), &values(plain));
    assert_eq!(
        lines[0],
        format!(
            "[\x0304Project\x0f] Ada L. has created a new branch \x0305work\x0f: \x0302\x1f{BASE}/branches\x0f"
        )
    );
    assert!(
        lines[1].contains(" pushed \x024\x0f new commits to "),
        "{:?}",
        lines[1]
    );
    assert_eq!(
        lines[2],
        "\x0304Project\x0f/\x0305work\x0f \x031411111111\x0f Ada (\x03122 files\x0f): Commit 1"
    );
}

#[test]
fn hostile_texts_stay_in_their_line_and_without_codes() {
    let hostile = "\x0304a\x02\x0f\r\nQUIT :x\u{2028}b\u{202e}\0\u{85}c";
    let event = push(&json!({
        "user_name": hostile, "ref": format!("refs/heads/{hostile}"), "total_commits_count": 1,
        "commits": [{"id": hostile, "message": hostile, "author": {"name": hostile}}],
    }));
    for line in sent_lines(&event, &values(usual())) {
        assert!(
            !line.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{line:?}"
        );
    }
}

#[test]
fn long_texts_are_cut_at_a_character_and_never_a_link() {
    let long = "ü".repeat(1_000_000);
    let event = push(&json!({
        "user_name": long, "ref": format!("refs/heads/{long}"), "before": "0".repeat(40), "total_commits_count": 1,
        "commits": [{"id": long, "message": long, "author": {"name": long}}],
    }));
    let lines = sent_lines(&event, &values(usual()));
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert!(
            line.len() <= LINE && line.contains('…'),
            "{} {line}",
            line.len()
        );
        assert!(
            !line.contains("http")
                || ["/branches", "...bbbbbbbb"]
                    .iter()
                    .any(|end| line.ends_with(end)),
            "{line}"
        );
    }
}

#[test]
fn recipients_are_read_in_every_form() {
    let to = |recipients: &str, base: &str| recipients_of(recipients, base);
    let base = "irc://irc.test:6697/";
    for (written, expected) in [
        ("#a", vec!["irc://irc.test:6697/#a"]),
        (
            "#a,#b  c\n#a",
            vec![
                "irc://irc.test:6697/#a",
                "irc://irc.test:6697/#b",
                "irc://irc.test:6697/c",
            ],
        ),
        (
            "ada,isnick, #b",
            vec!["irc://irc.test:6697/ada,isnick", "irc://irc.test:6697/#b"],
        ),
        (
            "ircs://other.test/x?key=y",
            vec!["ircs://other.test/x?key=y"],
        ),
        (
            "irc://other.test/ada,isnick,#c",
            vec!["irc://other.test/ada,isnick", "irc://irc.test:6697/#c"],
        ),
        ("http://x.test/#a", vec![]),
        (",, ,", vec![]),
    ] {
        assert_eq!(to(written, base), expected, "{written}");
    }
    assert_eq!(
        to("#a irc://x.test/#b", ""),
        ["irc://x.test/#b"],
        "without a server the first is nowhere"
    );
    assert_eq!(to("irc://x.test", ""), [""; 0], "a server is nobody");
}

fn recipients_of(written: &str, base: &str) -> Vec<String> {
    recipients(&values(
        json!({"recipients": written, "default_irc_uri": base}),
    ))
}

#[test]
fn what_cannot_work_is_said_when_it_is_saved() {
    let fields = |plain: Value| {
        let found = validate(&values(plain));
        found
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(usual()), [""; 0]);
    let lost = fields(json!({"recipients": "#a, b"}));
    assert!(
        lost.len() == 1 && lost[0].starts_with("recipients are all invalid"),
        "{lost:?}"
    );
    let wrong =
        fields(json!({"recipients": "irc://x.test/#b", "default_irc_uri": "http://x.test"}));
    assert!(wrong[0].starts_with("default_irc_uri must be"), "{wrong:?}");
}

#[test]
fn the_daemon_is_where_the_settings_say() {
    let address = |plain: Value| (INTEGRATION.address)(&values(plain));
    assert_eq!(address(json!({})), "tcp://localhost:6659");
    assert_eq!(
        address(json!({"server_host": "::1", "server_port": 7})),
        "tcp://[::1]:7"
    );
}

#[test]
fn a_server_that_answers_is_no_irker() {
    let mut answer = Answer::sample(200, &Value::Null);
    answer.body.clear();
    assert_eq!(Irker.judge(&answer, &Context::sample()), Ok(None));
    answer.body = "HTTP/1.1 400 Bad Request".into();
    assert!(matches!(
        Irker.judge(&answer, &Context::sample()),
        Err(Failure {
            then: Then::GiveUp,
            ..
        })
    ));
}
