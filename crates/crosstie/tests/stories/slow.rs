//! Tools that take their time: an attempt ends by its limit, and others do not wait.

use crate::harness::{Server, Stand, push, sha};
use sandbox::jira::Flavour;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A tool that takes connections and never answers.
async fn mute() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    url
}

/// A tool that answers a byte at a time, always soon enough for the next one and never to the end.
async fn dripping() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n";
                for byte in head.iter().chain(std::iter::repeat(&b' ')) {
                    if stream.write_all(&[*byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
    });
    url
}

/// An address where connecting hangs: its queue is full, and nobody takes from it.
struct Hanging {
    url: String,
    _listener: std::net::TcpListener,
    _queue: Vec<TcpStream>,
}

fn hanging() -> Hanging {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        queue.push(stream);
        assert!(queue.len() < 10_000, "connecting never hangs");
    }
    Hanging {
        url: format!("http://{address}"),
        _listener: listener,
        _queue: queue,
    }
}

async fn set_up(server: &Server, name: &str, url: &str) -> i64 {
    let project = server.project(name, "gitlab").await;
    let settings = json!({"url": url, "username": "u", "password": "not-so-secret"});
    let path = format!("/api/v4/projects/{project}/integrations/jira");
    server.put(&path, settings).await;
    project
}

async fn send(server: &Server, name: &str, number: usize) {
    let event = push("work", &sha(number), "AB-1");
    let answer = server
        .hook(&format!("group/{name}"), &event, &number.to_string())
        .await;
    assert_eq!(answer.status, 202, "{}", answer.body);
}

#[tokio::test]
async fn an_attempt_ends_by_its_limit_says_so_and_is_made_again() {
    let server = Server::start_with(&[
        ("CROSSTIE_OUTBOUND_TIMEOUT", "300ms"),
        ("CROSSTIE_RETRY_SCHEDULE", "0s,1ms"),
    ]);
    let hanging = hanging();
    for (name, url) in [
        ("mute", mute().await),
        ("drips", dripping().await),
        ("hangs", hanging.url.clone()),
    ] {
        let project = set_up(&server, name, &url).await;
        send(&server, name, 1).await;
        let row = server.settled(project, 1).await.remove(0);
        let delivery = server.delivery(&row["id"]).await;
        let attempts = delivery["attempts"].as_array().unwrap();
        assert_eq!(
            (&delivery["status"], attempts.len()),
            (&json!("failed"), 2),
            "{delivery:#}"
        );
        for attempt in attempts {
            let host = url.trim_start_matches("http://");
            let words = format!("{host} timed out after 0.3 s");
            assert!(
                attempt["error"].as_str().unwrap().contains(&words),
                "{name}: {attempt:#}"
            );
            let took = attempt["duration_ms"].as_i64().unwrap();
            assert!((300..5_000).contains(&took), "{name}: {attempt:#}");
            assert_eq!(attempt["requests"][0]["status"], Value::Null, "{attempt:#}");
        }
    }
}

#[tokio::test]
async fn projects_whose_tool_hangs_do_not_hold_up_the_others() {
    let server = Server::start_with(&[("CROSSTIE_OUTBOUND_TIMEOUT", "2m")]);
    let hangs = mute().await;
    let mut held = Vec::new();
    // More than one host gets of us at a time.
    for number in 0..34 {
        let name = format!("held{number}");
        held.push(set_up(&server, &name, &hangs).await);
        send(&server, &name, number).await;
    }
    let stand = Stand::start(Flavour::Server).await;
    let project = server.project("free", "gitlab").await;
    server.set_up_jira(project, &stand).await;
    let begin = Instant::now();
    for number in 0..5 {
        send(&server, "free", number).await;
    }
    let rows = server.settled(project, 5).await;
    assert!(
        rows.iter().all(|row| row["status"] == "delivered"),
        "{rows:#?}"
    );
    assert!(
        begin.elapsed() < Duration::from_secs(60),
        "{:?}",
        begin.elapsed()
    );
    for project in held {
        let rows = server.deliveries(project).await;
        assert!(
            rows.iter().all(|row| row["status"] == "pending"),
            "{rows:#?}"
        );
    }
}
