//! A message that came, and its parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A message with its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// who sent it, as the envelope says
    pub from: String,
    /// who gets it, as the envelope says
    pub to: Vec<String>,
    /// all of it, as it came
    pub raw: String,
}

impl Message {
    /// A header, unfolded and decoded; empty if it has none of that name.
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.raw.split_once("\r\n\r\n").unwrap_or_default();
        words(&field(head, name).unwrap_or_default())
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.part("text/plain").unwrap_or_default()
    }

    /// The web page, if it has one.
    pub fn html(&self) -> Option<String> {
        self.part("text/html")
    }

    /// The body, decoded, of the first part of that type.
    fn part(&self, media_type: &str) -> Option<String> {
        let (head, body) = self.raw.split_once("\r\n\r\n")?;
        let kind = field(head, "Content-Type").unwrap_or_else(|| "text/plain".into());
        let Some(boundary) = parameter(&kind, "boundary") else {
            return kind.starts_with(media_type).then(|| decoded(head, body));
        };
        let joint = format!("--{boundary}");
        let parts = body.split(joint.as_str()).skip(1);
        parts
            .map(|part| part.trim_start_matches("\r\n"))
            .filter_map(|part| part.split_once("\r\n\r\n"))
            .find(|(head, _)| {
                field(head, "Content-Type").is_some_and(|kind| kind.starts_with(media_type))
            })
            .map(|(head, body)| decoded(head, body.strip_suffix("\r\n").unwrap_or(body)))
    }
}

/// A header's value with folds undone.
fn field(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    unfolded.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

fn parameter(value: &str, name: &str) -> Option<String> {
    let found = value.split(';').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then_some(value)
    })?;
    Some(found.trim().trim_matches('"').to_owned())
}

fn decoded(head: &str, body: &str) -> String {
    let encoding = field(head, "Content-Transfer-Encoding").unwrap_or_default();
    let bytes = match encoding.to_ascii_lowercase().as_str() {
        "base64" => {
            let joined: String = body.split_whitespace().collect();
            STANDARD.decode(joined).unwrap_or_default()
        }
        "quoted-printable" => quoted(&body.replace("=\r\n", "")),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

/// `=C3=BC` is `ü`.
fn quoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let hex = piece.get(..2);
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            bytes.extend_from_slice(&piece.as_bytes()[2..]);
        } else {
            bytes.push(b'=');
            bytes.extend_from_slice(piece.as_bytes());
        }
    }
    bytes
}

/// Encoded words (RFC 2047) made readable.
fn words(text: &str) -> String {
    let mut shown = String::new();
    let mut was_encoded = false;
    for word in text.split(' ') {
        let readable = encoded_word(word);
        // A blank between two encoded words belongs to neither.
        let is_joined = was_encoded && readable.is_some();
        if !shown.is_empty() && !is_joined {
            shown.push(' ');
        }
        was_encoded = readable.is_some();
        shown.push_str(&readable.unwrap_or_else(|| word.to_owned()));
    }
    shown
}

fn encoded_word(word: &str) -> Option<String> {
    let inner = word.strip_prefix("=?utf-8?")?.strip_suffix("?=")?;
    let (way, text) = inner.split_once('?')?;
    let bytes = match way {
        "b" | "B" => STANDARD.decode(text).ok()?,
        _ => quoted(&text.replace('_', " ")),
    };
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
