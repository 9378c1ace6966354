//! Markdown as HTML, the way GitLab renders it, with references to issues made into links.
//!
//! The parser is pulldown-cmark; the HTML is written here, element by element, so that nothing of
//! the source passes unescaped: [`html`] says which tags may stay, [`frames`] that each is closed
//! where it must be. Time is linear in the source whatever it says.
//!
//! Fields and classes: GitLab's, Jira facts section 6.

mod anchors;
mod blocks;
mod escape;
mod frames;
mod html;
mod notes;
mod slugs;
mod text;

use crate::references::{MAX_REFERENCES, References};
use anchors::Anchors;
use blocks::Table;
use frames::{Close, Frame, Frames};
use model::reference::may_have_addresses;
use notes::Notes;
use pulldown_cmark::{Event, Options, Parser};
use slugs::Slugs;
use std::ops::Range;

/// What a link to another host carries, as GitLab writes it.
const OUTSIDE: &str = " rel=\"nofollow noreferrer noopener\" target=\"_blank\"";

/// Renders GitLab's Markdown: with anchors at headings, bare addresses and references as links.
pub fn render(markdown: &str, references: &References) -> String {
    Writer::new(markdown, Some(references)).run(markdown)
}

/// Renders Markdown alone: no references, and none of what GitLab adds.
pub fn render_plain(markdown: &str) -> String {
    Writer::new(markdown, None).run(markdown)
}

/// Writes HTML from the parser's events.
struct Writer<'a> {
    /// `None` renders Markdown alone
    references: Option<&'a References>,
    /// whether the source may have references at all
    may_refer: bool,
    /// whether the source may have bare addresses at all
    may_address: bool,
    anchors: Anchors,
    /// references that may still become links
    left: usize,
    out: String,
    frames: Frames,
    /// running text that is still to be looked at and written
    text: String,
    /// the source of the HTML block that is being read
    html: Option<String>,
    /// whether a code block is being read
    code: bool,
    /// images inside one another whose description is being read
    images: usize,
    tables: Table,
    /// where the heading that is being read begins
    heading: Option<usize>,
    /// its text so far
    heading_text: String,
    slugs: Slugs,
    /// where the lists and items that are open begin, and whether they are known to be of tasks
    lists: Vec<blocks::Begun>,
    notes: Notes,
}

impl<'a> Writer<'a> {
    fn new(markdown: &str, references: Option<&'a References>) -> Self {
        Self {
            references,
            may_refer: references.is_some_and(|references| !references.is_empty()),
            may_address: references.is_some() && may_have_addresses(markdown),
            anchors: references.map(Anchors::new).unwrap_or_default(),
            left: MAX_REFERENCES,
            out: String::with_capacity(markdown.len() + markdown.len() / 2),
            frames: Frames::default(),
            text: String::new(),
            html: None,
            code: false,
            images: 0,
            tables: Table::default(),
            heading: None,
            heading_text: String::new(),
            slugs: Slugs::default(),
            lists: Vec::new(),
            notes: Notes::default(),
        }
    }

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

    /// Opens an element; the parts of its start are written unless it is too deep or hidden.
    fn open<const N: usize>(&mut self, start: [&str; N], end: &'static str) {
        self.open_frame(start, end, false);
    }

    fn open_frame<const N: usize>(&mut self, start: [&str; N], end: &'static str, silent: bool) {
        let shown = !self.frames.are_deep() && !self.frames.are_hidden();
        if shown {
            for part in start {
                self.out.push_str(part);
            }
        }
        self.frames.push(Frame {
            close: Close::Markup(if shown { end } else { "" }),
            silent,
            hidden: false,
        });
    }

    /// Writes HTML of our own.
    fn write(&mut self, html: &str) {
        if !self.frames.are_hidden() {
            self.out.push_str(html);
        }
    }

    /// A block begins on a line of its own.
    fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.write("\n");
        }
    }

    /// Whether this is GitLab's Markdown.
    fn is_gitlab(&self) -> bool {
        self.references.is_some()
    }
}

#[cfg(test)]
mod tests;
