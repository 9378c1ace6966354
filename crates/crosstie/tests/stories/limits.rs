//! How often one may ask: who asks too often waits, and no event is refused for it.

use crate::harness::{Server, push, sha};
use outbound::{Answer, Method, Request};

fn number(answer: &Answer, name: &str) -> u64 {
    answer.header(name).unwrap().parse().unwrap()
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_events_are_taken_all_the_same() {
    let limits = [
        ("CROSSTIE_RATE_LIMIT_API", "30"),
        ("CROSSTIE_RATE_LIMIT_UNAUTHENTICATED", "5"),
    ];
    let server = Server::start_with(&limits);
    server.project("p", "gitlab").await;
    let mut last = server.call(Method::Get, "/api/v4/user", None).await;
    assert_eq!(number(&last, "ratelimit-limit"), 30);
    while last.status == 200 {
        last = server.call(Method::Get, "/api/v4/user", None).await;
    }
    assert_eq!((last.status, last.body.as_str()), (429, "Retry later\n"));
    assert_eq!(number(&last, "ratelimit-remaining"), 0);
    let wait = number(&last, "retry-after");
    assert!((1..=60).contains(&wait), "{wait}");

    let mut unknown = 0;
    while server
        .call_as("wrong", Method::Get, "/api/v4/user", None)
        .await
        .status
        == 401
    {
        unknown += 1;
    }
    assert!((5..10).contains(&unknown), "{unknown}");
    for number in 0..40 {
        let body = push("main", &sha(number), "x");
        let answer = server.hook("group/p", &body, &number.to_string()).await;
        assert_eq!(answer.status, 202);
    }
    for _ in 0..10 {
        assert_eq!(
            server
                .call_as("", Method::Get, "/-/health", None)
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn each_client_behind_a_proxy_is_counted_for_itself() {
    let server = Server::start_with(&[("CROSSTIE_RATE_LIMIT_UNAUTHENTICATED", "2")]);
    let ask = async |client: &str| {
        let mut request = Request::new(Method::Get, format!("{}/users/sign_in", server.url));
        request.headers.push(("x-forwarded-for", client.to_owned()));
        server.send(request).await.status
    };
    let first = [
        ask("192.0.2.1").await,
        ask("192.0.2.1").await,
        ask("192.0.2.1").await,
    ];
    assert_eq!(first, [200, 200, 429]);
    assert_eq!(ask("192.0.2.2").await, 200);
}
