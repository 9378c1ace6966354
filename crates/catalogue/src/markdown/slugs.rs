//! Names of headings, by which links find them.

use std::collections::HashMap;
use std::fmt::Write;

/// The names that were given so far.
#[derive(Default)]
pub(super) struct Slugs(HashMap<String, usize>);

impl Slugs {
    /// A name that no heading has yet, made from a heading's text as GitLab makes it.
    pub(super) fn make(&mut self, heading: &str) -> String {
        let mut slug = String::with_capacity(heading.len());
        for letter in heading.trim().chars() {
            match letter {
                ' ' | '-' if slug.ends_with('-') => {}
                ' ' | '-' => slug.push('-'),
                '_' | '0'..='9' | 'a'..='z' => slug.push(letter),
                'A'..='Z' => slug.push(letter.to_ascii_lowercase()),
                _ => slug.extend(letter.to_lowercase().filter(|low| low.is_alphanumeric())),
            }
        }
        if !slug.is_empty() && slug.bytes().all(|byte| byte.is_ascii_digit()) {
            // `#12` is an issue
            slug.insert_str(0, "anchor-");
        }
        let count = self.0.entry(slug.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(slug, "-{}", *count - 1);
        }
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_as_gitlab_makes_them() {
        let mut slugs = Slugs::default();
        for (heading, expected) in [
            ("Set up & run", "set-up-run"),
            ("Set up & run", "set-up-run-1"),
            ("  `code`, Größe_2 ", "code-größe_2"),
            ("12", "anchor-12"),
            ("?!", ""),
            ("A - B -- C_", "a-b-c_"),
            ("İX ǅ Ⅷ", "ix-ǆ-ⅷ"),
        ] {
            assert_eq!(slugs.make(heading), expected);
        }
    }
}
