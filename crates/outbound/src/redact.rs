//! Taking secrets out of what is kept and shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use model::Secret;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use url::{Position, Url};

/// What stands where a secret was.
const MASK: &str = "[redacted]";

/// Length from which a part of a secret address is taken for a token.
const TELLING: usize = 12;

/// What those who shorten a text put at its end.
const CUT: char = '…';

/// Length from which the beginning of a secret, cut off, is taken out too.
const TELLING_BEGINNING: usize = 4;

/// Knows the secrets of one conversation in every form they may come back in.
#[derive(Clone, Default)]
pub struct Redactor {
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

    /// The text with every secret masked.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut clean = Cow::Borrowed(text);
        for needle in &self.needles {
            if clean.contains(needle.as_str()) {
                clean = Cow::Owned(clean.replace(needle.as_str(), MASK));
            }
        }
        match self.clean_cut(&clean) {
            Some(cleaner) => Cow::Owned(cleaner),
            None => clean,
        }
    }

    /// The text without beginnings of secrets that stand before a cut, where one who shortened the
    /// text has left them.
    fn clean_cut(&self, text: &str) -> Option<String> {
        let mut pieces: Vec<&str> = text.split(CUT).collect();
        let last = pieces.pop()?;
        if pieces.is_empty() {
            return None;
        }
        let cleaned = pieces.iter().map(|piece| {
            let lengths = self
                .needles
                .iter()
                .filter_map(|needle| beginning(piece, needle));
            match lengths.max() {
                Some(length) => format!("{}{MASK}{CUT}", &piece[..piece.len() - length]),
                None => format!("{piece}{CUT}"),
            }
        });
        Some(cleaned.chain([last.to_owned()]).collect())
    }
}

/// How much of a secret the text ends with, from the secret's beginning; in bytes.
fn beginning(text: &str, needle: &str) -> Option<usize> {
    let ends = needle.char_indices().map(|(at, _)| at).rev();
    let mut telling = ends.take_while(|length| *length >= TELLING_BEGINNING);
    telling.find(|length| text.ends_with(&needle[..*length]))
}

/// What is secret of an address: all behind its host, and each part of it that may be met alone.
fn secret_parts(url: &Url) -> Vec<String> {
    let whole = url.as_str()[url[..Position::BeforePath].len()..].to_owned();
    let parts = whole.split(['/', '?', '&', '=', '#']);
    let mut found: Vec<String> = parts
        .filter(|part| part.len() >= TELLING)
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
            let clean = redactor.clean(&form);
            assert!(
                clean.contains(MASK) && !clean.contains("w/1"),
                "{form} → {clean}"
            );
        }
    }

    #[test]
    fn of_a_secret_address_the_host_is_shown() {
        let secret = Secret::new("https://hooks.test/services/T0/Abcdefghijklmnop?k=v");
        let redactor = Redactor::new([&secret], &[]);
        assert_eq!(
            redactor.clean("POST https://hooks.test/services/T0/Abcdefghijklmnop?k=v"),
            "POST https://hooks.test[redacted]"
        );
        assert_eq!(
            redactor.clean("no team Abcdefghijklmnop"),
            "no team [redacted]"
        );
        let bare = Secret::new("https://hooks.test/");
        assert_eq!(Redactor::new([&bare], &[]).clean("a/b"), "a/b");
    }

    #[test]
    fn a_secret_that_was_cut_in_two_is_masked_too() {
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
            assert_eq!(redactor.clean(text), expected);
        }
    }

    #[test]
    fn an_empty_secret_masks_nothing() {
        assert_eq!(
            Redactor::new([&Secret::default()], &["ada"]).clean("abc"),
            "abc"
        );
    }
}
