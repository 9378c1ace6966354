//! Settings that lead nowhere: refused with what is wrong where they can be told from good ones, or
//! named in the delivery's reason. The others' deliveries are untouched.

use crate::harness::{Server, push, sha};
use jiff::Timestamp;
use outbound::Method;
use sandbox::chat::{self, Chat};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A chat that is well, and the settings that lead to it.
async fn chat() -> (Chat, Value) {
    let chat = Chat::new(&["#dev"], || Timestamp::UNIX_EPOCH);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = chat.clone();
    tokio::spawn(async move { chat::serve(&served, listener).await });
    let webhook = format!("http://{address}{}", Chat::webhook_path());
    (chat, json!({"webhook": webhook, "channel": "#dev"}))
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_whole() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    let channels: Vec<_> = (1..=11).map(|number| format!("#c{number}")).collect();
    let slack = |webhook: &str| json!({"webhook": webhook});
    let tracker = json!({"project_url": "https://t.test", "new_issue_url": "https://t.test/new",
        "issues_url": "https://t.test/issues"});
    let crowded =
        json!({"webhook": "https://hooks.slack.com/x", "push_channel": channels.join(",")});
    for (slug, settings, field, words) in [
        ("slack", crowded, "push_channel", "more than 10"),
        ("custom-issue-tracker", tracker, "issues_url", ":id"),
        ("slack", slack("ftp://x.test/"), "webhook", "http"),
        ("slack", slack("javascript:alert(1)"), "webhook", "http"),
        ("slack", slack("file:///etc/passwd"), "webhook", "http"),
        ("slack", slack("http://10.0.0.1/x"), "webhook", "allow"),
        (
            "slack",
            slack("http://[::ffff:a9fe:a9fe]/"),
            "webhook",
            "blocked",
        ),
        (
            "slack",
            slack("http://2130706434/x"),
            "webhook",
            "127.0.0.2",
        ),
    ] {
        let path = format!("/api/v4/projects/{project}/integrations/{slug}");
        let answer = server
            .call(Method::Put, &path, Some(settings.clone()))
            .await;
        assert_eq!(answer.status, 400, "{settings}: {}", answer.body);
        for part in [field, words] {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
        let list = server
            .get(&format!("/api/v4/projects/{project}/integrations"))
            .await;
        assert_eq!(list, json!([]), "nothing is saved of {settings}");
    }
}

#[tokio::test]
async fn an_irker_that_never_reads_is_named_and_holds_up_nobody() {
    let server = Server::start_with(&[
        ("CROSSTIE_RETRY_SCHEDULE", "0s"),
        ("CROSSTIE_OUTBOUND_TIMEOUT", "3s"),
    ]);
    // Connections are taken by the system, and nobody ever reads.
    let unread = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let irker = json!({"recipients": "irc://irc.test/#shop", "server_host": "127.0.0.1",
        "server_port": unread.local_addr().unwrap().port()});
    let (heard, good) = chat().await;
    let project = server.project("p", "gitlab").await;
    for (slug, settings) in [("irker", irker), ("slack", good)] {
        let path = format!("/api/v4/projects/{project}/integrations/{slug}");
        server.put(&path, settings).await;
    }
    let event = push("main", &sha(1), "Change it");
    server.hook("group/p", &event, "key").await;
    for row in server.settled(project, 2).await {
        if row["integration"] == "slack" {
            assert_eq!(row["status"], "delivered", "{row:#}");
        } else {
            assert_eq!(row["status"], "failed", "{row:#}");
            let reason = row["reason"].as_str().unwrap();
            assert!(reason.contains("did not answer within 3 s"), "{reason}");
        }
    }
    assert_eq!(heard.messages().len(), 1);
}
