//! References: text that names an issue of an external tracker (`PROJ-12`) or closes it.
//!
//! * [`KeyPattern`] matches issue keys, from the integration's two settings;
//! * [`prose()`] extracts the running text of a Markdown text, without code and links;
//! * [`mentioned`] and [`closing()`] combine the two. All run in time linear in the text.
//!
//! Join texts of different fields (a title and a description) with a blank line: a list of keys
//! does not continue across it.

mod closing;
mod key;
mod literal;
mod pattern_error;
mod prose;
mod re2;

pub use closing::closing;
pub use key::{KeyPattern, Reference, has_digit_after, is_whole_word};
pub use pattern_error::{MAX_PATTERN, Part, PatternError};
pub use prose::{bare_addresses, may_have_addresses, prose};

/// The keys that a Markdown text mentions outside code and links, in order of first appearance,
/// each once; GitLab does the same in commit messages, titles, descriptions and notes.
#[must_use]
pub fn mentioned(pattern: &KeyPattern, markdown: &str) -> Vec<String> {
    if !pattern.may_occur_in(markdown) {
        return Vec::new();
    }
    let text = prose(markdown);
    key::distinct(pattern.find(&text).iter().map(|found| found.key))
}

#[cfg(test)]
mod properties;
