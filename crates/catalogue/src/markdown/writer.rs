//! The state of writing HTML, and the basics that all elements share.

use super::anchors::Anchors;
use super::frames::{Close, Frame, Frames};
use super::notes::Notes;
use super::slugs::Slugs;
use super::tables::{Begun, Table};
use crate::references::{MAX_REFERENCES, References};
use model::reference::may_have_addresses;

/// Writes HTML from the parser's events.
pub(super) struct Writer<'a> {
    /// `None` renders only Markdown
    pub(super) references: Option<&'a References>,
    /// whether the source may have references at all
    pub(super) may_refer: bool,
    /// whether the source may contain bare URLs at all
    pub(super) may_address: bool,
    pub(super) anchors: Anchors,
    /// references that may still become links
    pub(super) left: usize,
    pub(super) out: String,
    pub(super) frames: Frames,
    /// running text that is still to be looked at and written
    pub(super) text: String,
    /// the source of the HTML block that is being read
    pub(super) html: Option<String>,
    /// whether a code block is being read
    pub(super) code: bool,
    /// images inside one another whose description is being read
    pub(super) images: usize,
    pub(super) tables: Table,
    /// where the heading that is being read begins
    pub(super) heading: Option<usize>,
    /// its text so far
    pub(super) heading_text: String,
    pub(super) slugs: Slugs,
    /// where the lists and items that are open begin, and whether they are known to be of tasks
    pub(super) lists: Vec<Begun>,
    pub(super) notes: Notes,
}

impl<'a> Writer<'a> {
    pub(super) fn new(markdown: &str, references: Option<&'a References>) -> Self {
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

    /// Opens an element; the parts of its start are written unless it is too deep or hidden.
    pub(super) fn open<const N: usize>(&mut self, start: [&str; N], end: &'static str) {
        self.open_frame(start, end, false);
    }

    pub(super) fn open_frame<const N: usize>(
        &mut self,
        start: [&str; N],
        end: &'static str,
        silent: bool,
    ) {
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
    pub(super) fn write(&mut self, html: &str) {
        if !self.frames.are_hidden() {
            self.out.push_str(html);
        }
    }

    /// A block begins on a line of its own.
    pub(super) fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.write("\n");
        }
    }

    /// Whether this is GitLab's Markdown.
    pub(super) fn is_gitlab(&self) -> bool {
        self.references.is_some()
    }
}
