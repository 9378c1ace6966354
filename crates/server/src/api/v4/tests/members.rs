//! Members of groups and projects.

use crate::testing::{Bench, ROOT};
use serde_json::json;

#[tokio::test]
async fn members_are_added_changed_and_removed() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let crew = bench.group("crew", None).await;
    bench.project("app", crew).await;
    for base in ["/projects/crew%2Fapp/members", "/groups/crew/members"] {
        let body = json!({ "user_id": ann, "access_level": 30, "expires_at": "2026-03-01" });
        let made = bench.post(base, ROOT, &body).await.is(201);
        assert_eq!(
            made.body.as_object().unwrap().keys().collect::<Vec<_>>(),
            [
                "id",
                "username",
                "public_email",
                "name",
                "state",
                "locked",
                "avatar_url",
                "web_url",
                "access_level",
                "created_at",
                "expires_at",
                "membership_state"
            ]
        );
        assert_eq!(made.id(), ann);
        bench
            .post(base, ROOT, &body)
            .await
            .says(409, &json!({ "message": "Member already exists" }));
        let one = format!("{base}/{ann}");
        let edited = bench
            .put(&one, ROOT, &json!({ "access_level": 40 }))
            .await
            .is(200);
        assert_eq!(edited.body["access_level"], 40);
        assert_eq!(edited.body["expires_at"], "2026-03-01");
        let cleared = json!({ "access_level": 40, "expires_at": "" });
        let cleared = bench.put(&one, ROOT, &cleared).await.is(200);
        assert_eq!(cleared.body["expires_at"], json!(null));
        assert_eq!(bench.get(&one, ROOT).await.is(200).body, cleared.body);
        bench.delete(&one, ROOT).await.is(204);
        for answer in [
            bench.get(&one, ROOT).await,
            bench.delete(&one, ROOT).await,
            bench.put(&one, ROOT, &json!({ "access_level": 40 })).await,
        ] {
            answer.says(404, &json!({ "message": "404 Not found" }));
        }
        let wrong = [
            (
                json!({}),
                400,
                json!({ "error": "user_id is missing, access_level is missing" }),
            ),
            (
                json!({ "user_id": ann, "access_level": 41 }),
                400,
                json!({ "error": "access_level does not have a valid value" }),
            ),
            (
                json!({ "user_id": 99, "access_level": 30 }),
                404,
                json!({ "message": "404 User Not Found" }),
            ),
            (
                json!({ "user_id": ann, "access_level": 30, "expires_at": "2026-02-01" }),
                400,
                json!({ "message": { "expires_at": ["cannot be a date in the past"] } }),
            ),
        ];
        for (body, status, answer) in wrong {
            bench.post(base, ROOT, &body).await.says(status, &answer);
        }
    }
}

#[tokio::test]
async fn memberships_are_inherited() {
    let bench = Bench::start().await;
    let ann = bench.user("ann", "ann").await;
    let crew = bench.group("crew", None).await;
    let sub = bench.group("sub", Some(crew)).await;
    bench.project("app", sub).await;
    let body = json!({ "user_id": ann, "access_level": 40 });
    bench
        .post("/groups/crew/members", ROOT, &body)
        .await
        .is(201);
    let base = "/projects/crew%2Fsub%2Fapp/members";
    assert_eq!(bench.get(base, "ann").await.is(200).text, "[]");
    let all = bench
        .get(&format!("{base}/all?query=an"), "ann")
        .await
        .is(200);
    assert_eq!(all.each("access_level"), [40]);
    let one = bench.get(&format!("{base}/all/{ann}"), "ann").await.is(200);
    assert_eq!(one.body["access_level"], 40);
    bench.get(&format!("{base}/{ann}"), "ann").await.is(404);
    let below = json!({ "user_id": ann, "access_level": 30 });
    let answer = bench.post(base, ROOT, &below).await.is(400);
    assert!(
        answer.body["message"]["access_level"][0]
            .as_str()
            .unwrap()
            .contains("40")
    );
    let above = json!({ "user_id": ann, "access_level": 50 });
    bench.post(base, ROOT, &above).await.is(201);
    let all = bench.get(&format!("{base}/all"), "ann").await;
    assert_eq!(all.each("access_level"), [50, 50]);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have_and_the_last_owner_stays() {
    let bench = Bench::start().await;
    let (ann, bob) = (
        bench.user("ann", "ann").await,
        bench.user("bob", "bob").await,
    );
    let crew = bench.group("crew", None).await;
    bench.project("app", crew).await;
    let base = "/projects/crew%2Fapp/members";
    let member = |user: i64, level: i64| json!({ "user_id": user, "access_level": level });
    bench.post(base, ROOT, &member(ann, 40)).await.is(201);
    bench.post(base, "ann", &member(bob, 50)).await.is(403);
    bench.post(base, "ann", &member(bob, 30)).await.is(201);
    bench.post(base, "bob", &member(1, 10)).await.is(403);
    bench
        .put(
            &format!("{base}/{bob}"),
            "ann",
            &json!({ "access_level": 50 }),
        )
        .await
        .is(403);
    bench.delete(&format!("{base}/{ann}"), "bob").await.is(403);
    bench.delete(&format!("{base}/{bob}"), "bob").await.is(204);
    let owner = "/groups/crew/members/1";
    bench.delete(owner, ROOT).await.is(403);
    bench
        .put(owner, ROOT, &json!({ "access_level": 30 }))
        .await
        .is(403);
    bench
        .post("/groups/crew/members", ROOT, &member(ann, 50))
        .await
        .is(201);
    bench.delete(owner, "ann").await.is(204);
}
