//! A tool that can be made to do anything: it takes whatever comes over TCP, HTTP or plain lines,
//! keeps it, and behaves as it was told to.

use catalogue::{Deliver, Integration, Values};
use outbound::{Method, Request};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How the tool behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    /// as the integration says that its tool does
    Good,
    /// takes everything and never answers
    Silent,
    /// cuts the connection
    Cut,
    /// answers with that status, and with all that it was sent
    Status(u16),
    /// asks once to wait a second, and is good from then on
    BusyOnce,
    /// answers with a page for people
    Page,
    /// breaks off in the middle of an answer
    Truncated,
    /// leads to another host
    Redirect,
    /// answers with 30 MB
    Flood,
}

const FLOOD: usize = 30 * 1024 * 1024;
const PAGE: &str = "<!doctype html><title>Sign in</title><p>Sign in to go on.";

/// A tool that listens.
#[derive(Clone)]
pub(crate) struct Tool {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    behavior: Arc<Mutex<Behavior>>,
}

/// What the tool's owner has set up, to tell what a good answer would be.
#[derive(Clone)]
pub(crate) struct Owner {
    pub integration: &'static Integration,
    pub values: Values,
}

impl Tool {
    /// A port that is taken, and a tool that answers there once [`Tool::serve`] is called.
    pub(crate) async fn bind(behavior: Behavior) -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tool = Self {
            address: listener.local_addr().unwrap(),
            heard: Arc::default(),
            behavior: Arc::new(Mutex::new(behavior)),
        };
        (tool, listener)
    }

    pub(crate) fn serve(&self, listener: TcpListener, owner: Owner) {
        let tool = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tool, owner) = (tool.clone(), owner.clone());
                tokio::spawn(async move { tool.talk(stream, &owner).await });
            }
        });
    }

    /// Everything that came, a message each.
    pub(crate) fn messages(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    async fn talk(&self, mut stream: TcpStream, owner: &Owner) {
        loop {
            if *self.behavior.lock().unwrap() == Behavior::Cut {
                // What lies unread makes the end of the connection a reset.
                let _ = stream.peek(&mut [0]).await;
                return;
            }
            let Some(message) = hear(&mut stream).await else {
                return;
            };
            self.heard.lock().unwrap().push(message.clone());
            let behavior = {
                let mut behavior = self.behavior.lock().unwrap();
                let now = *behavior;
                if now == Behavior::BusyOnce {
                    *behavior = Behavior::Good;
                }
                now
            };
            let is_http = request_line(&message).is_some();
            let answer = match (behavior, is_http) {
                (Behavior::Silent, _) => {
                    std::future::pending::<()>().await;
                    return;
                }
                (Behavior::Good, false) => return,
                _ => answer(behavior, &message, owner),
            };
            let sent = stream.write_all(answer.as_bytes()).await;
            if sent.is_err() || behavior == Behavior::Truncated || !is_http {
                return;
            }
        }
    }
}

/// One HTTP request, or all lines until the other side ends; nothing when there is no more.
async fn hear(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let whole = whole_request(&bytes);
        if whole.is_some_and(|length| bytes.len() >= length) {
            break;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            break;
        }
    }
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// The length of the request that these bytes begin with, if they are HTTP and the head is there.
fn whole_request(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    request_line(&head)?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    Some(end + 4 + length.map_or(0, |length| length.trim().parse().unwrap()))
}

/// Method and target of an HTTP request.
fn request_line(message: &str) -> Option<(&str, &str)> {
    let mut words = message.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    words
        .next()?
        .to_lowercase()
        .starts_with("http/")
        .then_some((method, target))
}

fn answer(behavior: Behavior, message: &str, owner: &Owner) -> String {
    match behavior {
        Behavior::Status(status) => http(status, "", message),
        Behavior::BusyOnce => http(429, "retry-after: 1\r\n", message),
        Behavior::Page => http(200, "", PAGE),
        Behavior::Redirect => http(
            302,
            "location: http://169.254.169.254/latest/meta-data\r\n",
            "",
        ),
        Behavior::Flood => http(200, "", &"x".repeat(FLOOD)),
        Behavior::Truncated => {
            "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"cut\":".to_owned()
        }
        Behavior::Good | Behavior::Silent | Behavior::Cut => good(message, owner),
    }
}

/// What the integration says that its tool answers.
fn good(message: &str, owner: &Owner) -> String {
    let Some(Deliver::Conversation(conversation)) = owner.integration.deliver else {
        let (status, body) = owner.integration.good_answer;
        return http(status, "", body);
    };
    let (method, target) = request_line(message).unwrap_or_default();
    let all = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Delete,
    ];
    let method = all
        .into_iter()
        .find(|known| known.name() == method)
        .unwrap_or(Method::Get);
    let answer = conversation.example(&Request::new(method, target), &owner.values);
    http(
        answer.status,
        "content-type: application/json\r\n",
        &answer.body,
    )
}

fn http(status: u16, headers: &str, body: &str) -> String {
    let mut answer = format!("HTTP/1.1 {status} As told\r\n{headers}");
    let _ = write!(answer, "content-length: {}\r\n\r\n{body}", body.len());
    answer
}
