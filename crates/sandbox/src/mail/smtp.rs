//! SMTP as a server: RFC 5321, and nothing forgiven.

use super::message::Message;
use super::sink::{Fault, Mail};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// Bytes of a line, with its end (RFC 5321, section 4.5.3.1.6).
const LINE: usize = 1_000;
/// Bytes of a message.
const SIZE: usize = 10 * 1024 * 1024;

/// What of a letter is known so far.
#[derive(Default)]
struct Envelope {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

/// How far a connection is with TLS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tls {
    /// the sink has no certificate
    None,
    /// it can be asked for
    Offered,
    /// it was asked for, and all that follows is encrypted
    Begun,
    /// it was there before the first word
    Implicit,
}

impl Tls {
    fn is_on(self) -> bool {
        matches!(self, Self::Begun | Self::Implicit)
    }
}

/// Speaks with one client until it leaves, or asks for TLS: then its connection is given back.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    sink: &Mail,
    stream: S,
    tls: Tls,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    let mut envelope = Envelope::default();
    if tls != Tls::Begun {
        write_line(sink, &mut stream, "220 sink.test ESMTP stand-in").await?;
    }
    loop {
        let Some(line) = read_line(&mut stream).await? else {
            return Ok(None);
        };
        let Some(line) = text_of(&line) else {
            write_line(
                sink,
                &mut stream,
                "500 5.5.2 a line ends with CRLF, has at most 1000 bytes and is ASCII",
            )
            .await?;
            continue;
        };
        let fault = match sink.state().fault.clone() {
            Fault::DemandTls if tls.is_on() => Fault::None,
            fault => fault,
        };
        let reply = envelope.reply(&line, &fault, tls);
        write_line(sink, &mut stream, &reply).await?;
        match reply.get(..3) {
            Some("354") => {
                let message = read_message(&mut stream).await?;
                let reply = store(sink, &mut envelope, message);
                if fault == Fault::Drop {
                    return Ok(None);
                }
                write_line(sink, &mut stream, reply).await?;
            }
            Some("220") => return Ok(Some(stream.into_inner())),
            Some("221") => return Ok(None),
            _ => {}
        }
    }
}

impl Envelope {
    fn reply(&mut self, line: &str, fault: &Fault, tls: Tls) -> String {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" if rest.trim().is_empty() => "501 5.5.4 who are you?".into(),
            "EHLO" => {
                *self = Self {
                    greeted: true,
                    ..Self::default()
                };
                let offer = if tls == Tls::Offered {
                    "250-STARTTLS\r\n"
                } else {
                    ""
                };
                format!("250-sink.test\r\n{offer}250-SIZE {SIZE}\r\n250 8BITMIME")
            }
            "HELO" => {
                *self = Self {
                    greeted: true,
                    ..Self::default()
                };
                "250 sink.test".into()
            }
            "NOOP" => "250 2.0.0 ok".into(),
            "QUIT" => "221 2.0.0 bye".into(),
            "RSET" => {
                *self = Self {
                    greeted: self.greeted,
                    ..Self::default()
                };
                "250 2.0.0 ok".into()
            }
            "STARTTLS" if tls == Tls::Offered => "220 2.0.0 go ahead".into(),
            _ if !self.greeted => "503 5.5.1 EHLO first".into(),
            "MAIL" => self.mail(rest, fault),
            "RCPT" => self.recipient(rest, fault),
            "DATA" if self.to.is_empty() => "503 5.5.1 RCPT first".into(),
            "DATA" => "354 end with a dot".into(),
            _ => "502 5.5.1 unknown command".into(),
        }
    }

    fn mail(&mut self, rest: &str, fault: &Fault) -> String {
        if *fault == Fault::DemandTls {
            return "530 5.7.0 Must issue a STARTTLS command first".into();
        }
        if self.from.is_some() {
            return "503 5.5.1 there is a sender already".into();
        }
        match path(rest, "FROM:") {
            Some(address) => {
                self.from = Some(address);
                "250 2.1.0 ok".into()
            }
            None => "501 5.1.7 the form is MAIL FROM:<name@host>".into(),
        }
    }

    fn recipient(&mut self, rest: &str, fault: &Fault) -> String {
        if self.from.is_none() {
            return "503 5.5.1 MAIL first".into();
        }
        match (path(rest, "TO:"), fault) {
            (None, _) => "501 5.1.3 the form is RCPT TO:<name@host>".into(),
            (Some(to), Fault::RefuseRecipient(refused)) if to == *refused => {
                format!("550 5.1.1 {to}: no such user here")
            }
            (Some(to), Fault::PostponeRecipient(later)) if to == *later => {
                format!("450 4.2.1 {to}: try again later")
            }
            (Some(to), _) => {
                self.to.push(to);
                "250 2.1.5 ok".into()
            }
        }
    }
}

fn store(sink: &Mail, envelope: &mut Envelope, message: Option<String>) -> &'static str {
    let from = envelope.from.take().unwrap_or_default();
    let to = std::mem::take(&mut envelope.to);
    let Some(raw) = message else {
        return "554 5.6.0 the message has a line without CRLF, one that is too long, or is too large";
    };
    if !raw.contains("\r\n\r\n") || !raw.to_ascii_lowercase().contains("\r\nmessage-id:") {
        return "554 5.6.0 the message has no headers, or no Message-ID";
    }
    sink.state().messages.push(Message { from, to, raw });
    "250 2.0.0 kept"
}

/// The address in `FROM:<…>`, without what follows it.
fn path(rest: &str, word: &str) -> Option<String> {
    let head = rest.get(..word.len())?;
    let rest = rest[word.len()..].strip_prefix('<')?;
    let (address, _) = rest.split_once('>')?;
    let is_address = address.split('@').count() == 2 && !address.contains([' ', '<']);
    (head.eq_ignore_ascii_case(word) && is_address).then(|| address.to_owned())
}

async fn write_line(
    sink: &Mail,
    stream: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>,
    line: &str,
) -> std::io::Result<()> {
    let fault = sink.state().fault.clone();
    if let Fault::Slow(wait) = fault {
        tokio::time::sleep(wait).await;
    }
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// A line with its end, cut off where it is too long.
async fn read_line(
    stream: &mut BufReader<impl AsyncRead + Unpin>,
) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut limited = stream.take(LINE as u64);
    limited.read_until(b'\n', &mut bytes).await?;
    Ok((!bytes.is_empty()).then_some(bytes))
}

fn text_of(line: &[u8]) -> Option<String> {
    let bare = line.strip_suffix(b"\r\n")?;
    let is_clean = bare
        .iter()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_control());
    is_clean.then(|| String::from_utf8_lossy(bare).into_owned())
}

/// The message up to the dot; `None` when it is not as it has to be.
async fn read_message(
    stream: &mut BufReader<impl AsyncRead + Unpin>,
) -> std::io::Result<Option<String>> {
    let (mut message, mut is_good) = (Vec::new(), true);
    while let Some(line) = read_line(stream).await? {
        if line == b".\r\n" {
            return Ok(is_good.then(|| String::from_utf8_lossy(&message).into_owned()));
        }
        is_good &= line.ends_with(b"\r\n") && message.len() < SIZE;
        if is_good {
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}
