//! What holds for every request: bodies, headers, methods, pages.

use crate::testing::{Bench, ROOT};
use axum::body::Body;
use http::Request;
use serde_json::json;

#[tokio::test]
async fn what_is_not_there_and_what_is_not_allowed() {
    let bench = Bench::start().await;
    bench
        .get("/nothing", ROOT)
        .await
        .says(404, &json!({ "error": "404 Not Found" }));
    // An unencoded slash is another path.
    bench
        .get("/projects/a/b", ROOT)
        .await
        .says(404, &json!({ "error": "404 Not Found" }));
    let answer = bench.put("/version", ROOT, &json!({})).await;
    let answer = answer.says(405, &json!({ "error": "405 Not Allowed" }));
    assert_eq!(answer.header("allow"), "OPTIONS, GET, HEAD");
    let options = Request::options("/api/v4/projects")
        .body(Body::empty())
        .unwrap();
    let answer = bench.send(options).await.is(204);
    assert_eq!(answer.header("allow"), "OPTIONS, GET, HEAD, POST");
    let head = Request::head("/api/v4/projects").header("private-token", ROOT);
    let answer = bench.send(head.body(Body::empty()).unwrap()).await.is(200);
    assert_eq!((answer.header("x-total"), answer.text.as_str()), ("0", ""));
}

#[tokio::test]
async fn every_answer_carries_the_default_headers_and_an_id() {
    let bench = Bench::start().await;
    let answer = bench.get("/version", ROOT).await.is(200);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "max-age=0, private, must-revalidate"),
        ("vary", "Origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert_eq!(answer.header("x-request-id").len(), 26);
    assert_eq!(answer.body["version"], "18.10.0");
    let given = |id: &str| {
        let request = Request::get("/api/v4/nothing").header("x-request-id", id);
        request
            .header("origin", "https://other.example")
            .body(Body::empty())
            .unwrap()
    };
    let answer = bench.send(given("abc-1")).await;
    assert_eq!(answer.header("x-request-id"), "abc-1");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let answer = bench.send(given("a\"b c")).await;
    assert_ne!(answer.header("x-request-id"), "a\"b c");
    let preflight = Request::options("/api/v4/projects")
        .header("origin", "https://other.example")
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "private-token");
    let answer = bench
        .send(preflight.body(Body::empty()).unwrap())
        .await
        .is(204);
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "private-token"
    );
    assert!(
        answer
            .header("access-control-allow-methods")
            .contains("PUT")
    );
}

#[tokio::test]
async fn bodies_of_every_kind_are_read_and_win_over_the_query() {
    let bench = Bench::start().await;
    let bodies = [
        ("application/json", r#"{"name":"J","path":"j"}"#, "j"),
        (
            "application/json; charset=utf-8",
            r#"{"name":"K","path":"k"}"#,
            "k",
        ),
        ("application/x-www-form-urlencoded", "name=F&path=f", "f"),
        (
            "multipart/form-data; boundary=X",
            "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nM\r\n--X\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\nm\r\n--X--\r\n",
            "m",
        ),
    ];
    for (kind, body, path) in bodies {
        let request = Request::post("/api/v4/groups?path=query")
            .header("private-token", ROOT)
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        let answer = bench.send(request).await.is(201);
        assert_eq!(answer.body["path"], path);
    }
    let query = Request::post("/api/v4/groups?path=q&name=Q").header("private-token", ROOT);
    bench.send(query.body(Body::empty()).unwrap()).await.is(201);
}

#[tokio::test]
async fn bad_bodies_are_told_apart() {
    let bench = Bench::start().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = Request::post("/api/v4/groups")
            .header("private-token", ROOT)
            .header("content-type", kind);
        bench.send(request.body(Body::from(body)).unwrap())
    };
    let broken = send("application/json", b"{\"name\":".to_vec())
        .await
        .is(400);
    assert!(
        broken.body["error"]
            .as_str()
            .unwrap()
            .contains("valid application/json")
    );
    let array = send("application/json", b"[1]".to_vec()).await;
    array.says(400, &json!({ "error": "name is missing, path is missing" }));
    send("text/xml", b"<a/>".to_vec()).await.says(
        415,
        &json!({ "error": "The provided content-type 'text/xml' is not supported." }),
    );
    send("application/json", vec![b' '; 1024 * 1024 + 1])
        .await
        .says(413, &json!({ "message": "413 Request Entity Too Large" }));
    let null = send(
        "application/json",
        br#"{"name":"a\u0000b","path":"p"}"#.to_vec(),
    );
    let null = null.await.is(400);
    assert_eq!(null.header("content-type"), "text/plain");
    let latin = send("application/x-www-form-urlencoded", b"name=%E9".to_vec());
    assert_eq!(latin.await.is(400).header("content-type"), "text/plain");
    // Who may not do it does not learn what was wrong with it.
    let request = Request::post("/api/v4/groups").header("content-type", "application/json");
    let answer = bench.send(request.body(Body::from("{")).unwrap()).await;
    answer.says(401, &json!({ "message": "401 Unauthorized" }));
}

#[tokio::test]
async fn lists_come_in_pages_with_links_to_the_address_the_client_used() {
    let bench = Bench::start().await;
    for path in ["a", "b", "c"] {
        bench.group(path, None).await;
    }
    let answer = bench
        .get("/groups?per_page=2&search=&private_token=glpat-root", "")
        .await;
    let answer = answer.is(200);
    for (name, value) in [
        ("x-total", "3"),
        ("x-total-pages", "2"),
        ("x-per-page", "2"),
        ("x-page", "1"),
        ("x-next-page", "2"),
        ("x-prev-page", ""),
        (
            "link",
            "<https://ties.example/api/v4/groups?search=&page=2&per_page=2>; rel=\"next\", \
             <https://ties.example/api/v4/groups?search=&page=1&per_page=2>; rel=\"first\", \
             <https://ties.example/api/v4/groups?search=&page=2&per_page=2>; rel=\"last\"",
        ),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let answer = bench.get("/groups?per_page=2&page=2", ROOT).await.is(200);
    assert_eq!(answer.each("path"), ["c"]);
    assert_eq!(
        (answer.header("x-next-page"), answer.header("x-prev-page")),
        ("", "1")
    );
    assert!(!answer.header("link").contains("next"));
    let answer = bench.get("/groups?per_page=500&page=9", ROOT).await.is(200);
    assert_eq!(
        (answer.header("x-per-page"), answer.text.as_str()),
        ("100", "[]")
    );
    for wrong in ["per_page=0", "page=-1", "page=x"] {
        bench.get(&format!("/groups?{wrong}"), ROOT).await.is(400);
    }
    let local = Request::get("/api/v4/groups")
        .header("host", "127.0.0.1:8080")
        .header("private-token", ROOT);
    let answer = bench.send(local.body(Body::empty()).unwrap()).await;
    assert!(
        answer
            .header("link")
            .starts_with("<http://127.0.0.1:8080/api/v4/groups?")
    );
    let proxied = Request::get("/api/v4/groups")
        .header("host", "10.0.0.1")
        .header("x-forwarded-host", "ties.example")
        .header("private-token", ROOT);
    let answer = bench.send(proxied.body(Body::empty()).unwrap()).await;
    assert!(answer.header("link").starts_with("<https://ties.example/"));
}

#[tokio::test]
async fn the_openapi_document_is_served_without_a_token() {
    let bench = Bench::start().await;
    let request = Request::get("/-/openapi.json").body(Body::empty()).unwrap();
    let answer = bench.send(request).await.is(200);
    assert_eq!(answer.body["openapi"], "3.0.3");
    assert!(answer.body["paths"]["/api/v4/projects/{id}"]["put"].is_object());
}
