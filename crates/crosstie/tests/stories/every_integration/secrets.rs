//! Secrets are planted in every secret setting, and looked for in everything that is shown or kept.

use super::tool::Behavior;
use super::trouble::SURROUNDINGS;
use super::{Entry, World, senders};
use crate::harness::Server;
use outbound::Method;
use serde_json::json;

#[tokio::test]
async fn no_secret_is_shown_or_kept_in_the_clear() {
    // A tool that quotes all that it was sent, secrets included.
    for behavior in [Behavior::Good, Behavior::Status(401), Behavior::Status(500)] {
        let world = World::new().await;
        let server = world.server(SURROUNDINGS);
        let mut planted = Vec::new();
        for integration in senders() {
            let (entry, tool) = Entry::with_tool(integration, behavior).await;
            planted.extend(entry.secrets.clone());
            let page = catalogue::page::markdown(integration);
            assert_clean(&page, &entry, "the documentation");
            if !entry.reaches(tool.address) && entry.host().is_none() {
                continue;
            }
            world.lead(&entry, tool.address);
            let seen = everything(&server, &entry, behavior).await;
            assert_clean(&seen, &entry, "the API");
            let heard = tool.messages();
            assert!(!heard.is_empty(), "{} was asked", integration.slug);
            for credentials in heard.iter().filter_map(|message| credentials(message)) {
                assert!(!seen.contains(credentials), "{credentials} in {seen}");
            }
        }
        assert!(!planted.is_empty());
        assert_none_is_left(&server, &planted).await;
    }
}

/// Nothing of it is in what all may see, in the log or in a file.
async fn assert_none_is_left(server: &Server, planted: &[String]) {
    let mut shared = server.log();
    for path in [
        "/-/metrics",
        "/-/openapi.json",
        "/api/crosstie/v1/catalogue",
    ] {
        shared.push_str(&server.call(Method::Get, path, None).await.body);
    }
    for file in std::fs::read_dir(server.data()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        shared.push_str(&String::from_utf8_lossy(&bytes));
    }
    for secret in planted {
        assert!(
            !shared.contains(secret),
            "{secret} is in the log, a public page or a file"
        );
    }
}

/// All that the API says of an integration that was set up, tried, previewed and delivered.
async fn everything(server: &Server, entry: &Entry, behavior: Behavior) -> String {
    let slug = entry.integration.slug;
    let name = format!("{slug}-{behavior:?}").replace(['(', ')'], "-") + "x";
    let project = server.project(&name, "gitlab").await;
    entry.set_up(server, project).await;
    server
        .hook(&project.to_string(), &entry.event(), &name)
        .await;
    let row = server.settled(project, 1).await.remove(0);
    let (v4, own) = (
        format!("/api/v4/projects/{project}"),
        format!("/api/crosstie/v1/projects/{project}"),
    );
    let mut seen = String::new();
    for path in [
        format!("{v4}/integrations"),
        format!("{v4}/integrations/{slug}"),
        format!("{own}/deliveries"),
        format!("{own}/events"),
        format!("/api/crosstie/v1/deliveries/{}", row["id"]),
    ] {
        seen.push_str(&server.call(Method::Get, &path, None).await.body);
    }
    for path in ["test", "preview"] {
        let path = format!("{own}/integrations/{slug}/{path}");
        seen.push_str(&server.call(Method::Post, &path, Some(json!({}))).await.body);
    }
    let wrong = json!({"push_events": "neither", "url": 7});
    let path = format!("{v4}/integrations/{slug}");
    seen.push_str(&server.call(Method::Put, &path, Some(wrong)).await.body);
    seen
}

/// What stands in the `Authorization` header, after the word that names its kind.
fn credentials(message: &str) -> Option<&str> {
    let mut lines = message
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let header = lines.find(|words| words[0].eq_ignore_ascii_case("authorization:"))?;
    header.get(2).copied()
}

fn assert_clean(seen: &str, entry: &Entry, place: &str) {
    for secret in &entry.secrets {
        assert!(
            !seen.contains(secret),
            "{}: {place} shows {secret}",
            entry.integration.slug
        );
    }
}
