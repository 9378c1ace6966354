use super::*;
use crate::testing::{Answer, Bench, ROOT};
use axum::extract::ConnectInfo;
use http::Request;
use std::net::SocketAddr;

const FEW: Rates = Rates {
    api: 3,
    web: 2,
    unauthenticated: 4,
};

/// Asks with a token from an address.
async fn ask(bench: &Bench, path: &str, token: &str, from: &str) -> Answer {
    let from: SocketAddr = format!("{from}:1").parse().unwrap();
    let mut request = Request::builder().uri(path).extension(ConnectInfo(from));
    if !token.is_empty() {
        request = request.header("private-token", token);
    }
    bench.send(request.body(Body::empty()).unwrap()).await
}

const ONE: &str = "192.0.2.1";
const OTHER: &str = "192.0.2.2";

#[tokio::test]
async fn a_user_is_counted_wherever_it_comes_from_and_told_how_much_is_left() {
    let bench = Bench::limited(FEW).await;
    for left in ["2", "1"] {
        let answer = ask(&bench, "/api/v4/user", ROOT, ONE).await.is(200);
        assert_eq!(answer.header("ratelimit-limit"), "3");
        assert_eq!(answer.header("ratelimit-remaining"), left);
        assert_eq!(answer.header("retry-after"), "");
    }
    let missing = ask(&bench, "/api/v4/projects/9", ROOT, OTHER).await.is(404);
    assert_eq!(missing.header("ratelimit-remaining"), "0");
    let limited = ask(&bench, "/api/v4/user", ROOT, OTHER).await.is(429);
    assert_eq!(limited.text, "Retry later\n");
    for (name, value) in [
        ("content-type", "text/plain"),
        ("retry-after", "20"),
        ("ratelimit-name", "throttle_authenticated_api"),
        ("ratelimit-limit", "3"),
        ("ratelimit-observed", "4"),
        ("ratelimit-remaining", "0"),
        ("ratelimit-reset", "1770033660"),
        ("ratelimit-resettime", "Mon, 02 Feb 2026 12:01:00 GMT"),
    ] {
        assert_eq!(limited.header(name), value, "{name}");
    }
    bench.clock.pass_seconds(20);
    ask(&bench, "/api/v4/user", ROOT, ONE).await.is(200);
    ask(&bench, "/api/v4/user", ROOT, ONE).await.is(429);
}

#[tokio::test]
async fn nobody_known_is_counted_by_address_and_does_not_use_up_what_users_have() {
    let bench = Bench::limited(FEW).await;
    for path in ["/api/v4/user", "/users/sign_in", "/", "/group/p"] {
        let answer = ask(&bench, path, "", ONE).await;
        assert!(answer.status < 429, "{path}");
    }
    for path in ["/api/v4/user", "/users/sign_in"] {
        let limited = ask(&bench, path, "", ONE).await.is(429);
        let name = limited.header("ratelimit-name");
        assert_eq!(
            (name, limited.header("retry-after")),
            ("throttle_unauthenticated", "15")
        );
    }
    ask(&bench, "/api/v4/user", "", OTHER).await.is(401);
    ask(&bench, "/api/v4/user", ROOT, ONE).await.is(200);
}

#[tokio::test]
async fn bad_tokens_are_slowed_down_and_good_ones_beside_them_are_not() {
    let bench = Bench::start().await;
    for _ in 0..10 {
        ask(&bench, "/api/v4/user", "glpat-wrong", ONE)
            .await
            .is(401);
    }
    let limited = ask(&bench, "/api/v4/user", "glpat-wrong", ONE)
        .await
        .is(429);
    assert_eq!(
        limited.header("ratelimit-name"),
        "throttle_failed_authentication"
    );
    assert_eq!(limited.header("retry-after"), "6");
    ask(&bench, "/api/v4/user", ROOT, ONE).await.is(200);
    ask(&bench, "/api/v4/user", "glpat-wrong", OTHER)
        .await
        .is(401);
    bench.clock.pass_seconds(6);
    ask(&bench, "/api/v4/user", "glpat-wrong", ONE)
        .await
        .is(401);
}

#[tokio::test]
async fn operators_and_senders_of_events_are_never_held_back() {
    let bench = Bench::limited(FEW).await;
    for _ in 0..6 {
        ask(&bench, "/-/health", "", ONE).await.is(200);
        let hook = Request::post("/hooks/9").body(Body::empty()).unwrap();
        bench.send(hook).await.is(404);
    }
}

#[tokio::test]
async fn zero_is_no_limit() {
    let none = Rates {
        api: 0,
        web: 0,
        unauthenticated: 0,
    };
    let bench = Bench::limited(none).await;
    for _ in 0..20 {
        let answer = ask(&bench, "/api/v4/user", ROOT, ONE).await.is(200);
        assert_eq!(answer.header("ratelimit-limit"), "");
        ask(&bench, "/api/v4/user", "glpat-wrong", ONE)
            .await
            .is(401);
    }
}
