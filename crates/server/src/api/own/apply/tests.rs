use crate::testing::{Bench, ROOT};
use serde_json::{Value, json};

const APPLY: &str = "/api/crosstie/v1/apply";

/// The places and messages of all that is wrong.
async fn refused(bench: &Bench, settings: Value) -> Vec<String> {
    let body = json!({ "settings": settings });
    let answer = bench.post(APPLY, ROOT, &body).await.is(400);
    let errors = answer.body["errors"].as_array().unwrap().clone();
    let shown = errors.iter().map(|error| {
        let path = error["path"].as_array().unwrap().iter();
        let path: Vec<_> = path.map(|key| key.as_str().unwrap()).collect();
        format!("{}: {}", path.join(">"), error["message"].as_str().unwrap())
    });
    shown.collect()
}

#[tokio::test]
async fn what_cannot_be_is_told_with_its_place() {
    let bench = Bench::start().await;
    let group = bench.group("g", None).await;
    bench.project("p", group).await;
    let of_project = |value: Value| json!({"projects": {"g/p": value}});
    let jira = |value: Value| json!({"instance": {"integrations": {"jira": value}}});
    for (settings, wanted) in [
        (
            json!({"users": {}}),
            "users: is unknown: there are instance, groups and projects",
        ),
        (
            json!({"groups": []}),
            "groups: must have names with values below it",
        ),
        (
            json!({"groups": {"root": {}}}),
            "groups>root: there is no such group",
        ),
        (
            json!({"projects": {"g": {}}}),
            "projects>g: there is no such project",
        ),
        (
            json!({"groups": {"g": {}, "G": {}}}),
            "groups>G: names a group a second time",
        ),
        (
            json!({"groups": {"g": {"source": {}}}}),
            "groups>g>source: is unknown: there is integrations",
        ),
        (
            of_project(json!({"source": {}})),
            "projects>g/p>source: kind is missing",
        ),
        (
            of_project(json!({"source": {"kind": "svn"}})),
            "projects>g/p>source>kind: must be one of gitlab, ",
        ),
        (
            of_project(json!({"source": {"kind": "git", "web_url": "x"}})),
            "projects>g/p>source>web_url: must be an http",
        ),
        (
            of_project(json!({"source": {"kind": "git", "sicret": "x"}})),
            "projects>g/p>source>sicret: is unknown",
        ),
        (
            of_project(json!({"source": {"kind": "git", "secret": "env:X"}})),
            "projects>g/p>source>secret: is a reference",
        ),
        (
            of_project(json!({"integrations": {"jira": {"inherit": true}}})),
            "projects>g/p>integrations>jira: has nothing above it",
        ),
        (
            jira(json!({"inherit": true})),
            "instance>integrations>jira: has nothing above it",
        ),
        (
            of_project(
                json!({"integrations": {"jira": {"inherit": true, "url": "https://j.test"}}}),
            ),
            "projects>g/p>integrations>jira: says inherit, and so",
        ),
        (
            jira(json!({"jira_auth_type": 7})),
            "instance>integrations>jira>jira_auth_type: must be one of 0, 1",
        ),
        (
            jira(json!({"active": "so so"})),
            "instance>integrations>jira>active: must be true or false",
        ),
    ] {
        let shown = refused(&bench, settings.clone()).await;
        assert!(shown[0].starts_with(wanted), "{settings}: {shown:?}");
    }
    bench.post(APPLY, ROOT, &json!({})).await.is(400);
}

#[tokio::test]
async fn a_level_of_the_same_document_can_be_inherited_from_until_it_is_removed() {
    let bench = Bench::start().await;
    let group = bench.group("g", None).await;
    bench.project("p", group).await;
    let inherit = json!({"integrations": {"slack": {"inherit": true}}});
    let own = json!({"integrations": {"slack": {"webhook": "https://hooks.test/x"}}});
    let both = json!({"settings": {"projects": {"g/p": inherit}, "groups": {"g": own}}});
    let done = bench.post(APPLY, ROOT, &both).await.is(200);
    assert_eq!(done.body["changes"][0]["level"], "group");
    assert_eq!(done.body["changes"][1]["fields"][0]["name"], "inherit");
    let none = json!({"integrations": {}});
    let gone =
        json!({"prune": true, "settings": {"groups": {"g": none}, "projects": {"g/p": inherit}}});
    let refused = bench.post(APPLY, ROOT, &gone).await.is(400);
    assert_eq!(refused.body["errors"][0]["path"][1], "g/p");
    let gone =
        json!({"prune": true, "settings": {"groups": {"g": none}, "projects": {"g/p": none}}});
    let done = bench.post(APPLY, ROOT, &gone).await.is(200);
    let changes = done.body["changes"].as_array().unwrap();
    assert!(changes.len() == 2 && changes.iter().all(|change| change["action"] == "remove"));
    let export = bench.get("/api/crosstie/v1/export", ROOT).await;
    export.says(200, &json!({}));
}

#[tokio::test]
async fn names_of_references_are_unique() {
    let bench = Bench::start().await;
    let group = bench.group("g", None).await;
    bench.project("a-b", group).await;
    bench.project("a_b", group).await;
    let source = json!({"source": {"kind": "git", "secret": "s"}});
    let settings = json!({"settings": {"projects": {"g/a-b": source, "g/a_b": source}}});
    bench.post(APPLY, ROOT, &settings).await.is(200);
    let export = bench.get("/api/crosstie/v1/export", ROOT).await.is(200);
    let projects = &export.body["projects"];
    assert_eq!(
        projects["g/a-b"]["source"]["secret"],
        "env:CROSSTIE_G_A_B_SOURCE_SECRET"
    );
    assert_eq!(
        projects["g/a_b"]["source"]["secret"],
        "env:CROSSTIE_G_A_B_SOURCE_SECRET_2"
    );
}
