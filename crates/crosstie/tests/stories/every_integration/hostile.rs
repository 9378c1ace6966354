//! Events whose texts were made to do harm: they end in words, and the tool gets what it can read.

use super::{Entry, Tool, World, entry, events};
use crate::harness::Server;
use outbound::Method;
use serde_json::{Value, json};

/// Texts that mean something to somebody on the way.
fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "&<>\"'</script><img src=x onerror=alert(1)>",
        "<!channel> <!here> <@U1> @here @everyone @all",
        "line\r\nX-Injected: yes\r\n\r\nGET / HTTP/1.1\nQUIT :bye",
        "\u{0}\u{1}\u{2}\u{3}04,05\u{7}\u{8}\u{b}\u{f}\u{16}\u{1b}[31m\u{1d}\u{1f}\u{7f}\u{85}\u{9b}",
        "\u{202e}\u{200f}\u{2067}abc\u{2069}\u{feff}\u{2028}\u{2029}",
        "[x](javascript:alert(1)) ![y](//z) `*_~|# {color} {code} {{7*7}} ${x} %s %n \\u0000 \\",
        "😀👨\u{200d}👩\u{200d}👧 e\u{301} \u{fffd} \u{10ffff}",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("AB-1 ".repeat(20_000));
    texts.push("ü".repeat(100_000));
    texts
}

#[tokio::test]
async fn hostile_texts_end_in_words_and_reach_the_tool_readable() {
    let world = World::new().await;
    let server = world.server(&[]);
    let project = server.project("p", "gitlab").await;
    let active = entry::all().await;
    for (entry, tool) in &active {
        world.lead(entry, tool.address);
        entry.set_up(&server, project).await;
    }
    let all: Vec<Value> = texts()
        .iter()
        .flat_map(|text| events::samples_with(text))
        .collect();
    let mut kept = Vec::new();
    for (number, event) in all.iter().enumerate() {
        let answer = server
            .hook("group/p", event, &format!("key-{number}"))
            .await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        kept.push(answer.json().unwrap()["event_id"].clone());
    }
    ended_in_words(&server, project, all.len() * active.len()).await;
    for (entry, tool) in &active {
        previews(&server, project, entry, &kept).await;
        readable(entry, tool);
    }
}

/// Every delivery is delivered, or skipped with a reason.
pub(crate) async fn ended_in_words(server: &Server, project: i64, count: usize) {
    for status in ["pending", "failed"] {
        let path =
            format!("/api/crosstie/v1/projects/{project}/deliveries?per_page=1&status={status}");
        loop {
            let rows = server.get(&path).await;
            match rows.as_array().unwrap().first() {
                None => break,
                Some(row) => assert_eq!(row["status"], "pending", "{row:#}"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    let mut seen = 0;
    for page in 1.. {
        let path =
            format!("/api/crosstie/v1/projects/{project}/deliveries?per_page=100&page={page}");
        let rows = server.get(&path).await;
        let rows = rows.as_array().unwrap();
        for row in rows {
            let reason = row["reason"].as_str().unwrap_or_default();
            let fine =
                row["status"] == "delivered" || (row["status"] == "skipped" && !reason.is_empty());
            assert!(fine, "{row:#}");
        }
        seen += rows.len();
        if rows.len() < 100 {
            break;
        }
    }
    assert_eq!(seen, count);
}

/// The preview of every event is an answer.
pub(crate) async fn previews(server: &Server, project: i64, entry: &Entry, events: &[Value]) {
    let slug = entry.integration.slug;
    let path = format!("/api/crosstie/v1/projects/{project}/integrations/{slug}/preview");
    for event in events {
        let answer = server
            .call(Method::Post, &path, Some(json!({"event_id": event})))
            .await;
        assert_eq!(answer.status, 200, "{slug} {event}: {}", answer.body);
    }
}

/// What the tool got has the form that it should have.
fn readable(entry: &Entry, tool: &Tool) {
    let (slug, messages) = (entry.integration.slug, tool.messages());
    assert!(!messages.is_empty(), "{slug} got nothing");
    for message in messages {
        let Some((head, body)) = message.split_once("\r\n\r\n").filter(|_| entry.is_http()) else {
            let odd = message.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(odd, None, "{slug}: a control character in {message:?}");
            continue;
        };
        assert!(
            !head.to_lowercase().contains("x-injected"),
            "{slug}: {head}"
        );
        if head
            .to_lowercase()
            .contains("content-type: application/json")
        {
            assert!(
                serde_json::from_str::<Value>(body).is_ok(),
                "{slug}: no JSON: {body:.200}"
            );
        }
    }
}
