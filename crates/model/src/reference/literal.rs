//! Expressions that are part of the program.

use regex::Regex;

#[expect(
    clippy::expect_used,
    reason = "only called with the literals of this folder, each of which a test compiles"
)]
pub(super) fn literal(expression: &str) -> Regex {
    Regex::new(expression).expect("a literal that compiles")
}
