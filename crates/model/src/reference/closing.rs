//! References that close an issue: `Closes ABC-1, ABC-2 and ABC-3`.

use std::sync::LazyLock;

use regex::Regex;

use super::key::{KeyPattern, Reference, distinct};
use super::literal::literal;
use super::prose::{ADDRESS, prose};

/// Spaces within a line.
const SPACES: &str = r"[ \t\x{a0}]+";

/// Spaces with at most one line break: wrapped text, but not the next paragraph.
const SPACE: &str = r"(?:[ \t\x{a0}]+(?:\n[ \t\x{a0}]*)?|\n[ \t\x{a0}]*)";

/// GitLab's default closing pattern up to the list of issues
/// (<https://docs.gitlab.com/user/project/issues/managing_issues/#default-closing-pattern>).
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    let verbs = "[Cc]los(?:e[sd]?|ing)|[Ff]ix(?:e[sd]|ing)?|[Rr]esolv(?:e[sd]?|ing)|[Ii]mplement(?:s|ed|ing)?";
    literal(&format!(r"(?-u:\b)(?:{verbs})(?:{SPACES})?:?{SPACE}"))
});

/// `issue` or `issues` before a key.
static NOUN: LazyLock<Regex> = LazyLock::new(|| literal(&format!("^[Ii]ssues?{SPACE}")));

/// An issue in the list that is not of the external tracker: `#1`, `group/project#1`, a URL.
static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    literal(&format!(
        r"^(?:(?:[0-9A-Za-z_][0-9A-Za-z_./\-]*)?#[0-9]+(?-u:\b)|{ADDRESS})"
    ))
});

/// Between two issues: a comma, `&`, `and`, a comma with one of the two, or spaces in the same line.
/// A line break alone is not enough: the next line may begin with an unrelated key.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    literal(&format!(
        r"^(?:{SPACE}?,{SPACE}?(?:(?:and|&){SPACE})?|{SPACE}?&{SPACE}?|{SPACE}and{SPACE}|{SPACES})"
    ))
});

/// The keys that a Markdown text closes, in order of first appearance, each once.
///
/// The words are GitLab's: forms of close, fix, resolve and implement, capitalized or not,
/// with an optional colon, then the list. Unlike in GitLab, every key of a list counts
/// (`Closes ABC-1, ABC-2`, `Fixes issue ABC-1`, `fixes #1, ABC-2, ABC-3`), and keys match the
/// project's pattern. No other text may precede the key (`Closes the gap in ABC-1`). All keys are also [`mentioned`](super::mentioned).
#[must_use]
pub fn closing(pattern: &KeyPattern, markdown: &str) -> Vec<String> {
    if !pattern.may_occur_in(markdown) {
        return Vec::new();
    }
    let text = prose(markdown);
    let references = pattern.find(&text);
    let mut keys = Vec::new();
    let mut from = 0;
    while let Some(verb) = VERB.find_at(&text, from) {
        from = list(&text, verb.end(), &references, &mut keys);
    }
    distinct(keys.into_iter())
}

/// Reads the list of issues that starts at `start`; returns where it ends.
fn list<'t>(
    text: &str,
    start: usize,
    references: &[Reference<'t>],
    keys: &mut Vec<&'t str>,
) -> usize {
    let (mut at, mut end) = (start, start);
    loop {
        at += length(&NOUN, &text[at..]);
        if let Ok(index) = references.binary_search_by_key(&at, |reference| reference.range.start) {
            keys.push(references[index].key);
            end = references[index].range.end;
        } else {
            match length(&OTHER, &text[at..]) {
                0 => return end,
                other => end = at + other,
            }
        }
        match length(&SEPARATOR, &text[end..]) {
            0 => return end,
            separator => at = end + separator,
        }
    }
}

/// The length of an expression's match at the beginning of a text.
fn length(expression: &Regex, text: &str) -> usize {
    expression.find(text).map_or(0, |found| found.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &[(&str, &[&str])]) {
        for (text, expected) in table {
            assert_eq!(closing(&KeyPattern::default(), text), *expected, "{text}");
        }
    }

    #[test]
    fn words() {
        check(&[
            ("Closes ABC-1", &["ABC-1"]),
            (
                "close ABC-1 closes ABC-2 closed ABC-3 closing ABC-4",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            (
                "Fix ABC-1. Fixes ABC-2. Fixed ABC-3. Fixing ABC-4",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            (
                "resolve ABC-1; resolves ABC-2; resolved ABC-3; resolving ABC-4",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            (
                "Implement ABC-1\nImplements ABC-2\nImplemented ABC-3\nImplementing ABC-4",
                &["ABC-1", "ABC-2", "ABC-3", "ABC-4"],
            ),
            ("Closes: ABC-1", &["ABC-1"]),
            ("**Closes:** ABC-1, **fixes** _ABC-2_", &["ABC-1", "ABC-2"]),
            ("fix: ABC-1 handle null", &["ABC-1"]),
            ("does not fix ABC-1", &["ABC-1"]),
            (
                "CLOSES ABC-1 cLoses ABC-2 prefixes ABC-3 fixup ABC-4 Closes:ABC-5 closesABC-6",
                &[],
            ),
            ("fix(ABC-1): null", &[]),
            ("Closes A-1", &[]),
        ]);
    }

    #[test]
    fn lists() {
        check(&[
            (
                "Closes ABC-1, ABC-2 and ABC-3",
                &["ABC-1", "ABC-2", "ABC-3"],
            ),
            (
                "Closes ABC-1,ABC-2 , ABC-3, and ABC-4 & ABC-5 ABC-6&ABC-7, & ABC-8",
                &[
                    "ABC-1", "ABC-2", "ABC-3", "ABC-4", "ABC-5", "ABC-6", "ABC-7", "ABC-8",
                ],
            ),
            ("Closes issue ABC-1", &["ABC-1"]),
            (
                "Fixes issues ABC-1, ABC-2 and issue ABC-3",
                &["ABC-1", "ABC-2", "ABC-3"],
            ),
            (
                "fixes #1, ABC-2, group/sub-group/app#3 and ABC-4",
                &["ABC-2", "ABC-4"],
            ),
            (
                "fixes https://gitlab.example.com/g/p/-/issues/3, ABC-2",
                &["ABC-2"],
            ),
            (
                "Closes ABC-1,\nABC-2 and\n  ABC-3",
                &["ABC-1", "ABC-2", "ABC-3"],
            ),
            ("this also closes\nABC-1", &["ABC-1"]),
            (
                "Closes ABC-2, ABC-1, ABC-2. Fixes ABC-1",
                &["ABC-2", "ABC-1"],
            ),
        ]);
    }

    #[test]
    fn text_that_ends_or_prevents_a_list() {
        check(&[
            ("Closes the gap in ABC-1", &[]),
            ("Closes ABC-1 and the rest of ABC-2", &["ABC-1"]),
            ("Closes ABC-1. ABC-2 is open", &["ABC-1"]),
            ("Closes ABC-1 (see ABC-2)", &["ABC-1"]),
            ("Closes ABC-1\nABC-2 is open", &["ABC-1"]),
            ("Closes ABC-1\n\nABC-2", &["ABC-1"]),
            ("Closes ABC-1,\n\nABC-2", &["ABC-1"]),
            ("All is fixed\n\nABC-1", &[]),
            ("fixes #1a ABC-2", &[]),
            ("Closes TICKET-12-34, ABC-1", &[]),
        ]);
    }

    #[test]
    fn not_in_code_links_and_addresses() {
        check(&[
            ("Closes `ABC-1`", &[]),
            ("Closes `x` ABC-1", &[]),
            ("`Closes ABC-1`", &[]),
            ("Subject\n\n    Closes ABC-1\n", &[]),
            ("```\nCloses ABC-1\n```\nFixes ABC-2", &["ABC-2"]),
            ("Closes https://jira.example.com/browse/ABC-1", &[]),
            ("Closes [ABC-1](https://jira.example.com/browse/ABC-1)", &[]),
            ("Closes <b>ABC-1</b>", &[]),
        ]);
    }

    #[test]
    fn unusual_spaces() {
        check(&[
            ("Closes\u{a0}ABC-1,\tABC-2", &["ABC-1", "ABC-2"]),
            ("Closes\u{200f} ABC-1", &[]),
            ("Closes ABC-1\0ABC-2", &["ABC-1"]),
            ("closes", &[]),
            ("closes ", &[]),
        ]);
    }

    #[test]
    fn a_custom_pattern_closes_too() {
        for (prefix, regex, text, expected) in [
            (
                "",
                r"[a-z]+-\d+",
                "Closes abc-1, def-2",
                &["abc-1", "def-2"][..],
            ),
            (
                "PFX#",
                "",
                "Closes PFX#ABC-1 and PFX#ABC-2, ABC-3",
                &["ABC-1", "ABC-2"],
            ),
            ("#", r"\d+", "Fixes #1, #2", &["1", "2"]),
            ("", r"\w+", "fix fix fix", &["fix"]),
        ] {
            let pattern = KeyPattern::new(prefix, regex).unwrap();
            assert_eq!(closing(&pattern, text), expected, "{text}");
        }
    }
}
