use super::*;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const RIGHT: &str = "Basic YWRhOnB3"; // ada:pw

fn jenkins() -> Jenkins {
    let jenkins = Jenkins::new("ada", "pw");
    jenkins.add_job("tools/shop");
    jenkins
}

fn push() -> Value {
    json!({"object_kind": "push", "ref": "refs/heads/main", "after": "a".repeat(40), "user_name": "<Ada>"})
}

async fn post(jenkins: &Jenkins, job: &str, headers: [(&str, &str); 3], body: String) -> u16 {
    let mut request = Request::post(format!("/project/{job}"));
    for (name, value) in headers.into_iter().filter(|header| !header.1.is_empty()) {
        request = request.header(name, value);
    }
    let answer = jenkins
        .router()
        .oneshot(request.body(Body::from(body)).unwrap());
    answer.await.unwrap().status().as_u16()
}

const fn headers(
    authorization: &'static str,
    event: &'static str,
    media: &'static str,
) -> [(&'static str, &'static str); 3] {
    [
        ("authorization", authorization),
        ("x-gitlab-event", event),
        ("content-type", media),
    ]
}

#[tokio::test]
async fn a_hook_must_be_right_in_everything_to_start_a_build() {
    let jenkins = jenkins();
    let good = headers(RIGHT, "Push Hook", "application/json");
    let event = push().to_string();
    for (job, headers, body, expected) in [
        (
            "tools/shop",
            headers("", "Push Hook", "application/json"),
            event.clone(),
            401,
        ),
        (
            "tools/shop",
            headers("Basic YWRhOngK", "Push Hook", "application/json"),
            event.clone(),
            401,
        ),
        ("shop", good, event.clone(), 404),
        (
            "tools/shop",
            headers(RIGHT, "Push Hook", "text/plain"),
            event.clone(),
            415,
        ),
        (
            "tools/shop",
            headers(RIGHT, "", "application/json"),
            event.clone(),
            400,
        ),
        (
            "tools/shop",
            headers(RIGHT, "Service Hook", "application/json"),
            event.clone(),
            400,
        ),
        (
            "tools/shop",
            headers(RIGHT, "Tag Push Hook", "application/json"),
            event.clone(),
            400,
        ),
        ("tools/shop", good, "{".into(), 400),
        (
            "tools/shop",
            good,
            json!({"object_kind": "push"}).to_string(),
            400,
        ),
    ] {
        assert_eq!(
            post(&jenkins, job, headers, body).await,
            expected,
            "{job} {headers:?}"
        );
    }
    assert!(jenkins.builds("tools/shop").is_empty());
    assert_eq!(post(&jenkins, "tools/shop", good, event).await, 200);
    let mut gone = push();
    gone["after"] = "0".repeat(40).into();
    assert_eq!(
        post(&jenkins, "tools/shop", good, gone.to_string()).await,
        200
    );
    let builds = jenkins.builds("tools/shop");
    assert_eq!(
        (builds.len(), builds[0].number, builds[0].what.as_str()),
        (1, 1, "main")
    );
}

#[tokio::test]
async fn a_merge_request_is_built_and_the_page_lists_it_escaped() {
    let jenkins = jenkins();
    let event = json!({"object_kind": "merge_request", "user": {"name": "<Ada>"},
        "object_attributes": {"iid": 7, "last_commit": {"id": "b".repeat(40)}}});
    let good = headers(RIGHT, "Merge Request Hook", "application/json");
    assert_eq!(
        post(&jenkins, "tools/shop", good, event.to_string()).await,
        200
    );
    let request = Request::get("/").body(Body::empty()).unwrap();
    let answer = jenkins.router().oneshot(request).await.unwrap();
    let html = answer.into_body().collect().await.unwrap().to_bytes();
    let html = String::from_utf8(html.to_vec()).unwrap();
    assert!(
        html.contains("tools/shop") && html.contains("merge request !7"),
        "{html}"
    );
    assert!(
        html.contains("Jenkins") && !html.contains("<Ada>"),
        "{html}"
    );
}
