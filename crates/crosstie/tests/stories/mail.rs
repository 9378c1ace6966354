//! Mails on push: from a real `git push` to a strict stand-in of a mail server, and to a real one.

mod encrypted;
mod real;

use crate::harness::{Repository, Server, chat, push, sha};
use outbound::Method;
use sandbox::mail::{Fault, Mail};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio::net::TcpListener;

/// A sink and its address.
async fn sink() -> (Mail, String) {
    let sink = Mail::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let served = sink.clone();
    tokio::spawn(async move { served.serve_smtp(listener).await });
    (sink, url)
}

fn server(smtp_url: &str) -> Server {
    server_with(smtp_url, "")
}

/// A server that trusts the authority of that file besides the system's.
fn server_with(smtp_url: &str, authority: &str) -> Server {
    Server::start_with(&[
        ("CROSSTIE_SMTP_URL", smtp_url),
        ("CROSSTIE_OUTBOUND_CA_FILE", authority),
        ("CROSSTIE_MAIL_FROM", "crosstie@git.test"),
        ("CROSSTIE_EXTERNAL_URL", "https://git.test"),
        ("CROSSTIE_RETRY_SCHEDULE", "0s,50ms"),
    ])
}

async fn set_up(server: &Server, project: i64, settings: Value) {
    let path = format!("/api/v4/projects/{project}/integrations/emails-on-push");
    server.put(&path, settings).await;
}

/// A bare repository that reports to a project, which mails its pushes.
async fn setup(smtp_url: &str, settings: Value) -> (Server, Repository, i64) {
    let server = server(smtp_url);
    let project = server.project("p", "git").await;
    let repository = Repository::new();
    repository.install_hook(&server.url, "group/p");
    let source = json!({"kind": "git", "repository_path": repository.bare(), "web_url": "https://git.test/group/p"});
    server
        .put(
            &format!("/api/crosstie/v1/projects/{project}/source"),
            source,
        )
        .await;
    set_up(&server, project, settings).await;
    (server, repository, project)
}

/// One push of a GitLab project; answers its delivery once it has ended.
async fn told(server: &Server, project: i64, number: usize) -> Value {
    let event = push("main", &sha(number), "Change it");
    let answer = server.hook("group/p", &event, &format!("k{number}")).await;
    assert!(answer.is_success(), "{}", answer.body);
    let rows = server.settled(project, number).await;
    server.delivery(&rows[0]["id"]).await
}

#[tokio::test]
async fn a_push_is_mailed_with_its_changes_and_a_forced_one_with_what_was_lost() {
    let (sink, url) = sink().await;
    let settings = json!({"recipients": "a@x.test A@x.test\nnobody b@x.test"});
    let (server, repository, project) = setup(&url, settings).await;
    let first = repository.commit("A beginning");
    repository.push(&["main"]);
    server.settled(project, 1).await;
    let second = repository.commit("Say <hello> in ünïcode\n\nAnd why.");
    repository.push(&["main"]);
    server.settled(project, 2).await;
    repository.git(&["reset", "--quiet", "--hard", &first]);
    repository.push(&["--force", "main"]);
    repository.git(&["tag", "v1"]);
    repository.push(&["v1"]);
    let rows = server.settled(project, 4).await;
    assert!(
        rows.iter().all(|row| row["status"] == "delivered"),
        "{rows:#?}"
    );

    let mails: Vec<_> = sink
        .messages()
        .into_iter()
        .filter(|mail| mail.to == ["a@x.test"])
        .collect();
    assert_eq!((mails.len(), sink.messages().len()), (4, 8));
    assert_eq!(sink.connections(), 4, "recipients share a connection");
    let subjects: Vec<_> = mails.iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(
        subjects,
        [
            "[Git][group/p] Pushed new branch main",
            "[Git][group/p][main] Say <hello> in ünïcode",
            "[Git][group/p][main] Deleted 1 commit: Say <hello> in ünïcode",
            "[Git][group/p] Pushed new tag v1",
        ]
    );
    let mail = &mails[1];
    let text = mail.text();
    assert!(
        text.contains(&second[..8]) && text.contains("    And why.\n"),
        "{text}"
    );
    assert!(
        text.contains("M file.txt  +1 -0\n") && text.contains("@@ -1 +1,2 @@\n line\n+line\n"),
        "{text}"
    );
    let html = mail.html().unwrap();
    assert!(html.contains("Say &lt;hello&gt; in ünïcode"), "{html}");
    assert!(html.contains(&format!("https://git.test/group/p/-/commit/{second}")));
    assert!(mails[2].text().contains("no longer on the branch"));
    assert_eq!(mail.header("References"), mails[0].header("References"));
    assert_ne!(mail.header("Message-ID"), mails[0].header("Message-ID"));

    let log = server.delivery(&rows[2]["id"]).await;
    let requests = log["attempts"][0]["requests"].as_array().unwrap().clone();
    assert_eq!(
        (
            requests.len(),
            &requests[0]["method"],
            &requests[0]["status"]
        ),
        (2, &json!("SMTP"), &json!(250))
    );
    assert_eq!(requests[0]["url"], json!(url));
    assert!(
        requests[0]["request_body"]
            .as_str()
            .unwrap()
            .contains("Subject: [Git]")
    );
    assert!(
        requests[1]["request_body"]
            .as_str()
            .unwrap()
            .contains("the same message")
    );
}

#[tokio::test]
async fn one_refused_recipient_of_three_does_not_keep_the_others_from_theirs() {
    let (sink, url) = sink().await;
    let server = server(&url);
    let project = server.project("p", "gitlab").await;
    set_up(
        &server,
        project,
        json!({"recipients": "a@x.test b@x.test c@x.test"}),
    )
    .await;
    sink.set_fault(Fault::RefuseRecipient("b@x.test".into()));
    let delivery = told(&server, project, 1).await;
    assert_eq!(delivery["status"], "delivered", "{delivery:#}");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("b@x.test: the mail server refuses it: 550"),
        "{reason}"
    );
    let to: Vec<_> = sink
        .messages()
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    assert_eq!(to, ["a@x.test", "c@x.test"]);

    // One who has to wait is tried again, and the others get nothing twice.
    sink.set_fault(Fault::PostponeRecipient("a@x.test".into()));
    let delivery = told(&server, project, 2).await;
    assert_eq!(delivery["status"], "failed", "{delivery:#}");
    assert_eq!(sink.messages().len(), 4);
    sink.set_fault(Fault::None);
    server.retry(&delivery["id"]).await;
    let rows = server.settled(project, 2).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");
    assert_eq!(sink.messages().len(), 5);
    assert_eq!(sink.messages()[4].to, ["a@x.test"]);
}

#[tokio::test]
async fn a_mail_server_that_will_not_is_named_with_what_to_do() {
    let (sink, url) = sink().await;
    let server = server(&format!("{url}?tls=required"));
    let project = server.project("p", "gitlab").await;
    set_up(&server, project, json!({"recipients": "a@x.test b@x.test"})).await;
    let delivery = told(&server, project, 1).await;
    assert_eq!(delivery["status"], "failed");
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.contains("does not offer STARTTLS, which is required"),
        "{reason}"
    );
    assert_eq!(sink.connections(), 1, "what concerns all is asked once");

    // Without TLS on our side the server demands it, or hangs up, and nobody gets anything.
    let (sink, url) = self::sink().await;
    let server = self::server(&url);
    let project = server.project("p", "gitlab").await;
    set_up(&server, project, json!({"recipients": "a@x.test"})).await;
    sink.set_fault(Fault::DemandTls);
    let delivery = told(&server, project, 1).await;
    let reason = delivery["reason"].as_str().unwrap();
    assert!(
        reason.contains("refuses mail from crosstie@git.test: 530"),
        "{reason}"
    );
    sink.set_fault(Fault::Drop);
    let delivery = told(&server, project, 2).await;
    let reason = delivery["reason"].as_str().unwrap();
    assert!(reason.contains("failed: closed by the server"), "{reason}");
    let ids: Vec<_> = sink
        .messages()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert!(
        ids.len() >= 2 && ids.iter().all(|id| id == &ids[0]),
        "{ids:?}"
    );
}

#[tokio::test]
async fn without_a_mail_server_it_is_said_what_to_set() {
    let server = Server::start();
    let project = server.project("p", "gitlab").await;
    set_up(&server, project, json!({"recipients": "a@x.test"})).await;
    let delivery = told(&server, project, 1).await;
    assert_eq!(delivery["status"], "skipped");
    assert!(delivery["reason"].as_str().unwrap().contains("--smtp-url"));
    let tested = server
        .post(
            &format!("/api/crosstie/v1/projects/{project}/integrations/emails-on-push/test"),
            json!({}),
        )
        .await;
    assert_eq!(tested["success"], false);
    assert!(tested["result"].as_str().unwrap().contains("--smtp-url"));
}

#[tokio::test]
async fn wrong_settings_are_refused_and_a_test_sends_one_mail() {
    let (sink, url) = sink().await;
    let server = server(&url);
    let project = server.project("p", "gitlab").await;
    let path = format!("/api/v4/projects/{project}/integrations/emails-on-push");
    let many = (0..20_000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "user{number}@x.test");
        text
    });
    for (settings, part) in [
        (json!({"recipients": many}), "can't exceed 750"),
        (
            json!({"recipients": "nobody, at home"}),
            "hold no mail address",
        ),
        (json!({"recipients": " "}), "can't be blank"),
        (json!({}), "recipients is missing"),
        (
            json!({"recipients": "a@x.test", "branches_to_be_notified": "some"}),
            "does not have a valid value",
        ),
    ] {
        let answer = server.call(Method::Put, &path, Some(settings)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    set_up(&server, project, json!({"recipients": "a@x.test b@x.test"})).await;
    let saved = server.get(&path).await;
    assert_eq!(saved["properties"]["branches_to_be_notified"], "all");
    let tested = server
        .post(
            &format!("/api/crosstie/v1/projects/{project}/integrations/emails-on-push/test"),
            json!({}),
        )
        .await;
    assert_eq!(tested["success"], true, "{tested}");
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let (sink, url) = sink().await;
    let server = server(&url);
    let project = server.project("p", "gitlab").await;
    set_up(&server, project, json!({"recipients": "a@x.test"})).await;
    let evil = "Eve\r\nBcc: x@y.test\r\n\r\n<script>alert(1)</script>\u{202e}";
    let mut event = push("main", &sha(1), evil);
    event["user_name"] = json!(evil);
    event["user_username"] = json!(evil);
    event["commits"][0]["author"]["name"] = json!(evil);
    server.hook("group/p", &event, "evil").await;
    let rows = server.settled(project, 1).await;
    assert_eq!(rows[0]["status"], "delivered", "{rows:#?}");
    let mail = sink.messages().remove(0);
    assert_eq!(mail.to, ["a@x.test"]);
    assert_eq!(mail.header("Bcc"), "");
    assert!(
        mail.header("From").contains("Bcc: x@y.test"),
        "{}",
        mail.raw
    );
    assert!(!mail.html().unwrap().contains("<script"));
    assert!(!mail.text().contains('\u{202e}'));
}

#[tokio::test]
async fn changes_of_200_mb_are_not_read() {
    let (sink, url) = sink().await;
    let (server, repository, project) = setup(&url, json!({"recipients": "a@x.test"})).await;
    let (heard, settings) = chat().await;
    let path = format!("/api/v4/projects/{project}/integrations/mattermost");
    server.put(&path, settings).await;
    repository.commit("A beginning");
    repository.push(&["main"]);
    server.settled(project, 2).await;
    // Fourteen times the same 15 MB: one object, but 210 MB of changes.
    let content = format!("{}\n", "x".repeat(99)).repeat(150_000);
    for number in 10..24 {
        let path = repository.clone_path().join(format!("big-{number}.txt"));
        std::fs::write(path, &content).unwrap();
    }
    repository.commit("Something large");
    repository.push(&["main"]);
    let rows = server.settled(project, 4).await;
    let delivered = rows.iter().all(|row| row["status"] == "delivered");
    assert!(delivered, "{rows:#?}");
    assert_eq!(heard.messages().len(), 2);
    let text = sink.messages()[1].text();
    assert!(
        text.contains("too large to be shown in a mail: https://git.test/group/p/-/commit/"),
        "{text}"
    );
    assert!(
        text.contains("A big-23.txt") && text.len() < 2_000,
        "{text}"
    );
}
