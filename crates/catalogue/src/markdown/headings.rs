//! Headings, with an anchor once their text is known.

use super::escape;
use super::writer::Writer;

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
