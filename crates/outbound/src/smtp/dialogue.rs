//! SMTP commands and their replies, one at a time.

use super::reply::{Reply, parse_line};
use crate::{Redactor, SendError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Secret;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// The maximum length of a line, in bytes; RFC 5321 has 512.
const MAX_LINE: u64 = 4 * 1024;
/// The maximum of lines in a reply.
const MAX_LINES: usize = 100;
/// How long to wait for the reply to QUIT.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum of a reply in an error message, in characters.
const MAX_SHOWN: usize = 200;

/// A connection, encrypted or not.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection to a mail server.
pub(crate) struct Dialogue {
    stream: BufReader<Box<dyn Wire>>,
    /// `host:port`
    host: String,
    /// maximum time for a reply
    patience: Duration,
    /// its reply to EHLO, one line per extension
    extensions: Vec<String>,
}

impl Dialogue {
    pub(super) fn new(wire: Box<dyn Wire>, host: String, patience: Duration) -> Self {
        Self {
            stream: BufReader::new(wire),
            host,
            patience,
            extensions: Vec::new(),
        }
    }

    /// Reads the greeting.
    pub(super) async fn greeting(&mut self) -> Result<(), SendError> {
        let reply = self.reply().await?;
        self.expect(&reply, "refuses the connection")
    }

    /// Sends the own name and reads which extensions the server offers.
    pub(super) async fn ehlo(&mut self, own_name: &str) -> Result<(), SendError> {
        let mut reply = self.command(&format!("EHLO {own_name}")).await?;
        if matches!(reply.code, 500 | 502) {
            // A server from before ESMTP.
            reply = self.command(&format!("HELO {own_name}")).await?;
        }
        self.expect(&reply, "refuses EHLO")?;
        self.extensions = reply
            .text
            .lines()
            .skip(1)
            .map(str::to_ascii_uppercase)
            .collect();
        Ok(())
    }

    /// Whether the server offers an extension.
    pub(super) fn offers(&self, extension: &str) -> bool {
        self.parameters(extension).is_some()
    }

    fn parameters(&self, extension: &str) -> Option<Vec<&str>> {
        let words = self
            .extensions
            .iter()
            .map(|line| line.split([' ', '=']).collect::<Vec<_>>());
        words
            .into_iter()
            .find(|words| words.first() == Some(&extension))
    }

    /// Starts TLS and returns the connection for the handshake.
    pub(super) async fn start_tls(mut self) -> Result<Box<dyn Wire>, SendError> {
        let reply = self.command("STARTTLS").await?;
        self.expect(&reply, "offers STARTTLS, but refuses it")?;
        if !self.stream.buffer().is_empty() {
            // Bytes received before encryption may be injected: CVE-2011-0411.
            return Err(self.refused("sent data before TLS was started"));
        }
        Ok(self.stream.into_inner())
    }

    /// Authenticates with name and password (<https://www.rfc-editor.org/rfc/rfc4954>).
    pub(super) async fn authenticate(
        &mut self,
        name: &str,
        password: &Secret,
    ) -> Result<(), SendError> {
        let mechanisms = self.parameters("AUTH").unwrap_or_default();
        let (plain, login) = (mechanisms.contains(&"PLAIN"), mechanisms.contains(&"LOGIN"));
        let reply = if plain {
            let response = STANDARD.encode(format!("\0{name}\0{}", password.expose()));
            self.command(&format!("AUTH PLAIN {response}")).await?
        } else if login {
            let mut reply = self.command("AUTH LOGIN").await?;
            for word in [name, password.expose()] {
                if reply.code == 334 {
                    reply = self.command(&STANDARD.encode(word)).await?;
                }
            }
            reply
        } else {
            return Err(self.refused(
                "does not offer AUTH PLAIN or LOGIN, but --smtp-url has a password: remove it, or use TLS if AUTH is offered only then",
            ));
        };
        let text = Redactor::new([password], &[name])
            .redact(&reply.text)
            .into_owned();
        let reply = Reply { text, ..reply };
        self.expect(&reply, "refuses the user name and password of --smtp-url")
    }

    /// Begins a message of `size` bytes.
    pub(super) async fn mail_from(&mut self, from: &str, size: usize) -> Result<(), SendError> {
        let size = if self.offers("SIZE") {
            format!(" SIZE={size}")
        } else {
            String::new()
        };
        let reply = self.command(&format!("MAIL FROM:<{from}>{size}")).await?;
        self.expect(&reply, &format!("refuses mail from {from}"))
    }

    /// Aborts the message that was begun.
    pub(super) async fn reset(&mut self) -> Result<(), SendError> {
        self.command("RSET").await.map(drop)
    }

    /// Ends the session; the messages are sent, whatever the reply is.
    pub(super) async fn quit(&mut self) {
        self.patience = self.patience.min(QUIT_TIMEOUT);
        let _ = self.exchange(b"QUIT\r\n").await;
    }

    /// Sends the message after the reply to DATA, with dots escaped.
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

    /// Sends one command.
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
        while texts.len() < MAX_LINES {
            let line = self
                .line()
                .await
                .map_err(|error| self.broken(&error.to_string()))?;
            if line.is_empty() {
                return Err(self.broken("closed by the server"));
            }
            let Some((code, more, text)) = parse_line(&line) else {
                let excerpt: String = line.trim_end().chars().take(MAX_SHOWN).collect();
                let why =
                    format!("does not speak SMTP: it sent {excerpt:?}; is this the right port?");
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
        Err(self.error("sends a reply without an end".into(), true))
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.stream).take(MAX_LINE);
        limited.read_until(b'\n', &mut bytes).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn expect(&self, reply: &Reply, why: &str) -> Result<(), SendError> {
        if reply.is_positive() {
            return Ok(());
        }
        let excerpt: String = reply.shown().chars().take(MAX_SHOWN).collect();
        Err(self.error(format!("{why}: {excerpt}"), reply.is_temporary()))
    }

    /// A permanent error: the server does not support something, or refuses it.
    pub(super) fn refused(&self, why: &str) -> SendError {
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
