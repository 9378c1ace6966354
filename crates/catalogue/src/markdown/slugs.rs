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
        for letter in heading.trim().chars().flat_map(char::to_lowercase) {
            let letter = if letter == ' ' { '-' } else { letter };
            let stays = letter.is_alphanumeric() || matches!(letter, '-' | '_');
            if stays && !(letter == '-' && slug.ends_with('-')) {
                slug.push(letter);
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
        self.open(start, end);
        if self.is_gitlab() && !self.frames.are_hidden() {
            self.heading = Some((self.out.len(), String::new()));
        }
    }

    /// Keeps text of the heading that is being read.
    pub(super) fn note_heading(&mut self, text: &str) {
        if let Some((_, heading)) = &mut self.heading {
            heading.push_str(text);
        }
    }

    /// Puts the anchor in, now that the heading's text is known.
    pub(super) fn end_heading(&mut self) {
        if let Some((at, heading)) = self.heading.take() {
            let slug = self.slugs.make(&heading);
            if !slug.is_empty() {
                let mut anchor = String::from("<a id=\"user-content-");
                escape::attribute(&slug, &mut anchor);
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
        ] {
            assert_eq!(slugs.make(heading), expected);
        }
    }
}
