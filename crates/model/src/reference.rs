//! References: text that names an issue of the outside tracker (`PROJ-12`), and those that ask to close it.
//!
//! * [`KeyPattern`] says what a key looks like, from the integration's two settings;
//! * [`prose()`] takes from a Markdown text what is plain text, for keys in code and links do not count;
//! * [`mentioned`] and [`closing()`] put the two together. All run in time linear in the text.
//!
//! Texts of different fields (a title and a description) are joined with a blank line, so that a
//! list of keys does not run from one into the other.

mod closing;
mod key;
mod pattern_error;
mod prose;
mod re2;

use std::collections::HashSet;

pub use closing::closing;
pub use key::{KeyPattern, MAX_PATTERN, Reference, has_digit_after, stands_alone};
pub use pattern_error::{Part, PatternError};
pub use prose::{bare_addresses, may_have_addresses, prose};

/// The keys a Markdown text refers to, in order of first appearance, each once.
///
/// As GitLab does for commit messages, titles, descriptions and notes alike: only what
/// [`prose()`] leaves of the text is looked at.
#[must_use]
pub fn mentioned(pattern: &KeyPattern, markdown: &str) -> Vec<String> {
    if !pattern.may_occur_in(markdown) {
        return Vec::new();
    }
    let text = prose(markdown);
    distinct(pattern.find(&text).iter().map(|found| found.key))
}

/// The keys in their order, each at its first place only.
fn distinct<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<String> {
    let mut seen = HashSet::new();
    keys.filter(|key| seen.insert(*key))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod properties;
