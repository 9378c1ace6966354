//! A server that accepts events, or not.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A received request.
#[derive(Clone, Debug, Default)]
pub(super) struct Received {
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }

    pub(super) fn reference(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        body["ref"].as_str().unwrap_or_default().to_owned()
    }
}

/// Responds with the given statuses, then with 202; for 0 it never responds.
#[derive(Clone)]
pub(super) struct Intake {
    pub(super) url: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Intake {
    pub(super) async fn start(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let intake = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            received: Arc::default(),
        };
        let statuses = Arc::new(Mutex::new(VecDeque::from(statuses.to_vec())));
        let received = Arc::clone(&intake.received);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&statuses), Arc::clone(&received)));
            }
        });
        intake
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

async fn serve(
    stream: TcpStream,
    statuses: Arc<Mutex<VecDeque<u16>>>,
    received: Arc<Mutex<Vec<Received>>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        received.lock().unwrap().push(request);
        let status = statuses.lock().unwrap().pop_front().unwrap_or(202);
        if status == 0 {
            return std::future::pending().await;
        }
        let body = r#"{"message":"details, token s3cret"}"#;
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    stream
        .read_line(&mut line)
        .await
        .ok()
        .filter(|length| *length > 0)?;
    let mut received = Received {
        target: line.trim().to_owned(),
        ..Received::default()
    };
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        received
            .headers
            .push((name.to_lowercase(), value.to_owned()));
    }
    let mut body = vec![0; received.header("content-length").parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    received.body = String::from_utf8(body).unwrap();
    Some(received)
}
