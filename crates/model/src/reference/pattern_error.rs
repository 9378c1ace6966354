//! Why a user's prefix or regex cannot be used, in words for the user.

use super::key::MAX_PATTERN;

/// The setting an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What goes before the key: `jira_issue_prefix`.
    Prefix,
    /// The key itself: `jira_issue_regex`.
    Regex,
}

/// Why a user's prefix or regex is refused. Its text says what is wrong, where and what would be
/// right; it follows the setting's name, as in GitLab's `{"jira_issue_regex": ["not valid RE2 syntax: …"]}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Longer than [`MAX_PATTERN`]; the words are those of GitLab's length rule.
    #[error("is too long (maximum is {MAX_PATTERN} characters)")]
    TooLong {
        /// The setting that is too long.
        part: Part,
        /// Its length, in characters.
        length: usize,
    },
    /// Small as text, large as an automaton: `(\w{50}){50}`.
    #[error(
        "is too large when its repetitions are counted out; use smaller counts or + instead, as in [A-Z]+-\\d+"
    )]
    TooComplex {
        /// The setting that is too large.
        part: Part,
    },
    /// Not an expression the engine can run.
    #[error("not valid RE2 syntax: {message}{}{}", place(.position.as_ref()), advice(.hint.as_ref()))]
    Invalid {
        /// The setting that is wrong.
        part: Part,
        /// What is wrong.
        message: String,
        /// Where: the character's number, counted from 1, and the text there.
        position: Option<(usize, String)>,
        /// What to write instead.
        hint: Option<&'static str>,
    },
}

fn place(position: Option<&(usize, String)>) -> String {
    position.map_or_else(String::new, |(number, text)| {
        format!(", at character {number} ({text:?})")
    })
}

fn advice(hint: Option<&&'static str>) -> String {
    hint.map_or_else(String::new, |hint| format!("; {hint}"))
}

/// What the engine says (a part of it), and what helps then.
const HINTS: [(&str, &str); 10] = [
    (
        "look-around",
        "leave it out and describe the key alone: it is only looked for where a word begins",
    ),
    ("backreferences", "write the expression out a second time"),
    (
        "Unicode property",
        "name the letters themselves, as in [A-ZÄÖÜ]",
    ),
    (
        "repetition operator missing",
        "for the sign itself, write a backslash before it, as in \\* or \\+",
    ),
    (
        "group name",
        "give each group a name of its own, or none: ( )",
    ),
    (
        "unclosed group",
        "add the missing ), or write \\( for the sign itself",
    ),
    (
        "unopened group",
        "add the missing (, or write \\) for the sign itself",
    ),
    (
        "character class",
        "write it as in [A-Z0-9_], from the lower to the higher, and \\[ for the sign itself",
    ),
    (
        "counted repetition",
        "write it as in {2,10}, or \\{ for the sign itself",
    ),
    (
        "escape sequence",
        "\\d, \\w, \\s and \\b are known, and \\ before a sign; \\\\ is the backslash itself",
    ),
];

impl PatternError {
    /// The setting the error is about.
    pub fn part(&self) -> Part {
        match self {
            Self::TooLong { part, .. } | Self::TooComplex { part } | Self::Invalid { part, .. } => {
                *part
            }
        }
    }

    /// What the engine has to say on an expression.
    pub(super) fn new(part: Part, expression: &str, error: &regex::Error) -> Self {
        let text = match error {
            regex::Error::CompiledTooBig(_) => return Self::TooComplex { part },
            other => other.to_string(),
        };
        let message = text
            .rsplit("error: ")
            .next()
            .unwrap_or(&text)
            .trim()
            .to_owned();
        let hint = HINTS
            .iter()
            .find(|(words, _)| message.contains(words))
            .map(|(_, hint)| *hint);
        Self::Invalid {
            part,
            message,
            position: position(&text, expression),
            hint,
        }
    }

    /// A group of the user's is named as ours.
    pub(super) fn issue_taken(part: Part) -> Self {
        let message = "a group may not be named \"issue\", which the key as a whole is".to_owned();
        Self::Invalid {
            part,
            message,
            position: None,
            hint: Some("choose another name, or none: ( )"),
        }
    }

    /// What follows the expression would belong to a comment in it.
    pub(super) fn swallows(part: Part) -> Self {
        let message = "a comment at its end takes in all that follows".to_owned();
        let hint = Some("leave out the flag x, or write \\# for the sign itself");
        Self::Invalid {
            part,
            message,
            position: None,
            hint,
        }
    }
}

/// The engine draws the expression, indented by four, with a line of `^` below. (An expression of
/// several lines is drawn otherwise, and gets no position.)
fn position(text: &str, expression: &str) -> Option<(usize, String)> {
    let mut lines = text
        .lines()
        .skip_while(|line| line.strip_prefix("    ") != Some(expression));
    let carets = lines.nth(1)?.strip_prefix("    ")?;
    let before = carets.find('^')?;
    let length = carets[before..]
        .bytes()
        .take_while(|&byte| byte == b'^')
        .count();
    let found: String = expression.chars().skip(before).take(length).collect();
    (!found.is_empty()).then_some((before + 1, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::KeyPattern;

    #[test]
    fn errors_say_what_where_and_what_would_be_right() {
        for (regex, expected) in [
            (
                "(?=a)b",
                "not valid RE2 syntax: look-around, including look-ahead and look-behind, is not supported, at character 1 (\"(?=\"); leave it out",
            ),
            (
                r"(a)\1",
                "not valid RE2 syntax: backreferences are not supported, at character 4 (\"\\\\1\"); write the expression out",
            ),
            (
                "ä(b",
                "not valid RE2 syntax: unclosed group, at character 2 (\"(\"); add the missing )",
            ),
            (
                "ab)",
                "not valid RE2 syntax: unopened group, at character 3 (\")\"); add the missing (",
            ),
            (
                "[z-a]",
                "not valid RE2 syntax: invalid character class range, the start must be <= the end, at character 2 (\"z-a\"); write it as",
            ),
            (
                r"\d+\y",
                "not valid RE2 syntax: unrecognized escape sequence, at character 4 (\"\\\\y\"); ",
            ),
            ("a\n(b", "not valid RE2 syntax: unclosed group; add"),
            (
                "(?P<issue>a)",
                "not valid RE2 syntax: a group may not be named \"issue\", ",
            ),
            (
                "(?x)a #",
                "not valid RE2 syntax: a comment at its end takes in all that follows; leave out",
            ),
            (
                r"\w{500}{500}",
                "is too large when its repetitions are counted out; use smaller counts",
            ),
        ] {
            for (part, error) in [
                (Part::Regex, KeyPattern::new("", regex)),
                (Part::Prefix, KeyPattern::new(regex, "")),
            ] {
                let error = error.unwrap_err();
                assert_eq!(error.part(), part, "{regex}");
                assert!(error.to_string().starts_with(expected), "{regex}: {error}");
            }
        }
    }

    #[test]
    fn brackets_do_not_reach_from_one_setting_into_the_other() {
        assert_eq!(KeyPattern::new("(", "a)").unwrap_err().part(), Part::Prefix);
        assert_eq!(
            KeyPattern::new("a", "b)(c").unwrap_err().part(),
            Part::Regex
        );
        assert_eq!(
            KeyPattern::new("(?P<a>x)", "(?P<a>y)").unwrap_err().part(),
            Part::Regex
        );
    }

    #[test]
    fn length_counts_characters() {
        assert!(KeyPattern::new("", &"ä".repeat(MAX_PATTERN)).is_ok());
        let error = KeyPattern::new(&"ä".repeat(MAX_PATTERN + 1), "").unwrap_err();
        assert_eq!(
            error,
            PatternError::TooLong {
                part: Part::Prefix,
                length: 256
            }
        );
        assert_eq!(error.to_string(), "is too long (maximum is 255 characters)");
    }
}
