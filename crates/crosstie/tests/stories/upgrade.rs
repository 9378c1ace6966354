//! An older data folder starts with this version and loses nothing.

use crate::harness::{Server, push, sha};
use sandbox::jenkins::Jenkins;
use serde_json::json;
use std::path::Path;

/// What sealed the secrets of the older database.
const SECRET_KEY: &str = "the-key-of-an-older-data-folder-0000000";
const JENKINS_PASSWORD: &str = "story-jenkins-password";

/// Writes the data folder of the version before the deliveries had leases of their own.
fn restore(data: &Path, tool: &str) {
    let database = rusqlite::Connection::open(data.join("crosstie.db")).unwrap();
    let now: i64 = database
        .query_row("SELECT unixepoch() * 1000", [], |row| row.get(0))
        .unwrap();
    let script = include_str!("upgrade/schema_1.sql")
        .replace("{tool}", tool)
        // Half an hour ago or less, so that nothing is old enough to be pruned.
        .replace("{time}", &(now / 1_000_000 - 1).to_string())
        .replace("{lease_end}", &(now + 3_600_000).to_string());
    database.execute_batch(&script).unwrap();
    std::fs::write(data.join("secret_key"), SECRET_KEY).unwrap();
}

#[tokio::test]
async fn an_older_data_folder_starts_and_keeps_everything() {
    let jenkins = Jenkins::new("ada", JENKINS_PASSWORD);
    jenkins.add_job("tools/shop");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tool = format!("http://{}", listener.local_addr().unwrap());
    let serving = jenkins.clone();
    tokio::spawn(async move { sandbox::jenkins::serve(&serving, listener).await });
    let data = tempfile::tempdir().unwrap();
    restore(data.path(), &tool);
    let server = Server::start_on(data);

    // What waited for a retry and what a killed server had claimed are both delivered, though the
    // claim's lease would last for another hour.
    let deliveries = server.settled(1, 8).await;
    let ended: Vec<_> = deliveries
        .iter()
        .rev()
        .map(|row| {
            (
                row["integration"].as_str().unwrap(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect();
    let (done, skipped) = (("jenkins", "delivered"), ("slack", "skipped"));
    assert_eq!(
        ended,
        [
            done,
            skipped,
            ("jenkins", "skipped"),
            skipped,
            done,
            skipped,
            done,
            skipped
        ]
    );
    // Only the right password, opened with the old key, starts a build.
    let shas: Vec<_> = jenkins
        .builds("tools/shop")
        .into_iter()
        .map(|build| build.sha)
        .collect();
    assert_eq!(shas.len(), 2, "{shas:?}");
    assert!(shas.contains(&format!("{:040}", 3)) && shas.contains(&format!("{:040}", 4)));

    let retried = server.delivery(&json!(5)).await;
    assert_eq!(
        retried["attempts"].as_array().unwrap().len(),
        2,
        "{retried:#}"
    );
    assert_eq!(retried["attempts"][0]["requests"][0]["status"], 500);

    settings_and_people_are_kept(&server).await;
    events_go_on(&server).await;
}

async fn settings_and_people_are_kept(server: &Server) {
    let slack = server.get("/api/v4/groups/2/integrations/slack").await;
    assert_eq!(slack["push_events"], false);
    assert_eq!(slack["properties"]["username"], "Crosstie");
    let tracker = server
        .get("/api/v4/projects/1/integrations/custom-issue-tracker")
        .await;
    assert_eq!(
        tracker["properties"]["project_url"],
        "https://tracker.example.test"
    );
    let member = server.get("/api/v4/projects/1/members/2").await;
    assert_eq!(
        (&member["username"], &member["access_level"]),
        (&json!("ada"), &json!(40))
    );
    let branch = server
        .get("/api/v4/projects/1/protected_branches/main")
        .await;
    assert_eq!(branch["name"], "main");
    let audit = server.get("/api/crosstie/v1/audit_events").await;
    assert_eq!(audit.as_array().unwrap().len(), 9);
}

/// A delivery id from before the upgrade is still a duplicate, and a new event is delivered.
async fn events_go_on(server: &Server) {
    let repeated = server
        .hook("group/p", &push("main", &sha(3), "Change 3"), "old-3")
        .await;
    assert_eq!(
        (
            repeated.status,
            repeated.json().unwrap()["event_id"].clone()
        ),
        (200, json!(3))
    );
    let new = server
        .hook("group/p", &push("main", &sha(9), "Change 9"), "new-9")
        .await;
    assert_eq!(new.status, 202, "{}", new.body);
    let new = new.json().unwrap();
    let rows = server.settled(1, 10).await;
    assert!(
        rows.iter()
            .any(|row| row["event_id"] == new["event_id"] && row["status"] == "delivered")
    );
}
