//! `/projects` and their protected branches.

use crate::testing::{Bench, ROOT};
use serde_json::json;

#[tokio::test]
async fn projects_are_made_found_edited_and_deleted() {
    let bench = Bench::start().await;
    let crew = bench.group("crew", None).await;
    let body = json!({ "name": "My App", "namespace_id": crew, "description": "it" });
    let made = bench.post("/projects", ROOT, &body).await.is(201);
    assert_eq!(
        made.body
            .as_object()
            .unwrap()
            .keys()
            .take(25)
            .collect::<Vec<_>>(),
        [
            "id",
            "description",
            "name",
            "name_with_namespace",
            "path",
            "path_with_namespace",
            "created_at",
            "default_branch",
            "tag_list",
            "topics",
            "ssh_url_to_repo",
            "http_url_to_repo",
            "web_url",
            "readme_url",
            "forks_count",
            "avatar_url",
            "star_count",
            "last_activity_at",
            "namespace",
            "visibility",
            "archived",
            "empty_repo",
            "creator_id",
            "issues_enabled",
            "merge_requests_enabled"
        ]
    );
    assert_eq!(made.body["path_with_namespace"], "crew/my-app");
    assert_eq!(made.body["name_with_namespace"], "crew / My App");
    assert_eq!(made.body["default_branch"], "main");
    assert_eq!(made.body["web_url"], "https://ties.example/crew/my-app");
    assert_eq!(made.body["namespace"]["kind"], "group");
    let by_path = bench.get("/projects/Crew%2FMy-App", ROOT).await.is(200);
    assert_eq!(by_path.body, made.body);
    let path = format!("/projects/{}", made.id());
    let changes =
        json!({ "name": "App", "path": "app", "description": null, "default_branch": "trunk" });
    let edited = bench.put(&path, ROOT, &changes).await.is(200);
    assert_eq!(edited.body["path_with_namespace"], "crew/app");
    assert_eq!(edited.body["description"], json!(null));
    assert_eq!(edited.body["default_branch"], "trunk");
    bench
        .put(&path, ROOT, &json!({ "path": "APP" }))
        .await
        .is(200);
    bench
        .post(&format!("{path}/archive"), ROOT, &json!({}))
        .await
        .is(201);
    let list = bench.get("/projects?archived=true", ROOT).await;
    assert_eq!(list.each("archived"), [true]);
    bench
        .delete(&path, ROOT)
        .await
        .says(202, &json!({ "message": "202 Accepted" }));
    bench
        .get(&path, ROOT)
        .await
        .says(404, &json!({ "message": "404 Project Not Found" }));
}

#[tokio::test]
async fn a_project_without_a_namespace_is_personal() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let made = bench
        .post("/projects", "ann", &json!({ "path": "dots" }))
        .await
        .is(201);
    assert_eq!(made.body["path_with_namespace"], "ann/dots");
    assert_eq!(
        made.body["namespace"]["web_url"],
        "https://ties.example/ann"
    );
    let members = bench
        .get("/projects/ann%2Fdots/members", "ann")
        .await
        .is(200);
    assert_eq!(members.each("access_level"), [50]);
    // It never is without its owner.
    let own = format!("/projects/ann%2Fdots/members/{ann}");
    bench.delete(&own, "ann").await.is(403);
    bench.delete("/projects/ann%2Fdots", "ann").await.is(202);
}

#[tokio::test]
async fn bad_projects_are_told_what_is_wrong() {
    let bench = Bench::start().await;
    let crew = bench.group("crew", None).await;
    bench.project("app", crew).await;
    let cases = [
        (
            json!({}),
            400,
            json!({ "error": "name, path are missing, at least one parameter must be provided" }),
        ),
        (
            json!({ "name": "app", "namespace_id": crew }),
            400,
            json!({ "message": { "name": ["has already been taken"], "path": ["has already been taken"] } }),
        ),
        (
            json!({ "name": "other", "path": "APP", "namespace_id": crew }),
            400,
            json!({ "message": { "path": ["has already been taken"] } }),
        ),
        (
            json!({ "name": "x", "visibility": "public", "namespace_id": crew }),
            400,
            json!({ "message": { "visibility_level": ["public is not allowed in a private group."] } }),
        ),
        (
            json!({ "name": "x", "default_branch": "a b" }),
            400,
            json!({ "message": { "default_branch": ["is not the name of a branch"] } }),
        ),
        (
            json!({ "name": "!!!" }),
            400,
            json!({ "message": { "path": ["can't be blank"] } }),
        ),
        (
            json!({ "name": "x", "namespace_id": "x" }),
            400,
            json!({ "error": "namespace_id is invalid" }),
        ),
        (
            json!({ "name": "x", "namespace_id": 99 }),
            404,
            json!({ "message": "404 Namespace Not Found" }),
        ),
    ];
    for (body, status, answer) in cases {
        bench
            .post("/projects", ROOT, &body)
            .await
            .says(status, &answer);
    }
}

#[tokio::test]
async fn lists_are_filtered_and_ordered() {
    let bench = Bench::start().await;
    let crew = bench.group("crew", None).await;
    for path in ["b", "a", "c"] {
        bench.project(path, crew).await;
    }
    bench.user("ann", "ann").await;
    bench
        .post(
            "/projects",
            "ann",
            &json!({ "path": "own", "visibility": "internal" }),
        )
        .await
        .is(201);
    for (query, token, paths) in [
        ("order_by=path&sort=asc", ROOT, vec!["a", "b", "c", "own"]),
        ("order_by=id", ROOT, vec!["own", "c", "a", "b"]),
        ("search=OW", ROOT, vec!["own"]),
        ("visibility=internal", ROOT, vec!["own"]),
        (
            "membership=true&order_by=id&sort=asc",
            ROOT,
            vec!["b", "a", "c"],
        ),
        ("owned=yes", "ann", vec!["own"]),
        ("", "ann", vec!["own"]),
        ("min_access_level=40", "ann", vec!["own"]),
        ("archived=1", ROOT, vec![]),
        ("id_after=3&order_by=id&sort=asc", ROOT, vec!["own"]),
    ] {
        let answer = bench
            .get(&format!("/projects?{query}"), token)
            .await
            .is(200);
        assert_eq!(answer.each("path"), paths, "{query}");
    }
    let simple = bench.get("/projects?simple=true", ROOT).await;
    assert!(simple.body[0].get("archived").is_none());
    bench
        .get("/projects?order_by=luck&min_access_level=41", ROOT)
        .await
        .says(
            400,
            &json!({ "error": "min_access_level does not have a valid value, order_by does not have a valid value" }),
        );
}

#[tokio::test]
async fn branches_are_protected_by_name_and_pattern() {
    let bench = Bench::start().await;
    let crew = bench.group("crew", None).await;
    bench.project("app", crew).await;
    let all = "/projects/crew%2Fapp/protected_branches";
    let body = json!({ "name": "release/*", "push_access_level": 0, "merge_access_level": "30" });
    let made = bench.post(all, ROOT, &body).await.is(201);
    let level = |id: i64, level: i64, text: &str| {
        json!([{
            "id": id, "access_level": level, "access_level_description": text,
            "user_id": null, "group_id": null,
        }])
    };
    let id = made.id();
    assert_eq!(
        made.body,
        json!({
            "id": id,
            "name": "release/*",
            "push_access_levels": level(id, 0, "No one"),
            "merge_access_levels": level(id, 30, "Developers + Maintainers"),
            "unprotect_access_levels": [],
            "allow_force_push": false,
            "code_owner_approval_required": false,
        })
    );
    bench
        .post(all, ROOT, &json!({ "name": "main" }))
        .await
        .is(201);
    bench
        .post(all, ROOT, &json!({ "name": "main" }))
        .await
        .says(
            409,
            &json!({ "message": "Protected branch 'main' already exists" }),
        );
    bench
        .post(all, ROOT, &json!({}))
        .await
        .says(400, &json!({ "error": "name is missing" }));
    bench
        .post(all, ROOT, &json!({ "name": "x", "push_access_level": 20 }))
        .await
        .says(
            400,
            &json!({ "error": "push_access_level does not have a valid value" }),
        );
    assert_eq!(
        bench.get(all, ROOT).await.is(200).each("name"),
        ["release/*", "main"]
    );
    let one = format!("{all}/release%2F%2A");
    let forced = bench
        .patch(&one, ROOT, &json!({ "allow_force_push": true }))
        .await
        .is(200);
    assert_eq!(forced.body["allow_force_push"], true);
    assert_eq!(forced.body["merge_access_levels"][0]["access_level"], 30);
    assert_eq!(bench.get(&one, ROOT).await.is(200).body, forced.body);
    let path = "/api/crosstie/v1/audit_events?action=protected_branch.changed";
    let shown = bench.get(path, ROOT).await.is(200).body;
    let change = &shown[0]["changes"][0];
    assert_eq!(change["old"]["allow_force_push"], false);
    assert_eq!(change["new"]["allow_force_push"], true);
    bench.delete(&one, ROOT).await.is(204);
    for answer in [bench.get(&one, ROOT).await, bench.delete(&one, ROOT).await] {
        answer.says(404, &json!({ "message": "404 Not found" }));
    }
}
