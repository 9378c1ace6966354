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
        clean
    }
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
    fn an_empty_secret_masks_nothing() {
        assert_eq!(
            Redactor::new([&Secret::default()], &["ada"]).clean("abc"),
            "abc"
        );
    }
}
