//! Steps that succeed, fail or are postponed, what a second attempt does, and external ids.

use super::*;
use async_trait::async_trait;
use catalogue::{Skip, Values};
use model::Event;
use outbound::{Answer, Outgoing, Request, SendError};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

struct Mail {
    tolerant: bool,
}

impl Plan for Mail {
    fn steps(&self, _: &Event, _: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        Err("not asked".into())
    }

    fn test_steps(&self, _: &Values, _: &Context) -> Vec<Step> {
        Vec::new()
    }

    fn tolerates_lost_steps(&self) -> bool {
        self.tolerant
    }

    fn external_id(&self, answer: &Answer) -> Option<String> {
        Some(format!("id-{}", answer.status))
    }
}

/// Answers each address with the status that stands in it.
#[derive(Default)]
struct Statuses {
    asked: Vec<String>,
}

#[async_trait]
impl Net for Statuses {
    async fn deliver(&mut self, outgoing: Outgoing) -> Result<Answer, SendError> {
        let Outgoing::Http(request) = outgoing else {
            panic!("HTTP alone")
        };
        self.asked.push(request.url.clone());
        Ok(Answer::sample(
            request.url.parse().unwrap(),
            &Value::from(""),
        ))
    }
}

fn steps(statuses: &[&str]) -> Vec<Step> {
    let step =
        |(index, status): (usize, &&str)| Step::new(format!("#{index}"), Request::get(*status));
    statuses.iter().enumerate().map(step).collect()
}

async fn attempt(
    statuses: &[&str],
    tolerant: bool,
    done: &mut Vec<String>,
) -> (Result<End, Failure>, usize) {
    let mut net = Statuses::default();
    let result = run(&mut net, tolerant, steps(statuses), done).await.0;
    (result, net.asked.len())
}

async fn run(
    net: &mut dyn Net,
    tolerant: bool,
    steps: Vec<Step>,
    done: &mut Vec<String>,
) -> (Result<End, Failure>, Memo) {
    let mut memo = Memo::default();
    let mut runner = StepRunner {
        plan: &Mail { tolerant },
        purpose: Purpose::Delivery,
        context: &Context::sample(),
        net,
        done,
        memo: &mut memo,
    };
    let result = runner.run(steps).await;
    (result, memo)
}

fn why(result: Result<End, Failure>) -> String {
    result.unwrap_err().why
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again() {
    let mut done = Vec::new();
    let (first, asked) = attempt(&["200", "400", "200"], false, &mut done).await;
    assert_eq!(asked, 3);
    assert!(
        why(first).starts_with("2 of 3 were sent; #1: "),
        "the refused one is named"
    );
    assert_eq!(done, ["#0", "#2"]);
    let (second, asked) = attempt(&["200", "200", "200"], false, &mut done).await;
    assert_eq!((second.unwrap(), asked), (End::Delivered(None), 1));
}

#[tokio::test]
async fn a_tool_that_is_down_or_busy_is_not_asked_for_the_rest() {
    for status in ["503", "429"] {
        let (result, asked) = attempt(&["200", status, "200"], false, &mut Vec::new()).await;
        assert!(matches!(result.unwrap_err().then, Then::Retry { .. }));
        assert_eq!(
            asked,
            if status == "503" { 2 } else { 3 },
            "{status} without Retry-After stops only itself"
        );
    }
}

#[tokio::test]
async fn where_some_may_be_lost_one_that_arrives_is_enough() {
    let mut done = Vec::new();
    let (result, _) = attempt(&["200", "400"], true, &mut done).await;
    let End::Delivered(Some(note)) = result.unwrap() else {
        panic!("delivered, with a note")
    };
    assert!(note.starts_with("#1: "), "{note}");
    assert_eq!(done.len(), 2);
    let mut done = Vec::new();
    let (lost, _) = attempt(&["400", "404"], true, &mut done).await;
    assert_eq!(lost.unwrap_err().then, Then::GiveUp);
    let (again, asked) = attempt(&["200", "404"], true, &mut done).await;
    assert!(
        again.is_ok(),
        "a retry by hand asks for those again that were lost"
    );
    assert_eq!(asked, 2);
}

/// Has no mail relay.
#[derive(Default)]
struct NoRelay {
    asked: usize,
}

#[async_trait]
impl Net for NoRelay {
    async fn deliver(&mut self, _: Outgoing) -> Result<Answer, SendError> {
        self.asked += 1;
        Err(SendError::NoRelay)
    }
}

#[tokio::test]
async fn what_concerns_all_ends_the_attempt_and_loses_nothing() {
    let (mut net, mut done) = (NoRelay::default(), Vec::new());
    let result = run(&mut net, true, steps(&["200", "200"]), &mut done)
        .await
        .0;
    assert_eq!(result.unwrap_err().then, Then::GiveUp);
    assert_eq!((net.asked, done.len()), (1, 0));
}

#[test]
fn a_long_list_is_cut() {
    let texts: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    assert_eq!(listed(texts), "0; 1; 2; 3; 4; and 3 more");
}

#[tokio::test]
async fn the_id_of_what_a_step_created_is_remembered_once_it_succeeded() {
    let created = |status: &str| Step::new(status, Request::get(status)).creates(status);
    let steps = vec![
        created("201"),
        created("400"),
        Step::new("x", Request::get("200")),
    ];
    let (result, memo) = run(&mut Statuses::default(), true, steps, &mut Vec::new()).await;
    assert!(result.is_ok());
    assert_eq!(
        memo.external_ids,
        [("201".to_owned(), "id-201".to_owned())],
        "not of a step that failed, nor of one without a subject"
    );
}

#[tokio::test]
async fn an_id_is_remembered_although_a_later_step_fails() {
    let steps = vec![
        Step::new("a", Request::get("201")).creates("issue"),
        Step::new("b", Request::get("503")),
    ];
    let (result, memo) = run(&mut Statuses::default(), false, steps, &mut Vec::new()).await;
    assert!(result.is_err());
    assert_eq!(memo.external_ids.len(), 1);
}

struct Empty;

impl Plan for Empty {
    fn steps(&self, _: &Event, _: &Values, _: &Context) -> Result<Vec<Step>, Skip> {
        Ok(Vec::new())
    }

    fn test_steps(&self, _: &Values, _: &Context) -> Vec<Step> {
        Vec::new()
    }
}

#[test]
fn a_plan_without_steps_is_skipped() {
    let event = Event::parse(r#"{"object_kind":"push"}"#).unwrap();
    let values = Values::new(&[], Map::new(), BTreeMap::new(), Map::new());
    let Err(Skip(reason)) = steps_of(&Empty, &event, &values, &Context::sample()) else {
        panic!("it has no steps")
    };
    assert!(reason.contains("no message"), "{reason}");
}
