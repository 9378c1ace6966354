//! `/groups` and `/namespaces`.

use crate::testing::{Bench, ROOT};
use serde_json::json;

#[tokio::test]
async fn groups_nest() {
    let bench = Bench::start().await;
    let body =
        json!({ "name": "Crew", "path": "crew", "description": "we", "visibility": "internal" });
    let top = bench.post("/groups", ROOT, &body).await.is(201);
    assert_eq!(
        top.body.as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "id",
            "web_url",
            "name",
            "path",
            "description",
            "visibility",
            "full_name",
            "full_path",
            "created_at",
            "parent_id",
            "organization_id",
            "avatar_url",
            "request_access_enabled",
            "archived"
        ]
    );
    assert_eq!(top.body["web_url"], "https://ties.example/groups/crew");
    let body = json!({ "name": "Sub", "path": "sub", "parent_id": top.id().to_string() });
    let sub = bench.post("/groups", ROOT, &body).await.is(201);
    assert_eq!(sub.body["full_name"], "Crew / Sub");
    let deep = bench.group("deep", Some(sub.id())).await;
    let found = bench.get("/groups/Crew%2Fsub%2Fdeep", ROOT).await.is(200);
    assert_eq!(found.id(), deep);
    let path = format!("/groups/{}/subgroups", top.id());
    assert_eq!(bench.get(&path, ROOT).await.is(200).each("path"), ["sub"]);
    let top_only = bench.get("/groups?top_level_only=true", ROOT).await;
    assert_eq!(top_only.each("path"), ["crew"]);
    let renamed = json!({ "path": "team", "name": "Team" });
    let edit = format!("/groups/{}", sub.id());
    bench.put(&edit, ROOT, &renamed).await.is(200);
    let found = bench.get("/groups/crew%2Fteam%2Fdeep", ROOT).await.is(200);
    assert_eq!(found.body["full_name"], "Crew / Team / deep");
    bench.get("/groups/crew%2Fsub%2Fdeep", ROOT).await.is(404);
    let project = bench.project("p", deep).await;
    let inside = format!("/groups/{}/projects", top.id());
    assert_eq!(bench.get(&inside, ROOT).await.text, "[]");
    let inside = format!("{inside}?include_subgroups=true&simple=true");
    assert_eq!(bench.get(&inside, ROOT).await.each("id"), [project]);
    bench
        .delete("/groups/crew", ROOT)
        .await
        .says(202, &json!({ "message": "202 Accepted" }));
    bench
        .get(&format!("/projects/{project}"), ROOT)
        .await
        .is(404);
    bench
        .get(&edit, ROOT)
        .await
        .says(404, &json!({ "message": "404 Group Not Found" }));
}

#[tokio::test]
async fn bad_groups_are_told_what_is_wrong() {
    let bench = Bench::start().await;
    bench.group("crew", None).await;
    let paths = "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'";
    let cases = [
        (
            json!({}),
            json!({ "error": "name is missing, path is missing" }),
        ),
        (
            json!({ "name": "", "path": "x" }),
            json!({ "message": { "name": ["can't be blank"] } }),
        ),
        (
            json!({ "name": "x", "path": "a b" }),
            json!({ "message": { "path": [paths] } }),
        ),
        (
            json!({ "name": "x", "path": "api" }),
            json!({ "message": { "path": ["api is a reserved name"] } }),
        ),
        (
            json!({ "name": "x", "path": "CREW" }),
            json!({ "message": { "path": ["has already been taken"] } }),
        ),
        (
            json!({ "name": "x", "path": "root" }),
            json!({ "message": { "path": ["has already been taken"] } }),
        ),
        (
            json!({ "name": "x", "path": "x", "visibility": "secret" }),
            json!({ "error": "visibility does not have a valid value" }),
        ),
    ];
    for (body, answer) in cases {
        bench.post("/groups", ROOT, &body).await.says(400, &answer);
    }
    let body = json!({ "name": "x", "path": "x", "parent_id": 99 });
    bench
        .post("/groups", ROOT, &body)
        .await
        .says(404, &json!({ "message": "404 Group Not Found" }));
    let id = bench.get("/groups/crew", ROOT).await.id();
    let body = json!({ "name": "x", "path": "x", "parent_id": id, "visibility": "public" });
    let answer = bench.post("/groups", ROOT, &body).await.is(400);
    assert!(
        answer
            .text
            .contains("since the parent group has a private visibility")
    );
    // A personal namespace is no group.
    bench.get("/groups/root", ROOT).await.is(404);
}

#[tokio::test]
async fn namespaces_are_groups_and_personal_ones() {
    let bench = Bench::start().await;
    bench.user("ann", "ann").await;
    bench.group("crew", None).await;
    let all = bench.get("/namespaces", ROOT).await.is(200);
    assert_eq!(all.each("full_path"), ["ann", "crew", "root"]);
    assert_eq!(all.each("kind"), ["user", "group", "user"]);
    let own = bench.get("/namespaces", "ann").await.is(200);
    assert_eq!(own.each("full_path"), ["ann"]);
    let one = bench.get("/namespaces/ann", "ann").await.is(200);
    assert_eq!(one.body["web_url"], "https://ties.example/ann");
    bench
        .get("/namespaces/crew", "ann")
        .await
        .says(404, &json!({ "message": "404 Namespace Not Found" }));
}
