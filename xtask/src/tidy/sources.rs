//! Rules for every file, and for every Rust file.

use super::rust::{Kind, Source, is_of_name};
use super::tree::Tree;
use super::violation::{Violation, line_at};

/// The most lines a file may have, its tests included.
const MAX_LINES: usize = 600;

/// Words in comments that put something off.
const PUT_OFF: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// What marks code as unfinished, or a test as not run.
const UNFINISHED: [&str; 4] = ["todo!", "unimplemented!", "dbg!", "#[ignore"];

pub(super) fn every_file_is_text(tree: &Tree) -> Vec<Violation> {
    let what = "not text: packages, pictures and what was built are fetched or made, never kept";
    tree.not_text()
        .map(|path| Violation::new(path, 1, what))
        .collect()
}

pub(super) fn no_file_is_too_long(tree: &Tree) -> Vec<Violation> {
    let too_long = |(path, text): (&str, &str)| {
        let lines = text.lines().count();
        let what = || format!("{lines} lines, at most {MAX_LINES}: split the file by what it does");
        (lines > MAX_LINES).then(|| Violation::new(path, MAX_LINES + 1, what()))
    };
    tree.with_extension("rs").filter_map(too_long).collect()
}

pub(super) fn nothing_is_left_undone(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        let source = Source::new(text);
        let (code, comments) = (source.only(Kind::Code), source.only(Kind::Comment));
        let in_comments = PUT_OFF.iter().flat_map(|word| words(&comments, word));
        let in_code = UNFINISHED.iter().flat_map(|word| words(&code, word));
        violations.extend(in_comments.chain(in_code).map(|(offset, word)| {
            let what =
                format!("`{word}` puts work off: do it now, or open an issue and say what holds");
            Violation::new(path, line_at(text, offset), what)
        }));
    }
    violations
}

pub(super) fn no_lint_is_switched_off(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.with_extension("rs") {
        let code = Source::new(text).only(Kind::Code);
        let found = ["#[allow(", "#![allow("]
            .into_iter()
            .flat_map(|mark| words(&code, mark));
        violations.extend(found.map(|(offset, _)| {
            let what = "a lint is switched off: write `#[expect(lint, reason = \"…\")]`, \
                        which complains when it is no longer needed";
            Violation::new(path, line_at(text, offset), what)
        }));
    }
    violations
}

/// Where `word` stands in `text`, not as a part of a longer word.
fn words<'a>(text: &str, word: &'a str) -> Vec<(usize, &'a str)> {
    let is_whole = |offset: &usize| {
        let before = text[..*offset].chars().next_back();
        let after = text[offset + word.len()..].chars().next();
        let begins_before = word.starts_with(is_of_name) && before.is_some_and(is_of_name);
        let ends_after = word.ends_with(is_of_name) && after.is_some_and(is_of_name);
        !begins_before && !ends_after
    };
    let offsets = text
        .match_indices(word)
        .map(|(offset, _)| offset)
        .filter(is_whole);
    offsets.map(|offset| (offset, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::violation::places;

    #[test]
    fn only_text_is_kept() {
        let files = [("a.whl", "PK\0"), ("b.md", "text")];
        assert_eq!(places(every_file_is_text, &files), ["a.whl:1"]);
    }

    #[test]
    fn a_file_may_have_six_hundred_lines() {
        let (full, over) = ("x\n".repeat(600), "x\n".repeat(601));
        let files = [("a.rs", full.as_str()), ("b.rs", &over), ("c.md", &over)];
        assert_eq!(places(no_file_is_too_long, &files), ["b.rs:601"]);
    }

    #[test]
    fn work_is_not_put_off() {
        let later = format!("fn a() {{}}\n// {}: later\n", PUT_OFF[0]);
        let files = [
            ("a.rs", later.as_str()),
            (
                "b.rs",
                "fn b() {\n    todo!()\n}\n#[ignore = \"slow\"]\n#[test]\nfn c() {}\n",
            ),
            ("c.rs", "fn c() { mytodo!(\"TODO-1\") } // TODOS\n"),
        ];
        assert_eq!(
            places(nothing_is_left_undone, &files),
            ["a.rs:2", "b.rs:2", "b.rs:4"]
        );
    }

    #[test]
    fn lints_are_not_switched_off() {
        let files = [
            (
                "a.rs",
                "#![allow(dead_code)]\n#[allow(unused)]\nfn a() {}\n",
            ),
            (
                "b.rs",
                "#[expect(unused, reason = \"…\")] // not #[allow(\nfn b() {}\n",
            ),
        ];
        assert_eq!(
            places(no_lint_is_switched_off, &files),
            ["a.rs:2", "a.rs:1"]
        );
    }
}
