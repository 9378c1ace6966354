//! Fault, and the log of requests.

use super::super::Fault;
use super::*;
use std::time::Duration;

const PATH: &str = "2/issue/SHOP-1/comment";

async fn troubled(jira: &Jira, fault: Fault) -> Got {
    jira.set_fault(fault);
    post(jira, PATH, json!({"body": "x"})).await
}

fn comments(jira: &Jira) -> usize {
    jira.issue("SHOP-1").unwrap().comments.len()
}

#[tokio::test]
async fn trouble_that_refuses_changes_nothing() {
    let jira = server();
    let cases = [
        (Fault::Unauthorized, 401),
        (Fault::Captcha, 401),
        (
            Fault::RateLimited {
                retry_after_secs: 7,
            },
            429,
        ),
        (Fault::Html, 200),
        (Fault::Garbage, 200),
        (Fault::Redirect("https://elsewhere.test/".into()), 302),
        (Fault::ServerError, 500),
        (Fault::FailEvery(1), 503),
    ];
    for (fault, status) in cases {
        let got = troubled(&jira, fault.clone()).await;
        assert_eq!(got.status, status, "{fault:?}");
    }
    assert_eq!(comments(&jira), 0);
    assert_eq!(troubled(&jira, Fault::None).await.status, 201);
}

#[tokio::test]
async fn each_trouble_looks_as_it_does_in_life() {
    let jira = server();
    assert_eq!(
        troubled(&jira, Fault::Unauthorized)
            .await
            .header("x-seraph-loginreason"),
        "AUTHENTICATED_FAILED"
    );
    let got = troubled(&jira, Fault::Captcha).await;
    assert_eq!(got.header("x-seraph-loginreason"), "AUTHENTICATION_DENIED");
    assert!(got.header("content-type").starts_with("text/html"));
    let got = troubled(
        &jira,
        Fault::RateLimited {
            retry_after_secs: 7,
        },
    )
    .await;
    assert_eq!(got.header("retry-after"), "7");
    let got = troubled(&jira, Fault::Garbage).await;
    assert!(got.header("content-type").starts_with("application/json"));
    assert!(serde_json::from_str::<Value>(&got.text).is_err());
    assert!(troubled(&jira, Fault::Html).await.text.contains("<html"));
    let got = troubled(&jira, Fault::Redirect("https://elsewhere.test/x".into())).await;
    assert_eq!(got.header("location"), "https://elsewhere.test/x");
    let got = troubled(&cloud(), Fault::Unauthorized).await;
    assert_eq!(
        got.text,
        "Client must be authenticated to access this resource."
    );
}

#[tokio::test]
async fn half_of_the_failures_come_after_the_deed() {
    let jira = server();
    jira.set_fault(Fault::FailHalf);
    let mut made = 0;
    for _ in 0..100 {
        made += usize::from(post(&jira, PATH, json!({"body": "x"})).await.status == 201);
    }
    assert!(made < comments(&jira), "some were made and answered 503");
    assert!(comments(&jira) < 100, "some were not made");
    assert!((30..70).contains(&made), "{made}");
}

#[tokio::test]
async fn a_slow_answer_follows_a_quick_deed() {
    let jira = server();
    jira.set_fault(Fault::Slow(Duration::from_secs(3600)));
    let patience = Duration::from_millis(20);
    let impatient = tokio::time::timeout(patience, post(&jira, PATH, json!({"body": "x"}))).await;
    assert!(impatient.is_err());
    assert_eq!((comments(&jira), jira.requests().len()), (1, 1));
    assert_eq!(troubled(&jira, Fault::Slow(patience)).await.status, 201);
}

#[tokio::test]
async fn pages_are_spared() {
    let jira = server();
    jira.set_fault(Fault::ServerError);
    let got = send(&jira, Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn every_api_request_is_logged_and_no_page_is() {
    let jira = server();
    authenticate(&jira, "2/issue/SHOP-1?expand=transitions", None).await;
    post(&jira, PATH, json!({"body": "x"})).await;
    get(&jira, "3/myself").await;
    send(
        &jira,
        Request::get("/browse/SHOP-1").body(Body::empty()).unwrap(),
    )
    .await;
    let log: Vec<_> = jira
        .requests()
        .into_iter()
        .map(|one| (one.method, one.path, one.status, one.body))
        .collect();
    let entry = |method: &str, path: &str, status, body: &str| {
        (
            method.into(),
            format!("/rest/api/{path}"),
            status,
            body.into(),
        )
    };
    let expected: [(String, String, u16, String); 3] = [
        entry("GET", "2/issue/SHOP-1?expand=transitions", 401, ""),
        entry("POST", PATH, 201, r#"{"body":"x"}"#),
        entry("GET", "3/myself", 404, ""),
    ];
    assert_eq!(log, expected);
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let jira = server();
    let got = post(&jira, PATH, json!({"body": "x".repeat(2_000_000)})).await;
    assert_eq!(got.refused().0, 413);
    assert_eq!(jira.requests()[0].status, 413);
}
