//! The sink as a strict client and a browser see it.

use super::*;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

#[expect(
    clippy::disallowed_methods,
    reason = "a test talks to its own stand-in on this machine"
)]
async fn started() -> (Mail, BufReader<TcpStream>) {
    let sink = Mail::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = sink.clone();
    tokio::spawn(async move { served.serve_smtp(listener).await });
    let mut client = BufReader::new(TcpStream::connect(address).await.unwrap());
    assert!(answer(&mut client).await.starts_with("220"));
    (sink, client)
}

/// The last line of a reply.
async fn answer(client: &mut BufReader<TcpStream>) -> String {
    loop {
        let mut line = String::new();
        client.read_line(&mut line).await.unwrap();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line;
        }
    }
}

async fn reply(client: &mut BufReader<TcpStream>, line: &str) -> String {
    client.write_all(line.as_bytes()).await.unwrap();
    answer(client).await
}

const MESSAGE: &str = "From: =?utf-8?b?w4RkYQ==?= <a@x.test>\r\nSubject: a\r\n b =?utf-8?Q?=C3=BC?=\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/alternative;\r\n boundary=\"XX\"\r\n\r\n--XX\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nf=C3=BCr=\r\n dich\r\n..\r\n--XX\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHNj\r\ncmlwdD4=\r\n--XX--\r\n.\r\n";

#[tokio::test]
async fn a_message_is_kept_and_shown_without_being_run() {
    let (sink, mut client) = started().await;
    for (line, code) in [
        ("EHLO x.test\r\n", "250"),
        ("MAIL FROM:<a@x.test> SIZE=100\r\n", "250"),
        ("RCPT TO:<b@x.test>\r\n", "250"),
        ("DATA\r\n", "354"),
        (MESSAGE, "250"),
        ("QUIT\r\n", "221"),
    ] {
        let reply = reply(&mut client, line).await;
        assert!(reply.starts_with(code), "{line}: {reply}");
    }
    let messages = sink.messages();
    assert_eq!(messages[0].to, ["b@x.test"]);
    assert_eq!(messages[0].header("from"), "Äda <a@x.test>");
    assert_eq!(messages[0].header("subject"), "a b ü");
    assert_eq!(messages[0].text(), "für dich\n.");
    assert_eq!(messages[0].html().unwrap(), "<script>");

    let page = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = sink.router().oneshot(request).await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (policy, String::from_utf8(body.to_vec()).unwrap())
    };
    assert!(page("/").await.1.contains("a b ü"));
    assert!(page("/mails/1").await.1.contains("für dich"));
    assert!(page("/mails/1/page").await.0.contains("sandbox"));
    assert!(page("/mails/2").await.1.contains("nothing at this address"));
}

#[tokio::test]
async fn what_is_not_smtp_is_refused() {
    let (sink, mut client) = started().await;
    for (line, code) in [
        ("MAIL FROM:<a@x.test>\r\n", "503"),
        ("EHLO\r\n", "501"),
        ("EHLO x\n", "500"),
        ("EHLO x\r\n", "250"),
        ("RCPT TO:<b@x.test>\r\n", "503"),
        ("MAIL FROM: a@x.test\r\n", "501"),
        ("MAIL FROM:<a@x.test>\r\n", "250"),
        ("MAIL FROM:<a@x.test>\r\n", "503"),
        ("DATA\r\n", "503"),
        ("RCPT TO:<b>\r\n", "501"),
        ("RCPT TO:<b@x.test>\r\n", "250"),
        ("DATA\r\n", "354"),
        ("Subject: no id\r\n\r\nbare\nline\r\n.\r\n", "554"),
        ("VRFY b\r\n", "502"),
    ] {
        let reply = reply(&mut client, line).await;
        assert!(reply.starts_with(code), "{line}: {reply}");
    }
    assert!(sink.messages().is_empty());
}
