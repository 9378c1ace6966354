//! What rules find, and helpers that they share.

use std::fmt;

use super::rust::Source;
#[cfg(test)]
use super::tree::Tree;

/// A place that violates a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    file: String,
    line: usize,
    pub(super) what: String,
}

impl Violation {
    /// `what` says what is wrong and what to do instead.
    pub(super) fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// The paths, without `.rs`, of a file's modules that are compiled for tests alone.
pub(super) fn test_modules(path: &str, source: &Source) -> Vec<String> {
    let stem = path.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "lib" | "main" | "mod")) => folder,
        _ => stem,
    };
    source
        .tests()
        .modules
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

/// The number of the line that holds the byte at `offset`.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}

/// Where a rule finds violations in these files, as `file:line`.
#[cfg(test)]
pub(super) fn places(rule: fn(&Tree) -> Vec<Violation>, files: &[(&str, &str)]) -> Vec<String> {
    let violations = rule(&Tree::of(files));
    violations
        .iter()
        .map(|found| format!("{}:{}", found.file, found.line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_reads_like_a_compiler_message() {
        let violation = Violation::new("crates/model/src/lib.rs", 7, "too long: split it");
        assert_eq!(
            violation.to_string(),
            "crates/model/src/lib.rs:7: too long: split it"
        );
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(["a\nb\n", "a\nb\n"].map(|text| line_at(text, 0)), [1, 1]);
        assert_eq!(line_at("a\nb\n", 2), 2);
    }
}
