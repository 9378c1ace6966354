//! Saying one thing at a time to a mail server and reading what it answers.

use super::Wire;
use super::reply::{Reply, parse_line};
use crate::{Redactor, SendError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Secret;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

/// Bytes of a line that are read; RFC 5321 has 512.
const LINE: u64 = 4 * 1024;
/// Lines of a reply that are read.
const LINES: usize = 100;
/// How long a goodbye may take.
const LEAVE: Duration = Duration::from_secs(1);
/// Characters of what a server said that are shown.
const SHOWN: usize = 200;

/// A conversation with a mail server.
pub(crate) struct Dialogue {
    stream: BufReader<Box<dyn Wire>>,
    /// `host:port`
    host: String,
    /// how long a reply may take
    patience: Duration,
    /// the lines of its answer to EHLO
    offers: Vec<String>,
}

impl Dialogue {
    pub(super) fn new(wire: Box<dyn Wire>, host: String, patience: Duration) -> Self {
        Self {
            stream: BufReader::new(wire),
            host,
            patience,
            offers: Vec::new(),
        }
    }

    /// Reads what a server says first.
    pub(super) async fn greeting(&mut self) -> Result<(), SendError> {
        let reply = self.reply().await?;
        self.expect(&reply, "does not let us in")
    }

    /// Says who we are and learns what the server can do.
    pub(super) async fn hello(&mut self, own_name: &str) -> Result<(), SendError> {
        let mut reply = self.command(&format!("EHLO {own_name}")).await?;
        if matches!(reply.code, 500 | 502) {
            // A server of before 1995.
            reply = self.command(&format!("HELO {own_name}")).await?;
        }
        self.expect(&reply, "does not want to talk to us")?;
        self.offers = reply
            .text
            .lines()
            .skip(1)
            .map(str::to_ascii_uppercase)
            .collect();
        Ok(())
    }

    /// Whether the server said that it can do something.
    pub(super) fn offers(&self, what: &str) -> bool {
        self.offer(what).is_some()
    }

    fn offer(&self, what: &str) -> Option<Vec<&str>> {
        let words = self
            .offers
            .iter()
            .map(|line| line.split([' ', '=']).collect::<Vec<_>>());
        words.into_iter().find(|words| words.first() == Some(&what))
    }

    /// Asks for TLS and gives the connection back for it.
    pub(super) async fn start_tls(mut self) -> Result<Box<dyn Wire>, SendError> {
        let reply = self.command("STARTTLS").await?;
        self.expect(&reply, "offers TLS, but does not start it")?;
        if !self.stream.buffer().is_empty() {
            // What came before the encryption may be anybody's.
            return Err(self.says_no("said more than it may before the encryption begins"));
        }
        Ok(self.stream.into_inner())
    }

    /// Signs in with name and password (RFC 4954).
    pub(super) async fn sign_in(&mut self, name: &str, password: &Secret) -> Result<(), SendError> {
        let ways = self.offer("AUTH").unwrap_or_default();
        let (plain, login) = (ways.contains(&"PLAIN"), ways.contains(&"LOGIN"));
        let reply = if plain {
            let proof = STANDARD.encode(format!("\0{name}\0{}", password.expose()));
            self.command(&format!("AUTH PLAIN {proof}")).await?
        } else if login {
            let mut reply = self.command("AUTH LOGIN").await?;
            for word in [name, password.expose()] {
                if reply.code == 334 {
                    reply = self.command(&STANDARD.encode(word)).await?;
                }
            }
            reply
        } else {
            return Err(self.says_no(
                "lets nobody sign in with a password (AUTH PLAIN or LOGIN), though --smtp-url has one: leave it out, or use TLS if it is offered only then",
            ));
        };
        let text = Redactor::new([password], &[name])
            .redact(&reply.text)
            .into_owned();
        let reply = Reply { text, ..reply };
        self.expect(
            &reply,
            "does not accept the user name and password of --smtp-url",
        )
    }

    /// Names the sender of the next message.
    pub(super) async fn sender(&mut self, from: &str, size: usize) -> Result<(), SendError> {
        let size = if self.offers("SIZE") {
            format!(" SIZE={size}")
        } else {
            String::new()
        };
        let reply = self.command(&format!("MAIL FROM:<{from}>{size}")).await?;
        self.expect(&reply, &format!("does not take mail from {from}"))
    }

    /// Forgets the content that was begun.
    pub(super) async fn reset(&mut self) -> Result<(), SendError> {
        self.command("RSET").await.map(drop)
    }

    /// Says goodbye; whatever is answered, the letters are sent.
    pub(super) async fn quit(&mut self) {
        self.patience = self.patience.min(LEAVE);
        let _ = self.exchange(b"QUIT\r\n").await;
    }

    /// Sends the message after DATA was granted.
    pub(super) async fn content(&mut self, message: &[u8]) -> Result<Reply, SendError> {
        let mut wire = Vec::with_capacity(message.len() + 64);
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            if line.first() == Some(&b'.') {
                wire.push(b'.');
            }
            wire.extend_from_slice(line);
        }
        if !wire.ends_with(b"\r\n") {
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b".\r\n");
        self.exchange(&wire).await
    }

    /// Says one line.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, SendError> {
        let reply = self.exchange(format!("{line}\r\n").as_bytes()).await?;
        if reply.code == 421 {
            return Err(self.error(format!("closes the connection: {}", reply.shown()), true));
        }
        Ok(reply)
    }

    async fn exchange(&mut self, bytes: &[u8]) -> Result<Reply, SendError> {
        let written = async {
            self.stream.get_mut().write_all(bytes).await?;
            self.stream.get_mut().flush().await
        };
        match tokio::time::timeout(self.patience, written).await {
            Ok(Ok(())) => self.reply().await,
            Ok(Err(error)) => Err(self.broken(&error.to_string())),
            Err(_) => Err(self.timeout()),
        }
    }

    async fn reply(&mut self) -> Result<Reply, SendError> {
        match tokio::time::timeout(self.patience, self.lines()).await {
            Ok(result) => result,
            Err(_) => Err(self.timeout()),
        }
    }

    async fn lines(&mut self) -> Result<Reply, SendError> {
        let mut texts: Vec<String> = Vec::new();
        while texts.len() < LINES {
            let line = self
                .line()
                .await
                .map_err(|error| self.broken(&error.to_string()))?;
            if line.is_empty() {
                return Err(self.broken("it hung up"));
            }
            let Some((code, more, text)) = parse_line(&line) else {
                let said: String = line.trim_end().chars().take(SHOWN).collect();
                let why = format!("does not speak SMTP: it said {said:?}; is this the right port?");
                return Err(self.error(why, true));
            };
            texts.push(text.to_owned());
            if !more {
                return Ok(Reply {
                    code,
                    text: texts.join("\n"),
                });
            }
        }
        Err(self.error("does not come to an end".into(), true))
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.stream).take(LINE);
        limited.read_until(b'\n', &mut bytes).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn expect(&self, reply: &Reply, why: &str) -> Result<(), SendError> {
        if reply.is_positive() {
            return Ok(());
        }
        let said: String = reply.shown().chars().take(SHOWN).collect();
        Err(self.error(format!("{why}: {said}"), reply.is_temporary()))
    }

    /// The server will not do what we need.
    pub(super) fn says_no(&self, why: &str) -> SendError {
        self.error(why.to_owned(), false)
    }

    fn error(&self, why: String, temporary: bool) -> SendError {
        SendError::MailServer {
            host: self.host.clone(),
            why,
            temporary,
        }
    }

    fn broken(&self, why: &str) -> SendError {
        SendError::Broken {
            host: self.host.clone(),
            why: why.to_owned(),
        }
    }

    fn timeout(&self) -> SendError {
        SendError::Timeout {
            host: self.host.clone(),
            after: self.patience,
        }
    }
}
