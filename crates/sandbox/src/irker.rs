//! A stand-in of irker, the relay to IRC: it takes lines of JSON over TCP and never answers, and
//! has a page that shows what the channels heard.

use crate::web;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The stand-in. Clones share everything.
#[derive(Clone, Default)]
pub struct Irker {
    channels: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
}

impl Irker {
    /// A relay that has heard nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a channel heard, first to last, without colours.
    pub fn messages(&self, channel: &str) -> Vec<String> {
        self.channels().get(channel).cloned().unwrap_or_default()
    }

    /// Takes lines until the task is dropped.
    pub async fn serve_lines(&self, listener: TcpListener) -> std::io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            let relay = self.clone();
            tokio::spawn(async move { relay.listen(stream).await });
        }
    }

    /// The page, to be served at the root of a host.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(|State(relay): State<Self>| ready(page(&relay))))
            .route("/style.css", get(|| ready(web::style())))
            .with_state(self.clone())
    }

    /// Like the real one, it passes over what it cannot read.
    async fn listen(&self, stream: TcpStream) {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let line_json: Value = serde_json::from_str(&line).unwrap_or_default();
            let Some(text) = line_json["privmsg"].as_str() else {
                continue;
            };
            let several = line_json["to"].as_array().cloned();
            let targets = several.unwrap_or_else(|| vec![line_json["to"].clone()]);
            for channel in targets.iter().filter_map(Value::as_str) {
                let mut channels = self.channels();
                channels
                    .entry(channel.to_owned())
                    .or_default()
                    .push(plain(text));
            }
        }
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    fn channels(&self) -> MutexGuard<'_, BTreeMap<String, Vec<String>>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Template)]
#[template(path = "irc.html")]
struct Page {
    product: &'static str,
    channels: Vec<(String, Vec<String>)>,
}

fn page(relay: &Irker) -> Response {
    let all = relay.channels().clone();
    let page = Page {
        product: "IRC",
        channels: all.into_iter().collect(),
    };
    web::page(StatusCode::OK, &page)
}

/// The text without mIRC's codes for colour and weight.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{3}' => {
                for _ in 0..2 {
                    letters.next_if(char::is_ascii_digit);
                }
            }
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is the client of its own stand-in"
    )]
    async fn lines_reach_their_channels() {
        let relay = Irker::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = relay.clone();
        tokio::spawn(async move { served.serve_lines(listener).await });
        let mut stream = TcpStream::connect(address).await.unwrap();
        let lines = "nonsense\n{\"to\":[\"irc://x/#a\",\"irc://x/#b\"],\"privmsg\":\"\\u000304red\\u000f \\u0002bold\\u0002 5\"}\n";
        stream.write_all(lines.as_bytes()).await.unwrap();
        drop(stream);
        while relay.messages("irc://x/#b").is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(relay.messages("irc://x/#a"), ["red bold 5"]);
    }
}
