//! What only integrations with limits of their own show, on some that are made up.

use super::*;
use crate::testing::{Bench, ROOT};
use catalogue::Levels;
use model::id::{ProjectId, SettingsId};
use serde_json::Map;
use serde_json::json;
use store::settings::{self, Level, SettingsRow};

static PROJECTS_ALONE: Integration = Integration {
    slug: "alone",
    title: "Alone",
    levels: Levels::Project,
    ..Integration::DEFAULT
};

static BY_HAND: Integration = Integration {
    slug: "by-hand",
    title: "By Hand",
    not_by_api: Some("install the app"),
    stays_on: true,
    ..Integration::DEFAULT
};

static SPELLED: Integration = Integration {
    slug: "two-words",
    other_slugs: &["two_words"],
    for_development: true,
    ..Integration::DEFAULT
};

async fn bench(integration: &'static Integration) -> (Bench, String) {
    let bench = Bench::start().await;
    let group = bench.group("g", None).await;
    bench.project("p", group).await;
    let routes = [
        ("/projects/{id}", LevelKind::Project),
        ("/groups/{id}", LevelKind::Group),
        ("/instance", LevelKind::Instance),
    ]
    .into_iter()
    .flat_map(|(owner, kind)| of_one(&format!("/api/v4{owner}/x"), kind, integration));
    let routes = routes.collect();
    (bench.with_routes(routes), format!("/groups/{group}/x"))
}

#[tokio::test]
async fn what_belongs_to_projects_alone_is_not_available_above() {
    let (bench, group) = bench(&PROJECTS_ALONE).await;
    let wanted = json!({ "message": "400 Integration not available" });
    for path in [&group, "/instance/x"] {
        bench.get(path, ROOT).await.says(400, &wanted);
        bench.put(path, ROOT, &json!({})).await.says(400, &wanted);
        bench.delete(path, ROOT).await.says(400, &wanted);
    }
    bench
        .put("/projects/g%2Fp/x", ROOT, &json!({}))
        .await
        .is(200);
}

#[tokio::test]
async fn what_is_set_up_by_hand_is_neither_made_nor_switched_on_or_off() {
    let (bench, _) = bench(&BY_HAND).await;
    let path = "/projects/g%2Fp/x";
    let refused = bench.put(path, ROOT, &json!({})).await.is(422);
    assert_eq!(
        refused.body["message"],
        "You cannot create the By Hand integration from the API: install the app"
    );
    bench.delete(path, ROOT).await.is(404);
    let at = bench.app.clock.now();
    let row = SettingsRow {
        id: SettingsId(0),
        level: Level::Project(ProjectId(1)),
        slug: BY_HAND.slug.into(),
        inherits: false,
        active: false,
        triggers: Map::new(),
        fields: Map::new(),
        secrets: None,
        tool_state: Map::new(),
        created_at: at,
        updated_at: at,
    };
    let installed = bench.app.store.write(move |sql| settings::put(sql, &row));
    installed.await.unwrap();
    let set = bench.put(path, ROOT, &json!({})).await.is(200);
    assert_eq!(set.body["active"], false, "it is not activated");
    let refused = bench.delete(path, ROOT).await.is(422);
    assert_eq!(
        refused.body["message"],
        "You cannot disable the By Hand integration from the API"
    );
}

#[test]
fn every_spelling_has_routes_and_one_is_described() {
    let routes = of_all("/projects/{id}/integrations", LevelKind::Project, &SPELLED);
    let shown: Vec<_> = routes
        .map(|route| (route.path.clone(), route.alias, route.for_development))
        .collect();
    let path = |slug: &str| format!("/projects/{{id}}/integrations/{slug}");
    for (slug, alias) in [("two-words", false), ("two_words", true)] {
        let count = shown
            .iter()
            .filter(|route| **route == (path(slug), alias, true));
        assert_eq!(count.count(), 3, "{slug}: {shown:?}");
    }
}

#[tokio::test]
async fn what_is_for_development_is_not_there_in_production() {
    for (development, there) in [(false, false), (true, true)] {
        let bench = Bench::start_as(development).await;
        assert_eq!(bench.app.engine.offers(&SPELLED), there);
        assert!(bench.app.engine.offers(&PROJECTS_ALONE));
    }
}
