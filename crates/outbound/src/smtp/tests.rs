//! Against a server that sends scripted lines.

use crate::mail::{Mail, MailMessage};
use crate::{
    AllowList, Answer, Limits, Net, Outbound, Outgoing, Recorder, Redactor, Relay, SendError,
};
use jiff::Timestamp;
use model::Recorded;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that sends each line after it has read one. After DATA it reads up to the dot. Returns
/// what it read.
async fn server(script: &'static [&'static str]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut read = Vec::new();
        for (index, reply) in script.iter().enumerate() {
            if index > 0 {
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).await.unwrap() == 0 {
                        return read;
                    }
                    let in_message = script[index - 1].starts_with("354");
                    let is_end = !in_message || line == ".\r\n";
                    read.push(line.trim_end().to_owned());
                    if is_end {
                        break;
                    }
                }
            }
            stream
                .write_all(format!("{reply}\r\n").as_bytes())
                .await
                .unwrap();
        }
        read
    });
    (port, task)
}

fn mails(recipients: &[&str]) -> Vec<Mail> {
    let message = Arc::new(MailMessage {
        from_name: "Ada".into(),
        from: "crosstie@x.test".into(),
        reply_to: None,
        subject: "Hello".into(),
        date: Timestamp::UNIX_EPOCH,
        headers: Vec::new(),
        text: "text\n.dot\n.\nend".into(),
        html: "<p>text</p>".into(),
    });
    let mail = |recipient: &&str| Mail {
        recipient: (*recipient).into(),
        message_id: format!("<{recipient}>"),
        message: Arc::clone(&message),
    };
    recipients.iter().map(mail).collect()
}

async fn send(url: &str, recipients: &[&str]) -> (Vec<Result<Answer, SendError>>, Vec<Recorded>) {
    let limits = Limits {
        timeout: Duration::from_millis(300),
        ..Limits::default()
    };
    let outbound =
        Outbound::new(AllowList::default(), limits).with_relay(Relay::parse(url).unwrap());
    let mut net = Recorder::new(&outbound, Redactor::default());
    let mut results = Vec::new();
    for mail in mails(recipients) {
        results.push(net.deliver(Outgoing::Mail(mail)).await);
    }
    (results, net.into_record())
}

#[tokio::test]
async fn messages_share_a_connection_and_a_refused_recipient_does_not_end_it() {
    let (port, read) = server(&[
        "220 hi",
        "250-x.test\r\n250-SIZE 1000000\r\n250 HELP",
        "250 ok",
        "250 ok",
        "354 go",
        "250 queued as 1",
        "250 ok",
        "550 5.1.1 no such user",
        "250 reset",
        "250 ok",
        "250 ok",
        "354 go",
        "250 queued as 2",
    ])
    .await;
    let (results, record) = send(
        &format!("smtp://127.0.0.1:{port}"),
        &["a@x.test", "b@x.test", "c@x.test"],
    )
    .await;
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result.as_ref().unwrap().status)
        .collect();
    assert_eq!(statuses, [250, 550, 250]);
    let read = read.await.unwrap();
    assert_eq!(read[0], "EHLO x.test");
    assert!(
        read[1].starts_with("MAIL FROM:<crosstie@x.test> SIZE="),
        "{}",
        read[1]
    );
    assert_eq!(read[2], "RCPT TO:<a@x.test>");
    assert!(
        read.contains(&"..dot".to_owned()) && read.contains(&"..".to_owned()),
        "{read:?}"
    );

    assert_eq!(record[0].method, "SMTP");
    assert_eq!(record[0].url, format!("smtp://127.0.0.1:{port}"));
    assert_eq!(record[1].status, Some(550));
    assert_eq!(
        record[1].response_body.as_deref(),
        Some("5.1.1 no such user")
    );
    let body = |index: usize| record[index].request_body.clone().unwrap();
    assert!(body(0).contains("Subject: Hello") && !body(2).contains("Subject"));
    assert!(body(2).starts_with("To: c@x.test"));
}

/// A server's lines, user and query of its URL, a part of the error, and whether it is temporary.
static REFUSALS: &[(&[&str], &str, &str, bool)] = &[
    (
        &["554 go away"],
        "",
        "refuses the connection: 554 go away",
        false,
    ),
    (
        &["220 hi", "421 too busy"],
        "",
        "closes the connection: 421 too busy",
        true,
    ),
    (
        &["220 hi", "250 x"],
        "?tls=required",
        "does not offer STARTTLS, which is required",
        false,
    ),
    (
        &["220 hi", "250-x\r\n250 STARTTLS", "454 no key"],
        "?tls=required",
        "offers STARTTLS, but refuses it: 454 no key",
        true,
    ),
    (
        &["220 hi", "250-x\r\n250 STARTTLS", "220 go\r\n250 injected"],
        "?tls=required",
        "sent data before TLS was started",
        false,
    ),
    (
        &["220 hi", "250 x"],
        "u:hunter2@?tls=none",
        "does not offer AUTH PLAIN or LOGIN",
        false,
    ),
    (
        &[
            "220 hi",
            "250-x\r\n250 AUTH PLAIN",
            "535 no AGh1bnRlcjIAaHVudGVyMg== hunter2",
        ],
        "u:hunter2@?tls=none",
        "refuses the user name and password",
        false,
    ),
    (
        &[
            "220 hi",
            "250-x\r\n250 AUTH=LOGIN",
            "334 VXNlcm5hbWU6",
            "334 UGFzc3dvcmQ6",
            "535 no",
        ],
        "u:hunter2@?tls=none",
        "refuses the user name and password",
        false,
    ),
    (
        &["220 hi", "250 x", "451 later"],
        "",
        "refuses mail from crosstie@x.test: 451 later",
        true,
    ),
    (
        &["220 hi", "250 x", "553 not you"],
        "",
        "refuses mail from crosstie@x.test: 553 not you",
        false,
    ),
    (
        &["HTTP/1.1 400 Bad Request"],
        "",
        "does not speak SMTP: it sent \"HTTP/1.1",
        true,
    ),
];

#[tokio::test]
async fn a_refusal_of_all_messages_is_returned_for_each_without_another_connection() {
    for (lines, how, expected, temporary) in REFUSALS {
        let (port, read) = server(lines).await;
        let (user, query) = how
            .split_once('@')
            .map_or(("", *how), |(user, query)| (user, query));
        let at = if user.is_empty() {
            String::new()
        } else {
            format!("{user}@")
        };
        let (results, _) = send(
            &format!("smtp://{at}127.0.0.1:{port}{query}"),
            &["a@x.test", "b@x.test"],
        )
        .await;
        let error = results[0].as_ref().unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(expected) && !text.contains("hunter2"),
            "{text}"
        );
        assert!(error.concerns_all(), "{text}");
        assert_eq!(error.is_temporary(), *temporary, "{text}");
        // The second message did not open a second connection.
        assert_eq!(results[1].as_ref().unwrap_err(), error);
        read.abort();
    }
}

#[tokio::test]
async fn a_closed_or_silent_connection_is_a_temporary_error() {
    let (port, _read) = server(&["220 hi"]).await;
    let (results, _) = send(&format!("smtp://127.0.0.1:{port}"), &["a@x.test"]).await;
    let error = results[0].as_ref().unwrap_err();
    assert!(error.is_temporary() && !error.concerns_all(), "{error}");

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let (results, _) = send(&format!("smtp://127.0.0.1:{port}"), &["a@x.test"]).await;
    assert!(
        matches!(results[0], Err(SendError::Timeout { .. })),
        "{results:?}"
    );
    let (results, _) = send(&format!("smtps://127.0.0.1:{port}"), &["a@x.test"]).await;
    assert!(
        matches!(results[0], Err(SendError::Timeout { .. })),
        "{results:?}"
    );
}

#[tokio::test]
async fn an_endless_reply_is_not_read_to_the_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let flood = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        while stream.write_all(b"220-more\r\n").await.is_ok() {}
    });
    let (results, _) = send(&format!("smtp://127.0.0.1:{port}"), &["a@x.test"]).await;
    let text = results[0].as_ref().unwrap_err().to_string();
    assert!(text.contains("sends a reply without an end"), "{text}");
    flood.await.unwrap();
}

#[tokio::test]
async fn without_a_mail_server_the_error_names_the_option() {
    let outbound = Outbound::new(AllowList::default(), Limits::default());
    let mut net = Recorder::new(&outbound, Redactor::default());
    let error = net
        .deliver(Outgoing::Mail(mails(&["a@x.test"]).remove(0)))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("--smtp-url"), "{error}");
}
