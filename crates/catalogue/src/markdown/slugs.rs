//! Names of headings, by which links find them.

use super::{Writer, escape};
use std::collections::HashMap;
use std::fmt::Write;

/// The names that were given so far.
#[derive(Default)]
pub(super) struct Slugs(HashMap<String, usize>);

impl Slugs {
    /// A name that no heading has yet, made from a heading's text as GitLab makes it.
    fn make(&mut self, heading: &str) -> String {
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

impl Writer<'_> {
    pub(super) fn start_heading(&mut self, start: &str, end: &'static str) {
        self.block(start, ">", end);
        if self.is_gitlab() && !self.frames.are_hidden() {
            self.heading = Some(self.out.len());
        }
    }

    /// Keeps text of the heading that is being read.
    pub(super) fn note_heading(&mut self, text: &str) {
        if self.heading.is_some() {
            self.heading_text.push_str(text);
        }
    }

    /// Puts the anchor in, now that the heading's text is known.
    pub(super) fn end_heading(&mut self) {
        if let Some(at) = self.heading.take() {
            let slug = self.slugs.make(&self.heading_text);
            self.heading_text.clear();
            if !slug.is_empty() {
                let mut anchor = String::with_capacity(4 * slug.len() + 100);
                anchor.push_str("<a id=\"user-content-");
                anchor.push_str(&slug);
                anchor.push_str("\" class=\"anchor\" href=\"#");
                escape::address(&slug, &mut anchor);
                anchor.push_str("\" aria-hidden=\"true\"></a>");
                self.out.insert_str(at, &anchor);
            }
        }
        self.frames.close_markup(&mut self.out);
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
