//! Integrations at three levels, over the API.

use crate::testing::{Answer, Bench, ROOT};
use serde_json::{Value, json};

const JIRA: &str = "integrations/jira";

fn jira(host: &str) -> Value {
    json!({ "url": format!("https://{host}"), "username": "bot", "password": format!("secret of {host}") })
}

/// A server with `top`, `top/sub` and the project `top/sub/shop`: the last two ids are theirs.
async fn tree() -> (Bench, [String; 4]) {
    let bench = Bench::start().await;
    let top = bench.group("top", None).await;
    let sub = bench.group("sub", Some(top)).await;
    let shop = bench.project("shop", sub).await;
    let paths = [
        format!("/api/crosstie/v1/{JIRA}"),
        format!("/groups/{top}/{JIRA}"),
        format!("/groups/{sub}/{JIRA}"),
        format!("/projects/{shop}/{JIRA}"),
    ];
    (bench, paths)
}

impl Bench {
    /// The host that an integration's path shows, and whether it is inherited.
    async fn host(&self, path: &str) -> (String, bool) {
        let shown = self.get(path, ROOT).await.is(200).body;
        let url = shown["properties"]["url"].as_str().unwrap_or_default();
        let inherited = shown["inherited"].as_bool().unwrap();
        (url.replace("https://", ""), inherited)
    }

    async fn set(&self, path: &str, host: &str) -> Answer {
        self.put(path, ROOT, &jira(host)).await.is(200)
    }
}

#[tokio::test]
async fn the_nearest_settings_hold_and_a_change_holds_at_once() {
    let (bench, [instance, top, sub, shop]) = tree().await;
    for path in [&instance, &top, &sub, &shop] {
        bench.get(path, ROOT).await.is(404);
        bench.delete(path, ROOT).await.is(404);
    }
    bench.set(&instance, "i.test").await;
    assert_eq!(bench.host(&instance).await, ("i.test".into(), false));
    for path in [&top, &sub, &shop] {
        assert_eq!(bench.host(path).await, ("i.test".into(), true));
    }
    bench.set(&top, "t.test").await;
    assert_eq!(bench.host(&shop).await, ("t.test".into(), true));
    bench.set(&top, "t2.test").await;
    assert_eq!(bench.host(&shop).await, ("t2.test".into(), true));
    bench.set(&shop, "p.test").await;
    bench.set(&sub, "s.test").await;
    assert_eq!(bench.host(&shop).await, ("p.test".into(), false));

    let inherit = json!({ "use_inherited_settings": true });
    let back = bench.put(&shop, ROOT, &inherit).await.is(200).body;
    assert_eq!(
        (&back["inherited"], &back["properties"]["url"]),
        (&json!(true), &json!("https://s.test"))
    );
    bench.put(&sub, ROOT, &inherit).await.is(200);
    assert_eq!(bench.host(&shop).await, ("t2.test".into(), true));

    bench.delete(&top, ROOT).await.is(204);
    let off = bench.get(&shop, ROOT).await.is(200).body;
    assert_eq!(
        (&off["active"], &off["inherited"]),
        (&json!(false), &json!(true))
    );
    let list = shop.trim_end_matches("/jira");
    assert_eq!(bench.get(list, ROOT).await.is(200).body, json!([]));
    bench.put(&top, ROOT, &inherit).await.is(200);
    let listed = bench.get(list, ROOT).await.is(200);
    assert_eq!(listed.each("slug"), ["jira"]);
    assert_eq!(listed.each("inherited"), [true]);
    assert_eq!(bench.host(&shop).await, ("i.test".into(), true));
}

#[tokio::test]
async fn only_what_is_set_up_above_can_be_inherited() {
    let (bench, [instance, top, _, shop]) = tree().await;
    let inherit = json!({ "use_inherited_settings": "1" });
    let none = json!({ "message": "Default integration not found." });
    bench.put(&shop, ROOT, &inherit).await.says(400, &none);
    bench.get(&shop, ROOT).await.is(404);
    bench.set(&shop, "p.test").await;
    bench.set(&instance, "i.test").await;
    bench.put(&instance, ROOT, &inherit).await.says(400, &none);
    assert_eq!(bench.host(&instance).await, ("i.test".into(), false));
    // The neighbour's settings are not above.
    bench.set(&top, "t.test").await;
    bench.delete(&top, ROOT).await.is(204);
    let answer = bench.put(&shop, ROOT, &inherit).await.is(200);
    assert_eq!(answer.body["active"], false, "an inactive one holds too");
}

#[tokio::test]
async fn what_is_inherited_becomes_ones_own_by_a_change_but_for_its_secrets() {
    let (bench, [_, top, _, shop]) = tree().await;
    let mut above = jira("t.test");
    above["jira_issue_prefix"] = json!("T:");
    above["commit_events"] = json!(false);
    bench.put(&top, ROOT, &above).await.is(200);
    let mut change = jira("t.test");
    change["password"] = json!("");
    let refused = bench.put(&shop, ROOT, &change).await.is(400);
    assert!(refused.text.contains("can't be blank"), "{}", refused.text);
    assert_eq!(bench.host(&shop).await, ("t.test".into(), true));
    let own = bench.set(&shop, "p.test").await.body;
    assert_eq!(
        [
            &own["inherited"],
            &own["properties"]["jira_issue_prefix"],
            &own["commit_events"]
        ],
        [&json!(false), &json!("T:"), &json!(false)]
    );
}

#[tokio::test]
async fn switching_off_what_is_inherited_switches_it_off_here_alone() {
    let (bench, [_, top, _, shop]) = tree().await;
    bench.set(&top, "t.test").await;
    bench.delete(&shop, ROOT).await.is(204);
    let off = bench.get(&shop, ROOT).await.is(200).body;
    assert_eq!(
        [&off["active"], &off["inherited"], &off["properties"]["url"]],
        [&json!(false), &json!(false), &json!(null)]
    );
    assert_eq!(bench.host(&top).await, ("t.test".into(), false));
    bench.delete(&shop, ROOT).await.is(204);
}

#[tokio::test]
async fn each_level_has_its_own_role_and_tells_strangers_nothing() {
    let (bench, [instance, top, _, shop]) = tree().await;
    let ada = bench.user("ada", "glpat-ada").await;
    let status = async |path: &str| {
        let get = bench.get(path, "glpat-ada").await.status;
        let put = bench.put(path, "glpat-ada", &json!({})).await.status;
        let delete = bench.delete(path, "glpat-ada").await.status;
        assert_eq!((get, put), (delete, delete), "{path}");
        get
    };
    assert_eq!(status(&instance).await, 403);
    assert_eq!(status(&top).await, 404);
    let members = top.replace(JIRA, "members");
    let member = |level: i64| json!({ "user_id": ada, "access_level": level });
    bench.post(&members, ROOT, &member(40)).await.is(201);
    assert_eq!(status(&top).await, 403, "Owners set groups up");
    assert_eq!(
        bench.get(&shop, "glpat-ada").await.status,
        404,
        "a Maintainer sees it is not set"
    );
    let ada = format!("{members}/{ada}");
    bench.put(&ada, ROOT, &member(50)).await.is(200);
    bench.put(&top, "glpat-ada", &jira("t.test")).await.is(200);
    bench
        .get(&top.replace("/jira", ""), "glpat-ada")
        .await
        .is(200);
    bench.get(&instance, "").await.is(401);
}

#[tokio::test]
async fn parameters_have_other_spellings_and_what_is_unknown_is_named() {
    let (bench, [_, _, _, shop]) = tree().await;
    let slack = shop.replace("jira", "slack");
    let body = json!({
        "webhook": "https://hooks.slack.test/x", "group_mentions_events": true, "incidents_events": "yes",
        "group_mentions_channel": "#mentions", "incidents_channel": "#fire", "chanel": "x", "active": false,
        "a\nb": 1, "use_inherited_settings": false,
    });
    let set = bench
        .put(&format!("{slack}?private_token={ROOT}"), ROOT, &body)
        .await
        .is(200);
    assert_eq!(
        set.header("x-crosstie-ignored-parameters"),
        "chanel, active, a?b"
    );
    assert_eq!(set.body["incident_events"], true);
    assert_eq!(set.body["properties"]["group_mention_channel"], "#mentions");
    assert_eq!(set.body["properties"]["incident_channel"], "#fire");
    let plain = bench
        .put(
            &slack,
            ROOT,
            &json!({"webhook": "https://hooks.slack.test/x"}),
        )
        .await;
    assert!(!plain.headers.contains_key("x-crosstie-ignored-parameters"));
    bench
        .put(&shop, ROOT, &json!({"username": "x"}))
        .await
        .says(
            400,
            &json!({ "error": "url is missing, password is missing" }),
        );
}

#[tokio::test]
async fn other_ways_to_write_the_path_lead_to_the_same() {
    let (bench, [_, _, _, shop]) = tree().await;
    for name in ["services", "integration"] {
        let other = shop.replace("integrations", name);
        bench.set(&other, name).await;
        assert_eq!(bench.host(&shop).await.0, name);
        bench.delete(&other, ROOT).await.is(204);
        let unknown = other.replace("jira", "jirra");
        let bad = json!({ "error": "slug does not have a valid value" });
        bench.get(&unknown, ROOT).await.says(400, &bad);
        bench.put(&unknown, ROOT, &json!({})).await.is(405);
        bench.delete(&unknown, ROOT).await.says(400, &bad);
    }
}

#[tokio::test]
async fn a_reset_may_depend_on_nothing_having_changed() {
    let (bench, [_, _, _, shop]) = tree().await;
    bench.set(&shop, "p.test").await;
    let delete = async |since: &str| {
        let request = http::Request::delete(format!("/api/v4{shop}"))
            .header("private-token", ROOT)
            .header("if-unmodified-since", since);
        let answer = bench.send(request.body(axum::body::Body::empty()).unwrap());
        answer.await.status
    };
    assert_eq!(delete("Mon, 02 Feb 2026 11:59:59 GMT").await, 412);
    assert_eq!(delete("Mon, 02 Feb 2026 12:00:00 GMT").await, 204);
}

#[tokio::test]
async fn each_value_is_told_with_the_level_it_comes_from_and_no_secret() {
    let (bench, [instance, top, _, shop]) = tree().await;
    let effective = format!("/api/crosstie/v1{shop}/effective");
    bench.get(&effective, ROOT).await.is(404);
    bench.set(&instance, "i.test").await;
    let shown = bench.get(&effective, ROOT).await.is(200);
    assert_eq!(
        shown.body["properties"]["url"],
        json!({ "value": "https://i.test", "level": "instance" })
    );
    bench.set(&top, "t.test").await;
    let shown = bench.get(&effective, ROOT).await.is(200);
    assert!(!shown.text.contains("secret of"), "{}", shown.text);
    let body = &shown.body;
    assert_eq!(
        [&body["level"], &body["full_path"], &body["inherited"]],
        [&json!("group"), &json!("top"), &json!(true)]
    );
    assert_eq!(
        body["properties"]["password"],
        json!({ "set": true, "level": "group", "full_path": "top" })
    );
    assert_eq!(
        body["properties"]["project_keys"],
        json!({ "value": [], "level": "default" })
    );
    assert_eq!(
        body["events"]["commit_events"],
        json!({ "value": true, "level": "default" })
    );
    bench.set(&shop, "p.test").await;
    let shown = bench.get(&effective, ROOT).await.is(200).body;
    assert_eq!(
        shown["properties"]["password"],
        json!({ "set": true, "level": "project" })
    );
    let group = format!("/api/crosstie/v1{top}/effective");
    assert_eq!(
        bench.get(&group, ROOT).await.is(200).body["inherited"],
        false
    );
    bench.get(&group.replace("jira", "no"), ROOT).await.is(400);
}

#[tokio::test]
async fn who_has_settings_of_its_own_is_listed_in_pages() {
    let (bench, [instance, top, sub, shop]) = tree().await;
    let (all, below) = (
        format!("{instance}/overrides"),
        format!("/api/crosstie/v1{top}/overrides"),
    );
    for path in [&top, &sub, &shop] {
        bench.set(path, "x.test").await;
    }
    let listed = bench.get(&all, ROOT).await.is(200);
    assert_eq!(listed.each("full_path"), ["top", "top/sub", "top/sub/shop"]);
    assert_eq!(listed.each("type"), ["group", "group", "project"]);
    assert_eq!(listed.body[2]["full_name"], "top / sub / shop");
    let page = bench
        .get(&format!("{below}?per_page=1"), ROOT)
        .await
        .is(200);
    assert_eq!(page.each("full_path"), ["top/sub"]);
    assert_eq!(page.header("x-total"), "2");
    bench
        .put(&sub, ROOT, &json!({ "use_inherited_settings": true }))
        .await
        .is(200);
    assert_eq!(
        bench.get(&below, ROOT).await.each("full_path"),
        ["top/sub/shop"]
    );
    bench.user("ada", "glpat-ada").await;
    bench.get(&all, "glpat-ada").await.is(403);
    bench.get(&below, "glpat-ada").await.is(404);
}
