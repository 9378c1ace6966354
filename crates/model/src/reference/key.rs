//! What an issue key looks like: the settings `jira_issue_prefix` and `jira_issue_regex`, compiled.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use super::pattern_error::{Part, PatternError};
use super::prose::{ADDRESS, GAP};
use super::re2;

/// The longest prefix or regex a user may set, in characters: GitLab's limit for both settings.
pub const MAX_PATTERN: usize = 255;

/// Memory a user's expression may take once compiled, in bytes: enough for `\w{1,250}-\d+`.
/// With the next two limits it bounds what a hostile expression and text can cost together,
/// to about a second for each megabyte.
const COMPILED: usize = 64 << 10;

/// A user's expression sees a long text in pieces of at most this many bytes. Finding *all*
/// matches is quadratic in the piece for some expressions, though finding one is linear.
const WINDOW: usize = 1024;

/// The most matches of a user's expression that are looked at in one text, empty ones included.
/// GitLab stops at 1000 links. The default key needs no such limit.
const MAX_MATCHES: usize = 2000;

/// GitLab's default key: a project part of two or more capitals, digits and underscores, then a number.
const DEFAULT_KEY: &str = r"[A-Z][A-Z_0-9]+-\d+";

/// The same with the word boundary and group newer GitLab releases write it with.
const DEFAULT_KEY_STORED: &str = r"\b([A-Z][A-Z_0-9]+-\d+)";

static DEFAULT: LazyLock<KeyPattern> = LazyLock::new(|| KeyPattern {
    expression: fixed(r"(?-u:\b)[A-Z][A-Z_0-9]+-[0-9]+"),
    prefixed: false,
    default_key: true,
});

/// What the Markdown source of every default key looks like: perhaps with backslashes
/// (`MY\_PROJ\-1`), or with a character written as an entity. All other markup parts words.
static DEFAULT_SOURCE: LazyLock<Regex> = LazyLock::new(|| fixed(r"[A-Z][A-Z_0-9\\]+-[0-9]|&"));

#[expect(
    clippy::expect_used,
    reason = "only called with the literals of this folder, each of which a test compiles"
)]
pub(super) fn fixed(expression: &str) -> Regex {
    Regex::new(expression).expect("a literal that compiles")
}

/// One key found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'t> {
    /// The issue's key, without the prefix: what goes into URLs and API calls. Never empty.
    /// A user's regex may let in any character, so it must be percent-encoded like any foreign text.
    pub key: &'t str,
    /// The whole match, prefix included: what becomes the link's text.
    pub text: &'t str,
    /// Where `text` stands, in bytes.
    pub range: Range<usize>,
}

/// What issue keys look like in a project's texts. Cheap to clone.
///
/// The expression is GitLab's: a word boundary, the prefix, then the regex (or the default key)
/// as the group `issue`. It is read as RE2, so that what works there works here:
/// `\d`, `\w`, `\s` and `\b` know ASCII only, and there is no look-around.
#[derive(Debug, Clone)]
pub struct KeyPattern {
    expression: Regex,
    prefixed: bool,
    default_key: bool,
}

impl Default for KeyPattern {
    /// The pattern of a project that has set neither prefix nor regex.
    fn default() -> Self {
        DEFAULT.clone()
    }
}

impl KeyPattern {
    /// Compiles the two settings; a blank one means none and the default.
    ///
    /// Two traps of GitLab's are avoided: a prefix of alternatives (`A-|B-`) stands together, and
    /// one that starts with a sign (`#`) also matches where no word goes before it.
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
        let blamed = if default_key {
            Part::Prefix
        } else {
            Part::Regex
        };
        let expression =
            compile(&expression).map_err(|error| PatternError::new(blamed, regex, &error))?;
        Ok(Self {
            expression,
            prefixed,
            default_key,
        })
    }

    /// Every key in a text, in order, not overlapping; the text is taken as it is, Markdown or not.
    ///
    /// Three cases GitLab is known to get wrong are left out, for the default key only:
    /// a number that goes on (`TICKET-12-34`, `CVE-2021-1234`, `JDK-1.8`), a letter right after
    /// (`UTF-8x`), and a capital cut out of a longer word (`ÖBB-2023`). A user's regex is taken as written.
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
                if key.is_empty() || (self.default_key && goes_on(&text[range.end..])) {
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
        keys.filter(|key| stands_alone(&text[..key.start()], &text[key.end()..]))
            .map(|key| Reference {
                key: key.as_str(),
                text: key.as_str(),
                range: key.range(),
            })
            .collect()
    }

    /// Whether the prose of a Markdown source can have a key at all: a quick look before the source is parsed.
    pub(super) fn may_occur_in(&self, markdown: &str) -> bool {
        self.prefixed || !self.default_key || DEFAULT_SOURCE.is_match(markdown)
    }
}

/// Whether a digit stands right after this sign anywhere.
///
/// Without an early end, so that the compiler looks at many bytes at a time: an expression takes
/// several times as long, and most texts have no reference.
pub fn has_digit_after(text: &str, sign: u8) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    pairs.fold(false, |any, (before, digit)| {
        any | ((*before == sign) & digit.is_ascii_digit())
    })
}

/// One setting in the engine's words. It is checked alone, so that an error names it and no bracket
/// reaches from one into the other.
fn part(part: Part, setting: &str) -> Result<String, PatternError> {
    let length = setting.chars().count();
    if length > MAX_PATTERN {
        return Err(PatternError::TooLong { part, length });
    }
    let translated = re2::translate(setting);
    let expression = compile(&translated.expression).map_err(|error| match compile(setting) {
        // the user's own text, for its positions; unless it is only the translation that fails
        Err(own) => PatternError::new(part, setting, &own),
        Ok(_) => PatternError::new(part, &translated.expression, &error),
    })?;
    let mut names = expression.capture_names().flatten();
    if names.any(|name| name == "issue") {
        return Err(PatternError::issue_taken(part));
    }
    let grouped = format!("(?:{})", translated.expression);
    if compile(&grouped).is_err() {
        return Err(PatternError::swallows(part));
    }
    // a prefix stays bare otherwise: GitLab splices it, so its flags, `(?i)`, hold for the key as well
    Ok(match part {
        Part::Prefix if translated.alternatives => grouped,
        Part::Prefix | Part::Regex => translated.expression,
    })
}

fn compile(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(expression).size_limit(COMPILED).build()
}

/// Whether neither what stands before a key nor what stands after it shows that it is none.
pub fn stands_alone(before: &str, after: &str) -> bool {
    !before.ends_with(joins) && !goes_on(after)
}

/// Whether what follows a default key shows that it was none: a letter or digit, or a further
/// number. A branch name may go on (`ABC-1_fix`, `ABC-1-fix`, `ABC-1-2nd-try`).
fn goes_on(after: &str) -> bool {
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

/// Whether a character outside ASCII makes one word with the letter next to it. Scripts with
/// small and capital letters set words apart by blanks; others (Chinese, Thai) do not, and the
/// Korean particle follows the key directly.
fn joins(c: char) -> bool {
    let combining = ('\u{300}'..='\u{36f}').contains(&c);
    !c.is_ascii() && (c.is_lowercase() || c.is_uppercase() || combining)
}

/// A text in pieces for a user's expression, each with its place: apart at what [`prose`](super::prose())
/// has left out, and at most [`WINDOW`] long. Cuts are made where no key goes
/// across; a longer word without such a place is no prose and is passed over.
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
                    let word = rest.find(parts).unwrap_or(rest.len());
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

/// Where to cut a text longer than a window: behind its last empty line, else line break, else
/// blank, else sign.
fn cut(text: &str) -> Option<usize> {
    let end = (0..=WINDOW).rev().find(|&end| text.is_char_boundary(end))?;
    let head = &text[..end];
    let line = head
        .rfind("\n\n")
        .map(|at| at + 1)
        .or_else(|| head.rfind('\n'));
    let at = line
        .or_else(|| head.rfind(char::is_whitespace))
        .or_else(|| head.rfind(parts))?;
    head[at..].chars().next().map(|last| at + last.len_utf8())
}

fn parts(c: char) -> bool {
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
            // a number that goes on
            ("TICKET-12-34 CVE-2021-1234 RELEASE-2024-01-02", &[]),
            ("JDK-1.8 GPT-3.5", &[]),
            ("Done with ABC-1. 5 more, see ABC-2.", &["ABC-1", "ABC-2"]),
            ("ABC-1-", &["ABC-1"]),
            ("AB12-3456-7A9B", &[]),
            // a word that goes on
            ("ABC-1x ABC-2X ABC-3ä", &[]),
            // branch names go on
            (
                "ABC-1_fix ABC-2-fix ABC-3-2nd-try ABC-4/x",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            // letters beside it outside ASCII
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
    fn settings_are_taken_as_written() {
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
            // GitLab would need a word before the sign
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
    fn the_link_text_has_the_prefix_and_the_key_has_not() {
        let pattern = KeyPattern::new("PFX#", "").unwrap();
        let expected = Reference {
            key: "ABC-1",
            text: "PFX#ABC-1",
            range: 3..12,
        };
        assert_eq!(pattern.find("ä PFX#ABC-1."), [expected]);
    }

    #[test]
    fn an_empty_match_is_no_key_and_no_loop() {
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
    fn a_user_expression_does_not_reach_over_what_was_left_out() {
        let pattern = KeyPattern::new("", r"[^ ]+-\d+").unwrap();
        let text = format!("a{GAP}b-1{ADDRESS}{GAP} c-2{GAP}");
        assert_eq!(keys(&pattern, &text), ["b-1", "c-2"]);
        assert_eq!(pattern.find(&text)[0].range, 4..7);
    }
}
