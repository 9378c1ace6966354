//! How issue trackers' issues are named in text, and where they are.
//!
//! A tracker is two things: the address of an issue, and a [`Pattern`]. Every pattern runs on a
//! linear-time engine, for the text is anybody's.

use crate::Values;
use memchr::memchr2_iter;
use model::reference::{KeyPattern, is_whole_word};
use regex::{Match, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// What stands for the issue's number in an address.
pub(crate) const NUMBER: &str = ":id";

/// An integration's way to the issues of its tool.
pub struct Tracker {
    /// an issue's address, with `:id` in it
    pub issue: String,
    /// how an issue is named in text
    pub pattern: Pattern,
}

impl Tracker {
    /// Maximum trackers: the address is the setting `issues_url`, a name is `#143` or `API_32-143`.
    pub fn numbered(values: &Values) -> Self {
        Self::named(values, &NUMBERS)
    }

    /// The address is the setting `issues_url`; issues are named in the tool's own way.
    pub fn named(values: &Values, names: &'static Fixed) -> Self {
        Self {
            issue: values.text("issues_url"),
            pattern: Pattern::Fixed(names),
        }
    }
}

/// What a setting for an issue's address has to say more than that it is one.
pub fn needs_number(values: &Values, setting: &'static str) -> Option<crate::FieldError> {
    let text = values.text(setting);
    (!text.is_empty() && !text.contains(NUMBER)).then(|| {
        let message = format!("must contain {NUMBER}, which stands for the issue's number");
        crate::FieldError::new(setting, message)
    })
}

/// How an issue is named in text.
pub enum Pattern {
    /// in a way of the tool's own
    Fixed(&'static Fixed),
    /// by keys whose look the settings decide
    Keys(KeyPattern),
}

/// A way to name issues that does not depend on settings.
pub struct Fixed {
    /// a quick look: where in a text the first name may begin; none if it can have no name
    pub first: fn(text: &str) -> Option<usize>,
    /// the whole name
    pub expression: LazyLock<Regex>,
    /// what of the name goes into the address
    pub id: fn(&str) -> &str,
    /// whether what looks like a name is one between what stands before and after it
    pub is_name: fn(before: &str, name: &str, after: &str) -> bool,
}

/// A name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'t> {
    /// where the whole name stands, in bytes
    pub range: Range<usize>,
    /// what of it goes into the address
    pub id: &'t str,
}

impl Pattern {
    /// Every name in a text, in order, not overlapping.
    pub fn find<'t>(&self, text: &'t str) -> Vec<Found<'t>> {
        match self {
            Self::Fixed(fixed) => fixed.find(text),
            Self::Keys(keys) => {
                let found = keys.find(text).into_iter();
                found
                    .map(|key| Found {
                        range: key.range,
                        id: key.key,
                    })
                    .collect()
            }
        }
    }
}

impl Fixed {
    fn find<'t>(&self, text: &'t str) -> Vec<Found<'t>> {
        let Some(first) = (self.first)(text) else {
            return Vec::new();
        };
        let is_name = |name: &Match<'_>| {
            let (before, after) = (&text[..name.start()], &text[name.end()..]);
            (self.is_name)(before, name.as_str(), after)
        };
        let next = |start| self.expression.find_at(text, start);
        let names = std::iter::successors(next(first), |name| next(name.end()));
        names
            .filter(is_name)
            .map(|name| Found {
                range: name.range(),
                id: (self.id)(name.as_str()),
            })
            .collect()
    }
}

/// `#143` and `API_32-143`: only the number is put into the address. A `+` or `+s` after it, which
/// asks for the title of an internal issue, belongs to the name.
///
/// Not a name is a number that goes on (`RELEASE-2024-01`, `JDK-1.8`), nor one after another
/// project's name (`other#143`).
pub static NUMBERS: Fixed = Fixed {
    first: |text| {
        let bytes = text.as_bytes();
        let before_digit = |sign: &usize| bytes.get(sign + 1).is_some_and(u8::is_ascii_digit);
        let sign = memchr2_iter(b'#', b'-', bytes).find(before_digit)?;
        let in_key = |c: char| c.is_ascii_alphanumeric() || c == '_';
        Some(text[..sign].trim_end_matches(in_key).len())
    },
    expression: LazyLock::new(|| {
        expression(r"(?-u:(?:\b[A-Z][A-Z0-9_]*-|\b{start-half}#)[0-9]+(?:\+s?)?(?:\b{end-half}))")
    }),
    id: |name| {
        let name = without_format(name);
        name.rsplit(['-', '#']).next().unwrap_or_default()
    },
    is_name: |before, name, after| name.starts_with('#') || is_whole_word(before, after),
};

/// A name without the `+` or `+s` that asks for a title.
pub(crate) fn without_format(name: &str) -> &str {
    name.trim_end_matches(['+', 's'])
}

/// Whether a key is one where it stands: it has a letter, unlike `10-20`, and is no part of more.
pub(crate) fn is_key(before: &str, key: &str, after: &str) -> bool {
    key.bytes().any(|byte| byte.is_ascii_alphabetic()) && is_whole_word(before, after)
}

#[expect(
    clippy::expect_used,
    reason = "only called with the literals of this crate, each of which a test compiles"
)]
pub(crate) fn expression(literal: &str) -> Regex {
    Regex::new(literal).expect("a literal that compiles")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &Pattern, text: &str) -> Vec<(String, String)> {
        let found = pattern.find(text).into_iter();
        found
            .map(|found| (text[found.range].to_owned(), found.id.to_owned()))
            .collect()
    }

    #[test]
    fn numbers_short_and_long() {
        let pattern = Pattern::Fixed(&NUMBERS);
        for (text, expected) in [
            ("#143", &[("#143", "143")][..]),
            ("API_32-143", &[("API_32-143", "143")]),
            (
                "a-b #x A-1 - A-2 #3",
                &[("A-1", "1"), ("A-2", "2"), ("#3", "3")],
            ),
            ("(A-1), #2.", &[("A-1", "1"), ("#2", "2")]),
            ("fix #1, #2; #3", &[("#1", "1"), ("#2", "2"), ("#3", "3")]),
            ("#143+ B-1+s", &[("#143+", "143"), ("B-1+s", "1")]),
            ("#143+x #1+sx", &[("#143", "143"), ("#1", "1")]),
            ("feature-A-1 x/A-2", &[("A-1", "1"), ("A-2", "2")]),
            ("A-1_x #1x #1_ x#1 group/project#1", &[]),
            ("api-1 Api-1 thisNOT-1 9A-1 _A-1", &[]),
            ("RELEASE-2024-01-02 JDK-1.8 A-1ä ÖBB-2", &[]),
            ("# 1 A- 1 #", &[]),
        ] {
            let found = found(&pattern, text);
            let found: Vec<_> = found
                .iter()
                .map(|(name, id)| (name.as_str(), id.as_str()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
