//! `/user` and `/users`.

use crate::testing::{Bench, ROOT};
use model::id::UserId;
use serde_json::json;

#[tokio::test]
async fn the_user_of_the_token_has_the_keys_that_clients_decode() {
    let bench = Bench::start().await;
    bench.user("ann", "ann").await;
    let root = bench.get("/user", ROOT).await.is(200);
    assert_eq!(root.body["is_admin"], true);
    assert_eq!(root.body["web_url"], "https://ties.example/root");
    let ann = bench.get("/user", "ann").await.is(200);
    assert_eq!(
        ann.body.as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "id",
            "username",
            "name",
            "state",
            "locked",
            "avatar_url",
            "web_url",
            "created_at",
            "bio",
            "location",
            "public_email",
            "website_url",
            "organization",
            "job_title",
            "pronouns",
            "bot",
            "work_information",
            "followers",
            "following",
            "last_sign_in_at",
            "confirmed_at",
            "last_activity_on",
            "email",
            "theme_id",
            "color_scheme_id",
            "projects_limit",
            "current_sign_in_at",
            "identities",
            "can_create_group",
            "can_create_project",
            "two_factor_enabled",
            "external",
            "private_profile",
            "commit_email"
        ]
    );
    assert_eq!(ann.body["created_at"], "2026-02-02T12:00:00.000Z");
}

#[tokio::test]
async fn administrators_make_users() {
    let bench = Bench::start().await;
    let body = json!({
        "username": "Ann", "name": "Ann A.", "email": "ann@ties.example",
        "password": "long enough", "admin": "false",
    });
    let made = bench.post("/users", ROOT, &body).await.is(201);
    assert_eq!(made.body["is_admin"], false);
    assert!(!made.text.contains("long enough") && !made.text.contains("pbkdf2"));
    let id = made.id();
    let remaining = bench
        .app
        .store
        .read(move |sql| store::identity::user(sql, UserId(id)));
    let hash = remaining.await.unwrap().unwrap().password_hash;
    let right = crate::password::verify(model::Secret::new("long enough"), hash);
    assert!(right.await.unwrap());
    let taken =
        |username: &str, email: &str| json!({ "username": username, "name": "n", "email": email });
    for (body, message) in [
        (taken("ann", "b@x"), "Username has already been taken"),
        (taken("ROOT", "b@x"), "Username has already been taken"),
        (
            taken("b", "ANN@ties.example"),
            "Email has already been taken",
        ),
    ] {
        let answer = bench.post("/users", ROOT, &body).await;
        answer.says(409, &json!({ "message": message }));
    }
    bench.group("crew", None).await;
    bench
        .post("/users", ROOT, &taken("crew", "b@x"))
        .await
        .is(409);
    bench.post("/users", ROOT, &json!({})).await.says(
        400,
        &json!({ "error": "email is missing, name is missing, username is missing" }),
    );
    let body = json!({ "username": "-x", "name": " ", "email": "x", "password": "short" });
    let answer = bench.post("/users", ROOT, &body).await.is(400);
    let fields = answer.body["message"].as_object().unwrap();
    assert_eq!(
        fields.keys().collect::<Vec<_>>(),
        ["email", "name", "username", "password"]
    );
    bench.user("bob", "bob").await;
    bench
        .post("/users", "bob", &json!({}))
        .await
        .says(403, &json!({ "message": "403 Forbidden" }));
}

#[tokio::test]
async fn users_are_found_by_name() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let list = bench.get("/users?username=ANN", "ann").await.is(200);
    assert_eq!(list.each("id"), [ann]);
    assert_eq!(
        list.body[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "id",
            "username",
            "public_email",
            "name",
            "state",
            "locked",
            "avatar_url",
            "web_url"
        ]
    );
    assert_eq!(
        bench
            .get("/users?search=adminis", "ann")
            .await
            .each("username"),
        ["root"]
    );
    assert_eq!(
        bench.get("/users", "ann").await.each("username"),
        ["ann", "root"]
    );
    let other = bench.get("/users/1", "ann").await.is(200);
    assert!(other.body.get("email").is_none());
    bench
        .get("/users/99", "ann")
        .await
        .says(404, &json!({ "message": "404 User Not Found" }));
    bench
        .get("/users/x", "ann")
        .await
        .says(400, &json!({ "error": "user_id is invalid" }));
}
