//! `cargo xtask tidy`: the house rules as a test. Each rule is one function from the files of the
//! repository to the places that break it.

mod catalogue;
mod documents;
mod manifests;
mod rust;
mod sources;
mod tree;

use std::fmt;
use std::path::Path;

use crate::sh::Outcome;
use tree::Tree;

/// A house rule.
type Rule = fn(&Tree) -> Vec<Violation>;

const RULES: &[Rule] = &[
    sources::every_file_is_text,
    sources::no_file_is_too_long,
    sources::nothing_is_left_undone,
    sources::no_lint_is_switched_off,
    catalogue::list_and_files_agree,
    catalogue::every_integration_is_documented,
    catalogue::no_integration_is_named_elsewhere,
    manifests::dependencies_point_downwards,
    manifests::dependencies_are_declared_once,
    manifests::every_crate_takes_the_house_lints,
    manifests::lock_file_is_small,
    documents::no_path_of_one_machine,
    documents::links_lead_somewhere,
];

/// Checks all rules and prints every violation.
pub(crate) fn run(root: &Path) -> Outcome {
    let tree = Tree::read(root)?;
    let mut violations: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    violations.sort();
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => {
            println!("{} house rules hold", RULES.len());
            Ok(())
        }
        1 => Err("a house rule is broken in one place".to_owned()),
        count => Err(format!("house rules are broken in {count} places")),
    }
}

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    file: String,
    line: usize,
    what: String,
}

impl Violation {
    /// `what` says what is wrong and what to do instead.
    fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
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

/// The number of the line that holds the byte at `offset`.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text
        .as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
}

/// The places a rule finds in these files, as `file:line`.
#[cfg(test)]
fn places(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
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
