//! Blocks and inline elements of Markdown's own: how each begins and ends.

use super::escape;
use super::tables::{Begun, Table};
use super::writer::Writer;
use pulldown_cmark::{Alignment, CodeBlockKind, HeadingLevel, Tag, TagEnd};

impl Writer<'_> {
    pub(super) fn start(&mut self, tag: Tag<'_>) {
        if self.images > 0 && !matches!(tag, Tag::Image { .. }) {
            // only the text of an image's description counts
            self.open([], "");
            return;
        }
        match tag {
            Tag::Paragraph => self.block("<p", ">", "</p>\n"),
            Tag::Heading { level, .. } => {
                let (start, end) = heading(level);
                self.start_heading(start, end);
            }
            Tag::BlockQuote(_) => self.block("<blockquote", ">\n", "</blockquote>\n"),
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::HtmlBlock => {
                self.fresh_line();
                self.html = Some(String::new());
            }
            Tag::List(first) => self.start_list(first),
            Tag::Item => self.start_item(),
            Tag::FootnoteDefinition(label) => self.start_note(&label),
            Tag::Table(columns) => {
                self.tables = Table {
                    columns,
                    ..Table::default()
                };
                self.block("<table", ">\n", "</table>\n");
            }
            Tag::TableHead => {
                self.tables.is_head = true;
                self.row("<thead>\n<tr>\n", "</tr>\n</thead>\n");
            }
            Tag::TableRow if self.tables.has_body => self.row("<tr>\n", "</tr>\n"),
            Tag::TableRow => {
                self.tables.has_body = !self.frames.are_deep() && !self.frames.are_hidden();
                self.row("<tbody>\n<tr>\n", "</tr>\n");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.open(["<em>"], "</em>"),
            Tag::Strong => self.open(["<strong>"], "</strong>"),
            Tag::Strikethrough => self.open(["<del>"], "</del>"),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => self.start_link(link_type, &dest_url, &title),
            Tag::Image {
                dest_url, title, ..
            } => self.start_image(&dest_url, &title),
            _ => self.open([], ""),
        }
    }

    pub(super) fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::HtmlBlock => {
                let source = self.html.take().unwrap_or_default();
                self.raw_html(&source);
                return;
            }
            TagEnd::Heading(_) if self.images == 0 => {
                self.end_heading();
                return;
            }
            TagEnd::FootnoteDefinition => {
                self.end_note();
                return;
            }
            TagEnd::Image => self.images -= 1,
            TagEnd::CodeBlock => self.code = false,
            TagEnd::List(_) | TagEnd::Item => {
                self.lists.pop();
            }
            TagEnd::TableHead => self.tables.is_head = false,
            TagEnd::Table if self.tables.has_body => self.write("</tbody>\n"),
            _ => {}
        }
        self.frames.close_markup(&mut self.out);
    }

    /// Opens a block; a block that stands in no other finds its own direction of writing.
    pub(super) fn block(&mut self, start: &str, then: &str, end: &'static str) {
        self.fresh_line();
        self.open([start, self.direction(), then], end);
    }

    fn direction(&self) -> &'static str {
        if self.is_gitlab() && self.frames.is_empty() {
            " dir=\"auto\""
        } else {
            ""
        }
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.fresh_line();
        self.code = true;
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', '\t', ',']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        let mut start = String::from("<pre");
        if self.is_gitlab() {
            let language = if language.is_empty() {
                "plaintext"
            } else {
                language
            };
            start.push_str(" class=\"code highlight js-syntax-highlight language-");
            escape::attribute(language, &mut start);
            start.push_str("\" lang=\"");
            escape::attribute(language, &mut start);
            start.push('"');
        } else if !language.is_empty() {
            start.push_str(" lang=\"");
            escape::attribute(language, &mut start);
            start.push('"');
        }
        start.push_str("><code>");
        self.open_frame([&start], "</code></pre>\n", true);
    }

    fn start_list(&mut self, first: Option<u64>) {
        let number;
        let (start, end) = match first {
            None => ("<ul", "</ul>\n"),
            Some(1) => ("<ol", "</ol>\n"),
            Some(other) => {
                number = format!("<ol start=\"{other}\"");
                (number.as_str(), "</ol>\n")
            }
        };
        let begun = self.out.len();
        self.block(start, ">\n", end);
        self.begin(begun, 2);
    }

    fn start_item(&mut self) {
        self.fresh_line();
        let begun = self.out.len();
        self.open(["<li>"], "</li>\n");
        self.begin(begun, 1);
    }

    /// Notes where a start tag ends that was written from `begun` on; `tail` bytes from its `>` on.
    fn begin(&mut self, begun: usize, tail: usize) {
        let written = self.out.len() > begun + 1;
        self.lists.push(Begun {
            tag_end: written.then(|| self.out.len() - tail),
            is_task: false,
        });
    }

    /// The box of a task; its item and list are marked as such.
    pub(super) fn task(&mut self, done: bool) {
        let mut open = self.lists.iter_mut().rev();
        let (item, list) = (open.next(), open.next());
        for (begun, class) in [
            (item, " class=\"task-list-item\""),
            (list, " class=\"task-list\""),
        ] {
            if let Some(begun) = begun
                && self.references.is_some()
                && !begun.is_task
                && let Some(at) = begun.tag_end
            {
                self.out.insert_str(at, class);
                begun.is_task = true;
            }
        }
        self.write("<input type=\"checkbox\" class=\"task-list-item-checkbox\" disabled");
        self.write(if done { " checked> " } else { "> " });
    }

    fn row(&mut self, start: &str, end: &'static str) {
        self.tables.column = 0;
        self.open([start], end);
    }

    fn start_cell(&mut self) {
        let align = match self.tables.columns.get(self.tables.column) {
            Some(Alignment::Left) => " align=\"left\"",
            Some(Alignment::Center) => " align=\"center\"",
            Some(Alignment::Right) => " align=\"right\"",
            _ => "",
        };
        self.tables.column += 1;
        let (start, end) = if self.tables.is_head {
            ("<th", "</th>\n")
        } else {
            ("<td", "</td>\n")
        };
        self.open([start, align, ">"], end);
    }
}

fn heading(level: HeadingLevel) -> (&'static str, &'static str) {
    match level {
        HeadingLevel::H1 => ("<h1", "</h1>\n"),
        HeadingLevel::H2 => ("<h2", "</h2>\n"),
        HeadingLevel::H3 => ("<h3", "</h3>\n"),
        HeadingLevel::H4 => ("<h4", "</h4>\n"),
        HeadingLevel::H5 => ("<h5", "</h5>\n"),
        HeadingLevel::H6 => ("<h6", "</h6>\n"),
    }
}
