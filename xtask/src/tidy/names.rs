//! Rule: names use the field's words. A few words may not name an item.

use super::rust::{Kind, Source, is_of_name};
use super::tree::Tree;
use super::violation::{Violation, line_at, test_modules};

/// Words that may not be part of an item's name, with what to write instead.
const BANNED: &[(&str, &[&str])] = &[
    (
        "store, cache, pin or retain",
        &["keep", "keeps", "kept", "hold", "holds", "held"],
    ),
    (
        "send, return, report or format",
        &[
            "tell", "told", "untold", "say", "says", "said", "saying", "heard",
        ],
    ),
    ("probe or authenticate", &["knock"]),
    ("snapshot or cached", &["known"]),
    ("level, owner or path", &["place"]),
    ("inheritance or status", &["standing", "stands"]),
    ("fault or failure", &["trouble"]),
    ("faults or state", &["mood"]),
    ("guard or entry point", &["door"]),
    ("retry or wake", &["hasten", "hurry", "bell"]),
    ("plaintext or simple", &["plainly"]),
    ("user or caller", &["whoever", "somebody", "nobody"]),
];

/// Keywords before the name of an item.
const KEYWORDS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "mod", "const", "static", "type",
];

pub(super) fn items_use_the_glossarys_words(tree: &Tree) -> Vec<Violation> {
    let sources: Vec<_> = tree
        .with_extension("rs")
        .filter(|(path, _)| path.contains("/src/"))
        .map(|(path, text)| (path, text, Source::new(text)))
        .collect();
    let tests: Vec<_> = sources
        .iter()
        .flat_map(|(path, _, source)| test_modules(path, source))
        .collect();
    let is_test = |path: &str| {
        tests.iter().any(|test| {
            path.strip_prefix(test.as_str())
                .is_some_and(|rest| rest.starts_with(['.', '/']))
        })
    };
    let mut violations = Vec::new();
    for (path, text, source) in sources.iter().filter(|(path, ..)| !is_test(path)) {
        let test_items = source.tests();
        let code = source.only(Kind::Code);
        let items = items(&code)
            .into_iter()
            .filter(|(at, _)| !test_items.contain(*at));
        violations.extend(items.filter_map(|(at, name)| {
            let (word, instead) = banned(name)?;
            let what = format!("`{name}` has the word \"{word}\": use {instead}, or another word of docs/glossary.md");
            Some(Violation::new(path, line_at(text, at), what))
        }));
    }
    violations
}

/// The names of the items in code, with their offsets.
fn items(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut after_keyword = false;
    let mut at = 0;
    for word in code.split(|c: char| !is_of_name(c)) {
        if after_keyword && !word.is_empty() {
            found.push((at, word));
        }
        // Only white space may stand between keyword and name.
        let end = at + word.len();
        let gap_is_blank = code[end..].starts_with(char::is_whitespace);
        after_keyword =
            gap_is_blank && (KEYWORDS.contains(&word) || (after_keyword && word.is_empty()));
        at = end + code[end..].chars().next().map_or(0, char::len_utf8);
    }
    found
}

/// The banned word in a name, and what to use instead.
fn banned(name: &str) -> Option<(String, &'static str)> {
    words(name).into_iter().find_map(|word| {
        let row = BANNED
            .iter()
            .find(|(_, words)| words.contains(&word.as_str()))?;
        Some((word, row.0))
    })
}

/// The words of a name in snake or camel case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before_is_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
        before_is_lower = c.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::violation::places;

    #[test]
    fn a_banned_word_in_the_name_of_an_item_is_found_outside_tests() {
        let files = [
            (
                "crates/x/src/b.rs",
                "fn keep_it() {}\npub(crate) struct AttemptKept;\nfn keeper() { let kept = 1; }\n// fn told() {}\n#[cfg(test)]\nmod tests { fn nobody_is_told() {} }\n",
            ),
            ("crates/x/tests/c.rs", "fn told() {}\n"),
        ];
        assert_eq!(
            places(items_use_the_glossarys_words, &files),
            ["crates/x/src/b.rs:1", "crates/x/src/b.rs:2"]
        );
    }

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(words("ThisPlace_held"), ["this", "place", "held"]);
        assert_eq!(words("placeholder"), ["placeholder"]);
        assert_eq!(words("MAX_HOLD"), ["max", "hold"]);
    }
}
