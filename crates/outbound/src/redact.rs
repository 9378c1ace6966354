//! Redacting secrets in texts that are stored or shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use model::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use url::{Position, Url};

/// The replacement for a secret.
const MASK: &str = "[redacted]";

/// Length from which a part of a secret URL is taken for a token, in bytes.
const MIN_TOKEN: usize = 12;

/// What a tool that shortens a text puts at its end.
const ELLIPSIS: char = '…';

/// Length from which the beginning of a secret in a shortened text is redacted, in bytes.
const MIN_PREFIX: usize = 4;

/// The secrets of one delivery, in every form in which they may appear in a text.
#[derive(Clone, Default)]
pub struct Redactor {
    /// longest first
    needles: Vec<String>,
}

impl Redactor {
    /// A redactor for these secrets; `name:secret` pairs of basic authentication included.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>, usernames: &[&str]) -> Self {
        let mut needles = Vec::new();
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            let text = secret.expose();
            if let Ok(url) = Url::parse(text)
                && url.has_host()
            {
                needles.extend(secret_parts(&url));
                continue;
            }
            needles.push(text.to_owned());
            needles.push(utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
            let json = serde_json::Value::from(text).to_string();
            needles.push(json[1..json.len() - 1].to_owned());
            for plain in std::iter::once(text.to_owned())
                .chain(usernames.iter().map(|name| format!("{name}:{text}")))
            {
                for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
                    needles.push(engine.encode(&plain));
                }
            }
        }
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        needles.dedup();
        Self { needles }
    }

    /// The text with every secret replaced by `[redacted]`.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = Cow::Borrowed(text);
        for needle in &self.needles {
            if clean.contains(needle.as_str()) {
                clean = Cow::Owned(clean.replace(needle.as_str(), MASK));
            }
        }
        match self.redact_prefixes(&clean) {
            Some(cleaner) => Cow::Owned(cleaner),
            None => clean,
        }
    }

    /// The beginning of the text, redacted and cut to `limit` bytes, with the size of the rest.
    pub fn excerpt(&self, text: &str, limit: usize) -> String {
        let window = self.window(text, limit);
        let clean = self.redact(window);
        let unread = text.len() - window.len();
        // The end of the window may be a part of a secret, which is not recognized as one.
        let safe = match unread {
            0 => clean.len(),
            _ => clean.len().saturating_sub(self.longest()),
        };
        let shown = prefix(&clean, safe.min(limit));
        match unread + clean.len() - shown.len() {
            0 => clean.into_owned(),
            rest => format!("{shown}… [{rest} bytes more]"),
        }
    }

    /// As much of a text as must be searched for secrets that begin within its first bytes.
    fn window<'t>(&self, text: &'t str, limit: usize) -> &'t str {
        prefix(text, limit + self.longest())
    }

    fn longest(&self) -> usize {
        self.needles.first().map_or(0, String::len)
    }

    /// The text without the beginnings of secrets before an ellipsis.
    fn redact_prefixes(&self, text: &str) -> Option<String> {
        let mut pieces: Vec<&str> = text.split(ELLIPSIS).collect();
        let last = pieces.pop()?;
        if pieces.is_empty() {
            return None;
        }
        let cleaned = pieces.iter().map(|piece| {
            let lengths = self
                .needles
                .iter()
                .filter_map(|needle| trailing_prefix(piece, needle));
            match lengths.max() {
                Some(length) => format!("{}{MASK}{ELLIPSIS}", &piece[..piece.len() - length]),
                None => format!("{piece}{ELLIPSIS}"),
            }
        });
        Some(cleaned.chain([last.to_owned()]).collect())
    }
}

/// The beginning of a text, at most `limit` bytes.
fn prefix(text: &str, limit: usize) -> &str {
    let ends = (0..=limit.min(text.len())).rev();
    let mut boundaries = ends.filter(|end| text.is_char_boundary(*end));
    &text[..boundaries.next().unwrap_or(0)]
}

/// The length of the secret's beginning that the text ends with, in bytes.
fn trailing_prefix(text: &str, needle: &str) -> Option<usize> {
    let ends = needle.char_indices().map(|(at, _)| at).rev();
    let mut lengths = ends.take_while(|length| *length >= MIN_PREFIX);
    lengths.find(|length| text.ends_with(&needle[..*length]))
}

/// The secret parts of a URL: all after its host, and each token in it that may appear alone.
fn secret_parts(url: &Url) -> Vec<String> {
    let whole = url.as_str()[url[..Position::BeforePath].len()..].to_owned();
    let parts = whole.split(['/', '?', '&', '=', '#']);
    let mut found: Vec<String> = parts
        .filter(|part| part.len() >= MIN_TOKEN)
        .map(str::to_owned)
        .collect();
    if whole.len() > 1 {
        found.push(whole);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let secret = Secret::new("p\"w/1 2");
        let redactor = Redactor::new([&secret], &["ada"]);
        let forms = [
            "p\"w/1 2".to_owned(),
            serde_json::json!({"password": "p\"w/1 2"}).to_string(),
            "https://x/?t=p%22w%2F1%202".to_owned(),
            format!("Basic {}", STANDARD.encode("ada:p\"w/1 2")),
            STANDARD.encode("p\"w/1 2"),
        ];
        for form in forms {
            let clean = redactor.redact(&form);
            assert!(
                clean.contains(MASK) && !clean.contains("w/1"),
                "{form} → {clean}"
            );
        }
    }

    #[test]
    fn only_the_host_of_a_secret_url_is_shown() {
        let secret = Secret::new("https://hooks.test/services/T0/Abcdefghijklmnop?k=v");
        let redactor = Redactor::new([&secret], &[]);
        assert_eq!(
            redactor.redact("POST https://hooks.test/services/T0/Abcdefghijklmnop?k=v"),
            "POST https://hooks.test[redacted]"
        );
        assert_eq!(
            redactor.redact("no team Abcdefghijklmnop"),
            "no team [redacted]"
        );
        let bare = Secret::new("https://hooks.test/");
        assert_eq!(Redactor::new([&bare], &[]).redact("a/b"), "a/b");
    }

    #[test]
    fn the_beginning_of_a_secret_in_a_shortened_text_is_masked() {
        let secret = Secret::new("hunter2-hünter3");
        let redactor = Redactor::new([&secret], &[]);
        for (text, expected) in [
            ("no hunter2-hü…", "no [redacted]…"),
            (
                "no hunt… and hunter2… end",
                "no [redacted]… and [redacted]… end",
            ),
            ("no hun…", "no hun…"),
            ("a hunter …", "a hunter …"),
        ] {
            assert_eq!(redactor.redact(text), expected);
        }
    }

    #[test]
    fn an_empty_secret_masks_nothing() {
        assert_eq!(
            Redactor::new([&Secret::default()], &["ada"]).redact("abc"),
            "abc"
        );
    }

    #[test]
    fn an_excerpt_shows_no_part_of_a_secret_at_its_end() {
        let secret = Secret::new("hünter2-hünter3");
        let redactor = Redactor::new([&secret], &[]);
        for lead in 0..40 {
            for repeats in [1, 2, 20] {
                let text = format!(
                    "{}{}end",
                    "x".repeat(lead),
                    "hünter2-hünter3".repeat(repeats)
                );
                let excerpt = redactor.excerpt(&text, 20);
                assert!(!excerpt.contains('h'), "{lead} {repeats}: {excerpt}");
                assert!(
                    excerpt.len() <= 20 + "… [999 bytes more]".len(),
                    "{excerpt}"
                );
            }
        }
    }

    #[test]
    fn an_excerpt_is_the_whole_text_or_gives_the_size_of_the_rest() {
        let redactor = Redactor::new([&Secret::new("s3cret")], &[]);
        for (text, expected) in [
            ("0123456789", "0123456789"),
            ("0123456789ü", "0123456789… [2 bytes more]"),
            ("012345678ü", "012345678… [2 bytes more]"),
            ("s3cret", "[redacted]"),
        ] {
            assert_eq!(redactor.excerpt(text, 10), expected);
        }
        let large = "ü".repeat(1_000_000);
        assert_eq!(redactor.excerpt(&large, 5), "üü… [1999996 bytes more]");
        let searched = redactor.window(&large, 5).len();
        assert!(searched <= 5 + redactor.longest(), "{searched}");
    }
}
