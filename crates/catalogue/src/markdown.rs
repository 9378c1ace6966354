//! Markdown as HTML, the way GitLab renders it, with references to issues made into links.
//!
//! The parser is pulldown-cmark; the HTML is written here, element by element, so that nothing of
//! the source passes unescaped: [`html`] lists the tags that may stay, [`frames`] that each is closed
//! where it must be. Time is linear in the length of the source.

mod anchors;
mod blocks;
mod escape;
mod footnotes;
mod frames;
mod headings;
mod html;
mod notes;
mod slugs;
mod tables;
mod text;
mod writer;

use crate::References;
use pulldown_cmark::{Event, Options, Parser};
use std::ops::Range;
use writer::Writer;

/// Renders GitLab's Markdown: with anchors at headings, bare addresses and references as links.
pub fn render(markdown: &str, references: &References) -> String {
    Writer::new(markdown, Some(references)).run(markdown)
}

/// Renders only Markdown: no references, and none of what GitLab adds.
pub fn render_plain(markdown: &str) -> String {
    Writer::new(markdown, None).run(markdown)
}

impl Writer<'_> {
    fn run(mut self, markdown: &str) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_FOOTNOTES;
        for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
            self.event(event, &range, markdown);
        }
        self.flush();
        self.frames.close_all(&mut self.out);
        self.write_notes();
        self.out.truncate(self.out.trim_end().len());
        let blank = self.out.len() - self.out.trim_start().len();
        self.out.drain(..blank);
        self.out
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>, markdown: &str) {
        match event {
            Event::Text(text) => self.running_text(&text, range, markdown),
            Event::SoftBreak => self.text.push('\n'),
            Event::Html(source) => self.html.get_or_insert_default().push_str(&source),
            other => {
                self.flush();
                self.other_event(other);
            }
        }
    }

    /// An event before which the running text ends.
    fn other_event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(code) if self.images > 0 => self.write_text(&code),
            Event::Code(code) if !self.frames.are_hidden() => {
                self.note_heading(&code);
                self.out.push_str("<code>");
                escape::text(&code, &mut self.out);
                self.out.push_str("</code>");
            }
            Event::InlineHtml(source) if self.images == 0 => self.raw_html(&source),
            Event::HardBreak if self.images > 0 => self.write_text(" "),
            Event::HardBreak => self.write("<br>\n"),
            Event::Rule => {
                self.fresh_line();
                self.write("<hr>\n");
            }
            Event::TaskListMarker(done) => self.task(done),
            Event::FootnoteReference(label) => self.refer_to_note(&label),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
