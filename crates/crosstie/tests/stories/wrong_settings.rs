//! Settings that lead nowhere: refused with what is wrong where they can be told from good ones, or
//! named in the delivery's reason. The others' deliveries are untouched.

use crate::harness::{Server, chat, push, sha};
use outbound::Method;
use sandbox::chat::Fault;
use sandbox::mail::{self, Mail};
use serde_json::json;
use tokio::net::TcpListener;

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
            assert!(reason.contains("timed out after 3 s"), "{reason}");
        }
    }
    assert_eq!(heard.messages().len(), 1);
}

#[tokio::test]
async fn a_chat_and_a_mail_server_that_refuse_leave_the_others_untouched() {
    let mails = Mail::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = format!("smtp://{}", listener.local_addr().unwrap());
    let sink = mails.clone();
    tokio::spawn(async move { sink.serve_smtp(listener).await });
    let server = Server::start_with(&[
        ("CROSSTIE_RETRY_SCHEDULE", "0s"),
        ("CROSSTIE_SMTP_URL", &smtp),
        ("CROSSTIE_MAIL_FROM", "crosstie@git.test"),
    ]);
    let ((refusing, bad), (heard, good)) = (chat().await, chat().await);
    let to = json!({"recipients": "a@x.test b@x.test c@x.test"});
    let project = server.project("p", "gitlab").await;
    for (slug, settings) in [("slack", bad), ("mattermost", good), ("emails-on-push", to)] {
        let path = format!("/api/v4/projects/{project}/integrations/{slug}");
        server.put(&path, settings).await;
    }
    refusing.set_fault(Some(Fault {
        status: 200,
        body: "invalid_payload".into(),
        retry_after: None,
    }));
    let troubles = [
        (mail::Fault::DemandTls, "failed", "530", vec![]),
        (
            mail::Fault::RefuseRecipient("b@x.test".into()),
            "delivered",
            "b@x.test",
            vec!["a@x.test", "c@x.test"],
        ),
    ];
    for (number, (trouble, status, words, mailed)) in troubles.into_iter().enumerate() {
        mails.set_fault(trouble);
        let event = push("main", &sha(number), "Change it");
        server
            .hook("group/p", &event, &format!("key-{number}"))
            .await;
        let rows = server.settled(project, 3 * (number + 1)).await;
        for row in &rows[..3] {
            let reason = row["reason"].as_str().unwrap_or_default();
            let (expected, said) = match row["integration"].as_str().unwrap() {
                "slack" => ("failed", "invalid_payload"),
                "emails-on-push" => (status, words),
                _ => ("delivered", ""),
            };
            assert_eq!(row["status"], expected, "{row:#}");
            assert!(reason.contains(said), "{row:#}");
        }
        assert_eq!(heard.messages().len(), number + 1);
        let to: Vec<_> = mails
            .messages()
            .into_iter()
            .flat_map(|mail| mail.to)
            .collect();
        assert_eq!(to, mailed);
    }
}
