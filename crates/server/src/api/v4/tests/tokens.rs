//! Authentication, scopes, and the tokens themselves.

use crate::testing::{Bench, ROOT};
use axum::body::Body;
use http::Request;
use model::access::Scope;
use model::id::UserId;
use serde_json::json;

#[tokio::test]
async fn a_token_is_taken_from_its_three_places_and_nowhere_else() {
    let bench = Bench::start().await;
    let get = |uri: &str| Request::get(format!("/api/v4{uri}"));
    let sent = [
        (get("/user").header("private-token", ROOT), 200),
        (
            get("/user").header("authorization", "Bearer glpat-root"),
            200,
        ),
        (
            get("/user").header("authorization", "bearer glpat-root"),
            200,
        ),
        (get("/user?private_token=glpat-root"), 200),
        // The first place that has one decides.
        (
            get("/user?private_token=wrong").header("private-token", ROOT),
            401,
        ),
        (
            get("/user").header("authorization", "Basic glpat-root"),
            401,
        ),
        (get("/user").header("private-token", "glpat-wrong"), 401),
        (get("/user").header("private-token", ""), 401),
        (get("/user"), 401),
        (get("/version"), 401),
    ];
    for (request, status) in sent {
        let answer = bench
            .send(request.body(Body::empty()).unwrap())
            .await
            .is(status);
        if status == 401 {
            assert_eq!(answer.text, r#"{"message":"401 Unauthorized"}"#);
        }
    }
    let body = Request::post("/api/v4/groups")
        .header("content-type", "application/json")
        .body(Body::from(
            r#"{"private_token":"glpat-root","name":"a","path":"a"}"#,
        ))
        .unwrap();
    bench.send(body).await.is(201);
}

#[tokio::test]
async fn a_scope_allows_what_it_names() {
    let bench = Bench::start().await;
    let id = bench.user("ann", "ann").await;
    bench.token(UserId(id), "reads", &[Scope::ReadApi]).await;
    bench.token(UserId(id), "who", &[Scope::ReadUser]).await;
    let refused = |scope: &str| {
        json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": scope,
        })
    };
    bench.get("/projects", "reads").await.is(200);
    bench.get("/user", "reads").await.is(200);
    let answer = bench.put("/projects/1", "reads", &json!({})).await;
    let answer = answer.says(403, &refused("api read_api"));
    assert_eq!(answer.header("www-authenticate"), "");
    bench.get("/user", "who").await.is(200);
    bench.get("/version", "who").await.is(200);
    bench
        .get("/projects", "who")
        .await
        .says(403, &refused("api read_api"));
    let answer = bench.post("/users", "reads", &json!({})).await.is(403);
    assert_eq!(answer.body["error"], "insufficient_scope");
    let own = bench
        .get("/personal_access_tokens/self", "who")
        .await
        .is(200);
    assert_eq!(own.body["scopes"], json!(["read_user"]));
    bench
        .delete("/personal_access_tokens/self", "who")
        .await
        .is(204);
}

#[tokio::test]
async fn expired_and_revoked_tokens_say_so() {
    let bench = Bench::start().await;
    let id = bench.user("ann", "ann").await;
    let body = json!({ "name": "ci", "scopes": ["api"], "expires_at": "2026-02-04" });
    let path = format!("/users/{id}/personal_access_tokens");
    let made = bench.post(&path, ROOT, &body).await.is(201);
    let text = made.body["token"].as_str().unwrap();
    assert!(text.starts_with("glpat-") && text.len() == 30, "{text}");
    assert_eq!(
        made.body.as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "id",
            "name",
            "revoked",
            "created_at",
            "description",
            "scopes",
            "user_id",
            "last_used_at",
            "active",
            "expires_at",
            "token"
        ]
    );
    bench.get("/user", text).await.is(200);
    bench.clock.pass_days(1);
    bench.get("/user", text).await.is(200);
    bench.clock.pass_days(1);
    let answer = bench.get("/user", text).await.says(
        401,
        &json!({
            "error": "invalid_token",
            "error_description": "Token is expired. You can either do re-authorization or token refresh.",
        }),
    );
    assert!(answer.header("www-authenticate").contains("invalid_token"));
    bench
        .delete("/personal_access_tokens/self", "ann")
        .await
        .is(204);
    bench.get("/user", "ann").await.says(
        401,
        &json!({
            "error": "invalid_token",
            "error_description": "Token was revoked. You have to re-authorize from the user.",
        }),
    );
}

#[tokio::test]
async fn rotation_replaces_a_token_and_its_reuse_ends_the_family() {
    let bench = Bench::start().await;
    bench.user("ann", "ann").await;
    let rotate = "/personal_access_tokens/self/rotate";
    let second = bench.post(rotate, "ann", &json!({})).await.is(200);
    assert_eq!(second.body["expires_at"], "2026-02-09");
    let text = second.body["token"].as_str().unwrap();
    bench.get("/user", text).await.is(200);
    bench.get("/user", "ann").await.is(401);
    bench.get("/user", text).await.is(401);
    let again = format!("/personal_access_tokens/{}/rotate", second.id());
    bench
        .post(&again, ROOT, &json!({}))
        .await
        .says(400, &json!({ "message": "token already revoked" }));
}

#[tokio::test]
async fn foreign_tokens_are_for_administrators() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    bench.user("bob", "bob").await;
    let own = bench
        .get("/personal_access_tokens/self", "ann")
        .await
        .is(200);
    assert_eq!(own.body["last_used_at"], "2026-02-02T12:00:00.000Z");
    let path = format!("/personal_access_tokens/{}", own.id());
    bench.get(&path, "ann").await.is(200);
    bench.get(&path, ROOT).await.is(200);
    bench
        .get(&path, "bob")
        .await
        .says(401, &json!({ "message": "401 Unauthorized" }));
    bench
        .get("/personal_access_tokens/999", "bob")
        .await
        .is(401);
    bench.get("/personal_access_tokens/999", ROOT).await.is(404);
    bench
        .get("/personal_access_tokens/x", ROOT)
        .await
        .says(400, &json!({ "error": "token_id is invalid" }));
    let list = bench.get("/personal_access_tokens", "bob").await.is(200);
    assert_eq!(list.each("name"), ["bob"]);
    let foreign = format!("/personal_access_tokens?user_id={ann}");
    bench.get(&foreign, "bob").await.is(401);
    assert_eq!(bench.get(&foreign, ROOT).await.each("name"), ["ann"]);
    bench.delete(&path, ROOT).await.is(204);
    let active = bench
        .get("/personal_access_tokens?state=active", ROOT)
        .await;
    assert_eq!(active.each("name"), ["bob", "glpat-root"]);
    let create = format!("/users/{ann}/personal_access_tokens");
    let body = json!({ "name": "n", "scopes": ["api"] });
    bench.post(&create, "bob", &body).await.is(403);
    let wrong = [
        (
            json!({}),
            json!({ "error": "name is missing, scopes is missing" }),
        ),
        (
            json!({ "name": "n", "scopes": ["sudo"] }),
            json!({ "error": "scopes does not have a valid value" }),
        ),
        (
            json!({ "name": "n", "scopes": [] }),
            json!({ "message": { "scopes": ["can't be blank"] } }),
        ),
        (
            json!({ "name": "n", "scopes": "api", "expires_at": "2026-02-02" }),
            json!({ "message": { "expires_at": ["must be a date in the future"] } }),
        ),
        (
            json!({ "name": "n", "scopes": "api", "expires_at": "soon" }),
            json!({ "error": "expires_at is invalid" }),
        ),
    ];
    for (body, answer) in wrong {
        bench.post(&create, ROOT, &body).await.says(400, &answer);
    }
    bench
        .post("/users/999/personal_access_tokens", ROOT, &json!({}))
        .await
        .is(404);
}
