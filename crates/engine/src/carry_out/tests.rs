//! Steps that succeed, are refused, or must wait, and what a second attempt does.

use super::*;
use async_trait::async_trait;
use catalogue::Values;
use model::Event;
use outbound::{Answer, Outgoing, Request, SendError};
use serde_json::Value;

struct Mail {
    tolerant: bool,
}

impl Plan for Mail {
    fn steps(&self, _: &Event, _: &Values, _: &Context) -> Result<Vec<Step>, String> {
        Err("not asked".into())
    }

    fn trial(&self, _: &Values, _: &Context) -> Vec<Step> {
        Vec::new()
    }

    fn may_lose_some(&self) -> bool {
        self.tolerant
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
) -> (Result<Done, Failure>, usize) {
    let mut net = Statuses::default();
    let result = carry_out(
        &Mail { tolerant },
        steps(statuses),
        &Context::made_up(),
        &mut net,
        done,
    )
    .await;
    (result, net.asked.len())
}

fn why(result: Result<Done, Failure>) -> String {
    result.unwrap_err().why().to_owned()
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
    assert_eq!((second.unwrap().end, asked), (End::Delivered(None), 1));
}

#[tokio::test]
async fn a_tool_that_is_down_or_busy_is_not_asked_for_the_rest() {
    for status in ["503", "429"] {
        let (result, asked) = attempt(&["200", status, "200"], false, &mut Vec::new()).await;
        assert!(matches!(result, Err(Failure::Again { .. })));
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
    let End::Delivered(Some(note)) = result.unwrap().end else {
        panic!("delivered, with a note")
    };
    assert!(note.starts_with("#1: "), "{note}");
    assert_eq!(done.len(), 2);
    let mut done = Vec::new();
    let (lost, _) = attempt(&["400", "404"], true, &mut done).await;
    assert!(matches!(lost, Err(Failure::Never { .. })));
    let (again, asked) = attempt(&["200", "404"], true, &mut done).await;
    assert!(
        again.is_ok(),
        "a retry by hand asks for those again that were lost"
    );
    assert_eq!(asked, 2);
}

/// Says no for all, whoever asks.
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
    let plan = Mail { tolerant: true };
    let result = carry_out(
        &plan,
        steps(&["200", "200"]),
        &Context::made_up(),
        &mut net,
        &mut done,
    )
    .await;
    assert!(matches!(result, Err(Failure::Never { .. })));
    assert_eq!((net.asked, done.len()), (1, 0));
}

#[test]
fn a_long_list_is_cut() {
    let texts: Vec<String> = (0..8).map(|number| number.to_string()).collect();
    assert_eq!(listed(texts), "0; 1; 2; 3; 4; and 3 more");
}
