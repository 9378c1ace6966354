//! Errors in a user's prefix or regex.

/// The maximum length of a prefix or regex, in characters: GitLab's limit for both settings.
pub const MAX_PATTERN: usize = 255;

/// The setting an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The text before the key: `jira_issue_prefix`.
    Prefix,
    /// The key: `jira_issue_regex`.
    Regex,
}

/// Why a user's prefix or regex is invalid. The text gives the problem, its position and a remedy;
/// it follows the setting's name, as in GitLab's `{"jira_issue_regex": ["not valid RE2 syntax: …"]}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Longer than [`MAX_PATTERN`]; the text is GitLab's.
    #[error("is too long (maximum is {MAX_PATTERN} characters)")]
    TooLong {
        /// The setting that is too long.
        part: Part,
        /// Its length, in characters.
        length: usize,
    },
    /// Too large once compiled, such as `(\w{50}){50}`.
    #[error("is too complex: use smaller repetition counts, or + as in [A-Z]+-\\d+")]
    TooComplex {
        /// The setting that is too complex.
        part: Part,
    },
    /// Not a valid expression.
    #[error("not valid RE2 syntax: {message}{}{}", at(.position.as_ref()), advice(.hint.as_ref()))]
    Invalid {
        /// The setting that is wrong.
        part: Part,
        /// What is wrong.
        message: String,
        /// The number of the character, from 1, and the text there.
        position: Option<(usize, String)>,
        /// What to write instead.
        hint: Option<&'static str>,
    },
}

fn at(position: Option<&(usize, String)>) -> String {
    position.map_or_else(String::new, |(number, text)| {
        format!(", at character {number} ({text:?})")
    })
}

fn advice(hint: Option<&&'static str>) -> String {
    hint.map_or_else(String::new, |hint| format!("; {hint}"))
}

/// Parts of the regex engine's messages, with a remedy for each.
const HINTS: [(&str, &str); 10] = [
    (
        "look-around",
        "remove it: a key is matched only at the beginning of a word anyway",
    ),
    ("backreferences", "repeat the expression instead"),
    ("Unicode property", "list the letters, as in [A-ZÄÖÜ]"),
    (
        "repetition operator missing",
        "to match the character itself, escape it as in \\* or \\+",
    ),
    (
        "group name",
        "give each group a different name, or none: ( )",
    ),
    ("unclosed group", "add the missing ), or escape it: \\("),
    ("unopened group", "add the missing (, or escape it: \\)"),
    (
        "character class",
        "write it as in [A-Z0-9_], in ascending order, or escape it: \\[",
    ),
    (
        "counted repetition",
        "write it as in {2,10}, or escape it: \\{",
    ),
    (
        "escape sequence",
        "\\d, \\w, \\s and \\b are supported, and \\ before punctuation; \\\\ is a backslash",
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

    /// The engine's error for an expression.
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
            .find(|(part, _)| message.contains(part))
            .map(|(_, hint)| *hint);
        Self::Invalid {
            part,
            message,
            position: position(&text, expression),
            hint,
        }
    }

    /// A group of the user has the name of Crosstie's own.
    pub(super) fn reserved_group(part: Part) -> Self {
        let message = "the group name \"issue\" is reserved for the whole key".to_owned();
        Self::Invalid {
            part,
            message,
            position: None,
            hint: Some("choose another name, or none: ( )"),
        }
    }

    /// A comment in the expression would include what follows it.
    pub(super) fn open_comment(part: Part) -> Self {
        let message = "a comment at the end hides the text after it".to_owned();
        let hint = Some("remove the flag x, or escape it: \\#");
        Self::Invalid {
            part,
            message,
            position: None,
            hint,
        }
    }
}

/// The engine prints the expression, indented by four, above a line of `^`. (An expression of
/// several lines is printed differently, and gets no position.)
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
    fn an_error_has_the_problem_its_position_and_a_remedy() {
        for (regex, expected) in [
            (
                "(?=a)b",
                "not valid RE2 syntax: look-around, including look-ahead and look-behind, is not supported, at character 1 (\"(?=\"); remove it",
            ),
            (
                r"(a)\1",
                "not valid RE2 syntax: backreferences are not supported, at character 4 (\"\\\\1\"); repeat the expression",
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
                "not valid RE2 syntax: the group name \"issue\" is reserved",
            ),
            (
                "(?x)a #",
                "not valid RE2 syntax: a comment at the end hides the text after it; remove the flag",
            ),
            (
                r"\w{500}{500}",
                "is too complex: use smaller repetition counts",
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
    fn brackets_do_not_extend_from_one_setting_into_the_other() {
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
