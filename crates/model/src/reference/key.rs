//! Matching issue keys: the settings `jira_issue_prefix` and `jira_issue_regex`, compiled.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::literal::literal;
use super::pattern_error::{MAX_PATTERN, Part, PatternError};
use super::prose::{ADDRESS, GAP};
use super::re2;

/// The maximum size of a user's compiled expression, in bytes: enough for `\w{1,250}-\d+`.
/// With the next two limits it bounds the time for a hostile expression and text
/// to about a second per megabyte.
const MAX_COMPILED: usize = 64 << 10;

/// A user's expression is matched against pieces of at most this many bytes: finding *all*
/// matches is quadratic in the piece for some expressions, though finding one is linear.
const WINDOW: usize = 1024;

/// The maximum of a user's matches considered in one text, empty ones included.
/// GitLab stops at 1000 links. The default key needs no such limit.
const MAX_MATCHES: usize = 2000;

/// GitLab's default key: a project part of two or more capitals, digits and underscores, then a number.
const DEFAULT_KEY: &str = r"[A-Z][A-Z_0-9]+-\d+";

/// The same as stored by newer GitLab releases, with a word boundary and a group.
const DEFAULT_KEY_STORED: &str = r"\b([A-Z][A-Z_0-9]+-\d+)";

static DEFAULT: LazyLock<KeyPattern> = LazyLock::new(|| KeyPattern {
    expression: literal(r"(?-u:\b)[A-Z][A-Z_0-9]+-[0-9]+"),
    prefixed: false,
    default_key: true,
});

/// Matches the Markdown source of every default key: perhaps with backslashes
/// (`MY\_PROJ\-1`), or with a character as an entity. All other markup separates words.
static DEFAULT_SOURCE: LazyLock<Regex> = LazyLock::new(|| literal(r"[A-Z][A-Z_0-9\\]+-[0-9]|&"));

/// A key found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'t> {
    /// The issue's key without the prefix, for URLs and API requests. Never empty.
    /// A user's regex may match any character, so it must be percent-encoded.
    pub key: &'t str,
    /// The whole match, including the prefix: the text of a link.
    pub text: &'t str,
    /// The position of `text`, in bytes.
    pub range: Range<usize>,
}

/// Matches the issue keys of a project. Cheap to clone.
///
/// The expression is GitLab's: a word boundary, the prefix, then the regex (or the default key)
/// as the group `issue`. It has RE2's syntax (<https://github.com/google/re2/wiki/Syntax>):
/// `\d`, `\w`, `\s` and `\b` are ASCII only, and there is no look-around.
#[derive(Debug, Clone)]
pub struct KeyPattern {
    expression: Regex,
    prefixed: bool,
    default_key: bool,
}

impl Default for KeyPattern {
    /// The pattern of a project without prefix and regex.
    fn default() -> Self {
        DEFAULT.clone()
    }
}

impl KeyPattern {
    /// Compiles the two settings; a blank one means no prefix, or the default key.
    ///
    /// Differs from GitLab in two cases: a prefix of alternatives (`A-|B-`) is grouped, and
    /// one that starts with punctuation (`#`) also matches where no word precedes it.
    pub fn new(prefix: &str, regex: &str) -> Result<Self, PatternError> {
        let default_key =
            regex.trim().is_empty() || regex == DEFAULT_KEY || regex == DEFAULT_KEY_STORED;
        let prefixed = !prefix.trim().is_empty();
        if default_key && !prefixed {
            return Ok(Self::default());
        }
        let prefix = if prefixed {
            part(Part::Prefix, prefix)?
        } else {
            String::new()
        };
        let key = part(Part::Regex, if default_key { DEFAULT_KEY } else { regex })?;
        let boundary = if prefixed {
            r"(?-u:\b|\b{start-half})"
        } else {
            r"(?-u:\b)"
        };
        let expression = format!("{boundary}{prefix}(?P<issue>{key})");
        let failed = if default_key {
            Part::Prefix
        } else {
            Part::Regex
        };
        let expression =
            compile(&expression).map_err(|error| PatternError::new(failed, regex, &error))?;
        Ok(Self {
            expression,
            prefixed,
            default_key,
        })
    }

    /// All keys in a text, in order, not overlapping. Markdown is not interpreted.
    ///
    /// Three cases that GitLab gets wrong are no keys, for the default key only:
    /// a number that continues (`TICKET-12-34`, `CVE-2021-1234`, `JDK-1.8`), a letter right after it
    /// (`UTF-8x`), and a part of a longer word (`ÖBB-2023`). A user's regex is used as written.
    pub fn find<'t>(&self, text: &'t str) -> Vec<Reference<'t>> {
        if self.default_key && !self.prefixed {
            return self.find_default(text);
        }
        let mut left = MAX_MATCHES;
        let mut found = Vec::new();
        for (offset, window) in windows(text) {
            for groups in self.expression.captures_iter(window).take(left) {
                left -= 1;
                let (Some(whole), Some(key)) = (groups.get(0), groups.name("issue")) else {
                    continue;
                };
                let range = offset + whole.start()..offset + whole.end();
                if key.is_empty() || (self.default_key && continues(&text[range.end..])) {
                    continue;
                }
                found.push(Reference {
                    key: key.as_str(),
                    text: whole.as_str(),
                    range,
                });
            }
        }
        found
    }

    fn find_default<'t>(&self, text: &'t str) -> Vec<Reference<'t>> {
        if !has_digit_after(text, b'-') {
            return Vec::new();
        }
        let keys = self.expression.find_iter(text);
        keys.filter(|key| is_whole_word(&text[..key.start()], &text[key.end()..]))
            .map(|key| Reference {
                key: key.as_str(),
                text: key.as_str(),
                range: key.range(),
            })
            .collect()
    }

    /// Whether a Markdown source may contain a key: a quick check before it is parsed.
    pub(super) fn may_occur_in(&self, markdown: &str) -> bool {
        self.prefixed || !self.default_key || DEFAULT_SOURCE.is_match(markdown)
    }
}

/// The keys in order, without duplicates.
pub(super) fn distinct<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<String> {
    let mut seen = HashSet::new();
    keys.filter(|key| seen.insert(*key))
        .map(str::to_owned)
        .collect()
}

/// Whether a digit follows this character anywhere.
///
/// The loop has no early exit, which lets the compiler vectorize it: a regex takes
/// several times as long, and most texts have no reference.
pub fn has_digit_after(text: &str, byte: u8) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs.fold(false, |any, (before, digit)| {
        any | ((*before == byte) & digit.is_ascii_digit())
    })
}

/// One setting in the engine's syntax. It is compiled alone, so that an error names it and no bracket
/// extends from one into the other.
fn part(part: Part, setting: &str) -> Result<String, PatternError> {
    let length = setting.chars().count();
    if length > MAX_PATTERN {
        return Err(PatternError::TooLong { part, length });
    }
    let translated = re2::translate(setting);
    let expression = compile(&translated.expression).map_err(|error| match compile(setting) {
        // the user's text has the right positions, unless only the translation fails
        Err(own) => PatternError::new(part, setting, &own),
        Ok(_) => PatternError::new(part, &translated.expression, &error),
    })?;
    let mut names = expression.capture_names().flatten();
    if names.any(|name| name == "issue") {
        return Err(PatternError::reserved_group(part));
    }
    let grouped = format!("(?:{})", translated.expression);
    if compile(&grouped).is_err() {
        return Err(PatternError::open_comment(part));
    }
    // otherwise a prefix is not grouped: as in GitLab, its flags, such as `(?i)`, apply to the key too
    Ok(match part {
        Part::Prefix if translated.alternatives => grouped,
        Part::Prefix | Part::Regex => translated.expression,
    })
}

fn compile(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression)
        .size_limit(MAX_COMPILED)
        .build()
}

/// Whether a key is not a part of a longer word or number, by the text before and after it.
pub fn is_whole_word(before: &str, after: &str) -> bool {
    !before.ends_with(joins) && !continues(after)
}

/// Whether the text after a default key continues it: a letter or digit, or another
/// number. A branch name may have further words (`ABC-1_fix`, `ABC-1-fix`, `ABC-1-2nd-try`).
fn continues(after: &str) -> bool {
    let mut rest = after.chars();
    match rest.next() {
        Some('.') => rest.next().is_some_and(|c| c.is_ascii_digit()),
        Some('-') => {
            let number = rest.as_str();
            let end = number.trim_start_matches(|c: char| c.is_ascii_digit());
            end.len() < number.len() && !end.starts_with(|c: char| c.is_ascii_lowercase())
        }
        Some(next) => next.is_ascii_alphanumeric() || joins(next),
        None => false,
    }
}

/// Whether a character outside ASCII forms one word with the letter next to it. Scripts with
/// letter case separate words by spaces; others (Chinese, Thai) do not, and a
/// Korean particle follows the key directly.
fn joins(c: char) -> bool {
    let combining = ('\u{300}'..='\u{36f}').contains(&c);
    !c.is_ascii() && (c.is_lowercase() || c.is_uppercase() || combining)
}

/// A text in pieces of at most [`WINDOW`] bytes for a user's expression, with their offsets: split
/// where [`prose`](super::prose()) omitted something, and where no key can extend across. A longer
/// word without such a place is skipped.
fn windows(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let pieces = text.split_inclusive([GAP, ADDRESS]).map(move |piece| {
        let offset = start;
        start += piece.len();
        (offset, piece.trim_end_matches([GAP, ADDRESS]))
    });
    pieces.flat_map(|(mut offset, mut rest)| {
        std::iter::from_fn(move || {
            while rest.len() > WINDOW {
                let (piece, after) = rest.split_at(cut(rest).unwrap_or(0));
                if piece.is_empty() {
                    let word = rest.find(separates).unwrap_or(rest.len());
                    (offset, rest) = (offset + word, &rest[word..]);
                    continue;
                }
                let at = offset;
                (offset, rest) = (offset + piece.len(), after);
                return Some((at, piece));
            }
            let piece = std::mem::take(&mut rest);
            (!piece.is_empty()).then_some((offset, piece))
        })
    })
}

/// Where to cut a text longer than a window: after its last empty line, else line break, else
/// space, else punctuation.
fn cut(text: &str) -> Option<usize> {
    let end = (0..=WINDOW).rev().find(|&end| text.is_char_boundary(end))?;
    let head = &text[..end];
    let line = head
        .rfind("\n\n")
        .map(|at| at + 1)
        .or_else(|| head.rfind('\n'));
    let at = line
        .or_else(|| head.rfind(char::is_whitespace))
        .or_else(|| head.rfind(separates))?;
    head[at..].chars().next().map(|last| at + last.len_utf8())
}

fn separates(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys<'t>(pattern: &KeyPattern, text: &'t str) -> Vec<&'t str> {
        pattern.find(text).iter().map(|found| found.key).collect()
    }

    #[test]
    fn the_default_key() {
        let pattern = KeyPattern::default();
        for (text, expected) in [
            ("ABC-1", &["ABC-1"][..]),
            ("ABC-1 DEF_G2-34,(XY-5).", &["ABC-1", "DEF_G2-34", "XY-5"]),
            ("second\nline: ABC-1\r\nDEF-2", &["ABC-1", "DEF-2"]),
            ("A-1 a-1 abc-1 Abc-1 9AB-1", &[]),
            ("thisNOT-123 _AB-1 xAB-1", &[]),
            (
                "feature-ABC-1 x/ABC-2 ABC-3-DEF-4",
                &["ABC-1", "ABC-2", "ABC-3", "DEF-4"],
            ),
            // a number that continues
            ("TICKET-12-34 CVE-2021-1234 RELEASE-2024-01-02", &[]),
            ("JDK-1.8 GPT-3.5", &[]),
            ("Done with ABC-1. 5 more, see ABC-2.", &["ABC-1", "ABC-2"]),
            ("ABC-1-", &["ABC-1"]),
            ("AB12-3456-7A9B", &[]),
            // a word that continues
            ("ABC-1x ABC-2X ABC-3ä", &[]),
            // branch names with further words
            (
                "ABC-1_fix ABC-2-fix ABC-3-2nd-try ABC-4/x",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            // letters next to it outside ASCII
            ("ÖBB-2023 ÄABC-1 жABC-2 A\u{301}BC-3", &[]),
            ("修复ABC-123的问题，关闭DEF-4。", &["ABC-123", "DEF-4"]),
            ("ABC-12를 고침", &["ABC-12"]),
            ("\u{200f}ABC-1\u{200e}\0DEF-2\u{feff}", &["ABC-1", "DEF-2"]),
            ("ABC-١ ABC-２", &[]),
            ("ABC–1 ABC‑2", &[]),
            ("", &[]),
        ] {
            assert_eq!(keys(&pattern, text), expected, "{text}");
        }
    }

    #[test]
    fn look_alikes_may_be_projects() {
        let found = "UTF-8 SHA-256 ISO-8859 RFC-2119 UTF-8-like";
        assert_eq!(
            keys(&KeyPattern::default(), found),
            ["UTF-8", "SHA-256", "ISO-8859", "RFC-2119", "UTF-8"]
        );
    }

    #[test]
    fn settings_are_used_as_written() {
        for (prefix, regex, text, expected) in [
            (
                "",
                r"[a-z]+-\d+",
                "abc-1 ABC-2 abc-3-4 xabc-5y",
                &["abc-1", "abc-3", "xabc-5"][..],
            ),
            ("", r"[A-Z]+-\d+", "A-1 TICKET-12-34", &["A-1", "TICKET-12"]),
            ("", r"(?i)[a-z]+-\d+", "abc-1 ABC-2", &["abc-1", "ABC-2"]),
            ("", "ABC-\\d+|DEF-\\d+", "ABC-1 DEF-2", &["ABC-1", "DEF-2"]),
            ("", r"\d+", "12 ab34 #56", &["12", "56"]),
            ("PFX#", "", "PFX#ABC-1 ABC-2 PFX#ABC-3-4", &["ABC-1"]),
            ("PFX#", r"\d+", "PFX#1 2", &["1"]),
            // GitLab needs a word before the punctuation
            ("#", "", "#ABC-1 x#ABC-2 ABC-3", &["ABC-1", "ABC-2"]),
            (r"\[", "", "[ABC-1] ABC-2", &["ABC-1"]),
            ("jira:|J#", "", "jira:ABC-1 J#ABC-2 J#", &["ABC-1", "ABC-2"]),
            ("(?i)jira:", "", "JIRA:abc-1", &["abc-1"]),
            (" ", "\t", "ABC-1", &["ABC-1"]),
            ("", DEFAULT_KEY_STORED, "TICKET-12-34 ABC-1", &["ABC-1"]),
            ("", "(a)(b)?-1", "a-1 ab-1", &["a-1", "ab-1"]),
        ] {
            let pattern = KeyPattern::new(prefix, regex).unwrap();
            assert_eq!(keys(&pattern, text), expected, "{prefix} {regex} {text}");
        }
    }

    #[test]
    fn the_link_text_has_the_prefix_and_the_key_does_not() {
        let pattern = KeyPattern::new("PFX#", "").unwrap();
        let expected = Reference {
            key: "ABC-1",
            text: "PFX#ABC-1",
            range: 3..12,
        };
        assert_eq!(pattern.find("ä PFX#ABC-1."), [expected]);
    }

    #[test]
    fn an_empty_match_is_not_a_key_and_does_not_loop() {
        for regex in ["", "()", "x*", r"(?:ABC-\d+)?", "|a", "$", r"\b", ".*?"] {
            let pattern = KeyPattern::new("", regex).unwrap();
            let text = "ä ABC-1 b \u{10ffff}";
            assert!(
                keys(&pattern, text).iter().all(|key| !key.is_empty()),
                "{regex}"
            );
        }
        assert_eq!(
            keys(&KeyPattern::new("", r"(?:ABC-\d+)?").unwrap(), "see ABC-1"),
            ["ABC-1"]
        );
        assert!(keys(&KeyPattern::new("PFX", "x*").unwrap(), "PFX").is_empty());
    }

    #[test]
    fn long_texts_are_searched_to_the_end() {
        let pattern = KeyPattern::new("", r"[a-z]+-\d+").unwrap();
        for filler in ["lorem ipsum\n", "x, y", "x,y", "語", "a b\n\n", "/"] {
            let long = filler.repeat(9000 / filler.len());
            let text = format!("abc-1 {long} def-2 {long} ghi-3");
            let found = pattern.find(&text);
            assert!(
                found
                    .iter()
                    .all(|found| text[found.range.clone()] == *found.text),
                "{filler}"
            );
            assert_eq!(
                keys(&pattern, &text),
                ["abc-1", "def-2", "ghi-3"],
                "{filler}"
            );
        }
        // neither found nor cut in two
        let word = format!("abc-1 {}-12 def-2", "a".repeat(3000));
        assert_eq!(keys(&pattern, &word), ["abc-1", "def-2"]);
        let many = "abc-1,".repeat(MAX_MATCHES + 1);
        assert_eq!(keys(&pattern, &many).len(), MAX_MATCHES);
    }

    #[test]
    fn a_user_expression_does_not_match_across_omitted_parts() {
        let pattern = KeyPattern::new("", r"[^ ]+-\d+").unwrap();
        let text = format!("a{GAP}b-1{ADDRESS}{GAP} c-2{GAP}");
        assert_eq!(keys(&pattern, &text), ["b-1", "c-2"]);
        assert_eq!(pattern.find(&text)[0].range, 4..7);
    }
}
