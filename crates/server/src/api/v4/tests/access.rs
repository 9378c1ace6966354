//! The order of checks: 401, 404, 403, 400.

use crate::testing::{Bench, ROOT};
use serde_json::json;

#[tokio::test]
async fn private_things_are_absent_to_strangers_and_forbidden_to_guests() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let crew = bench.group("crew", None).await;
    let app = bench.project("app", crew).await;
    let absent = json!({ "message": "404 Project Not Found" });
    // A body that would be refused is never looked at before the permission.
    let bad = json!({ "visibility": "secret", "name": "" });
    for path in [
        "/projects/crew%2Fapp".to_owned(),
        format!("/projects/{app}"),
    ] {
        bench.put(&path, "nobody", &bad).await.is(401);
        bench.put(&path, "ann", &bad).await.says(404, &absent);
        bench.get(&path, "ann").await.says(404, &absent);
        bench.delete(&path, "ann").await.says(404, &absent);
    }
    bench
        .get("/projects/99999999999999999999", ROOT)
        .await
        .says(404, &absent);
    bench
        .get("/groups/crew", "ann")
        .await
        .says(404, &json!({ "message": "404 Group Not Found" }));
    let body = json!({ "path": "x", "namespace_id": crew });
    bench
        .post("/projects", "ann", &body)
        .await
        .says(404, &json!({ "message": "404 Namespace Not Found" }));
    let member = json!({ "user_id": ann, "access_level": 10 });
    bench
        .post("/projects/crew%2Fapp/members", ROOT, &member)
        .await
        .is(201);
    let path = "/projects/crew%2Fapp";
    bench.get(path, "ann").await.is(200);
    bench
        .put(path, "ann", &bad)
        .await
        .says(403, &json!({ "message": "403 Forbidden" }));
    bench.delete(path, "ann").await.is(403);
    bench
        .get(&format!("{path}/protected_branches"), "ann")
        .await
        .is(403);
    bench.get("/groups/crew", "ann").await.is(404);
    let raised = json!({ "access_level": 40 });
    bench
        .put(&format!("{path}/members/{ann}"), ROOT, &raised)
        .await
        .is(200);
    bench.put(path, "ann", &bad).await.says(
        400,
        &json!({ "error": "visibility does not have a valid value" }),
    );
    bench.delete(path, "ann").await.is(403);
}

#[tokio::test]
async fn internal_and_public_things_are_read_by_all_and_changed_by_few() {
    let bench = Bench::start().await;
    bench.user("ann", "ann").await;
    for visibility in ["internal", "public"] {
        let open = format!("{visibility}-crew");
        let body = json!({ "name": open, "path": open, "visibility": visibility });
        let group = bench.post("/groups", ROOT, &body).await.is(201).id();
        let body = json!({ "path": "app", "namespace_id": group, "visibility": visibility });
        bench.post("/projects", ROOT, &body).await.is(201);
        let path = format!("/projects/{open}%2Fapp");
        bench.get(&path, "ann").await.is(200);
        bench.get(&format!("{path}/members"), "ann").await.is(200);
        bench.put(&path, "ann", &json!({})).await.is(403);
        bench.get(&format!("/groups/{open}"), "ann").await.is(200);
        bench
            .delete(&format!("/groups/{open}"), "ann")
            .await
            .is(403);
        let body = json!({ "path": "x", "namespace_id": group });
        bench.post("/projects", "ann", &body).await.is(403);
        let body = json!({ "path": "x", "name": "x", "parent_id": group });
        bench.post("/groups", "ann", &body).await.is(403);
    }
}

#[tokio::test]
async fn a_membership_ends_on_its_day() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let crew = bench.group("crew", None).await;
    bench.project("app", crew).await;
    let member = json!({ "user_id": ann, "access_level": 30, "expires_at": "2026-02-04" });
    bench
        .post("/groups/crew/members", ROOT, &member)
        .await
        .is(201);
    bench.clock.pass_days(1);
    bench.get("/projects/crew%2Fapp", "ann").await.is(200);
    bench.clock.pass_days(1);
    bench.get("/projects/crew%2Fapp", "ann").await.is(404);
    assert_eq!(bench.get("/projects", "ann").await.text, "[]");
    // A new one takes its place.
    let member = json!({ "user_id": ann, "access_level": 30 });
    bench
        .post("/groups/crew/members", ROOT, &member)
        .await
        .is(201);
    bench.get("/projects/crew%2Fapp", "ann").await.is(200);
}
