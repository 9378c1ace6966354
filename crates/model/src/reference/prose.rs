//! The running text of a Markdown source, which is searched for references.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2_iter;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::{NoExpand, Regex};

use super::literal::literal;

/// Replaces code, links, images and HTML, so that the words around them stay separate.
pub(super) const GAP: char = '\u{fffc}';

/// Replaces a bare URL, which may be one issue of a list (`Fixes https://…/issues/3, ABC-1`).
pub(super) const ADDRESS: char = '\u{fdd0}';

/// A bare URL: GitLab links every `scheme://…` and `www.…`, without the punctuation at the end of a
/// sentence. Chinese and Japanese punctuation ends it too, because no space follows it.
static BARE_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let part = r"[^\s<>\x{fffc}\x{3000}-\x{303f}\x{ff01}-\x{ff20}]";
    let last = r"[^\s<>\x{fffc}\x{3000}-\x{303f}\x{ff01}-\x{ff20}?!.,:;]";
    literal(&format!(
        r"(?-u:\b)(?:[A-Za-z][A-Za-z0-9+.\-]{{0,31}}://|[Ww]{{3}}\.){part}*{last}"
    ))
});

/// The running text of a Markdown source, for searching references.
///
/// GitLab renders a text (a commit message too) and searches keys outside code and
/// links. Omitted are: code spans, fenced and indented blocks, links and images with their
/// text, bare URLs, HTML blocks and tags. A character that belongs to no word replaces them;
/// emphasis becomes a space, a line break stays, a blank line separates blocks.
#[must_use]
pub fn prose(markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::empty());
    let mut lost: Vec<_> = parser.reference_definitions().iter().collect();
    lost.retain(|(_, definition)| !definition.dest.contains(['/', '.', ':', '#', '?', '@']));
    lost.sort_unstable_by_key(|(_, definition)| definition.span.start);
    let mut lost = lost
        .into_iter()
        .map(|(_, definition)| definition.span.clone())
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();

    let mut out = Writer::new(markdown.len());
    for (event, range) in parser.into_offset_iter() {
        while let Some(span) = lost.next_if(|span| span.start <= range.start) {
            out.definition(&markdown[span]);
        }
        out.event(&event);
    }
    for span in lost {
        out.definition(&markdown[span]);
    }
    without_addresses(out.text)
}

/// The positions of the bare URLs (`https://…`, `www.…`) in a text, in bytes.
pub fn bare_addresses(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    BARE_ADDRESS.find_iter(text).map(|found| found.range())
}

/// Whether a text may contain a bare URL: a quick check.
pub fn may_have_addresses(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr2_iter(b':', b'.', bytes).any(|at| {
        if bytes[at] == b':' {
            return bytes[at + 1..].starts_with(b"//");
        }
        let before = bytes.get(at.wrapping_sub(3)..at);
        before.is_some_and(|before| before.eq_ignore_ascii_case(b"www"))
    })
}

fn without_addresses(text: String) -> String {
    if may_have_addresses(&text) {
        let mut mark = [0; 4];
        return BARE_ADDRESS
            .replace_all(&text, NoExpand(ADDRESS.encode_utf8(&mut mark)))
            .into_owned();
    }
    text
}

/// HTML elements whose text is omitted too: GitLab's list for references.
const OMITTED: [&str; 5] = ["a", "code", "pre", "script", "style"];

struct Writer {
    text: String,
    /// The number of open links and images.
    links: usize,
    /// Whether a code block is open.
    code: bool,
    /// Where in `text` each of the [`OMITTED`] elements was opened in this paragraph.
    opened: [Option<usize>; OMITTED.len()],
}

impl Writer {
    fn new(capacity: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
            links: 0,
            code: false,
            opened: [None; OMITTED.len()],
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink | LinkType::Email,
                ..
            }) => self.link(ADDRESS),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => self.link(GAP),
            Event::End(TagEnd::Link | TagEnd::Image) => self.links = self.links.saturating_sub(1),
            _ if self.links > 0 => {}
            Event::Start(Tag::CodeBlock(_)) => self.block(true),
            Event::End(TagEnd::CodeBlock) => self.block(false),
            _ if self.code => {}
            Event::Start(Tag::Emphasis | Tag::Strong)
            | Event::End(TagEnd::Emphasis | TagEnd::Strong) => self.text.push(' '),
            Event::Text(text) => self.text.push_str(text),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::InlineHtml(tag) => self.html(tag),
            Event::Code(_) => self.text.push(GAP),
            Event::Start(_) | Event::End(_) | Event::Rule => self.block(false),
            _ => {}
        }
    }

    fn link(&mut self, mark: char) {
        if self.links == 0 {
            self.text.push(mark);
        }
        self.links += 1;
    }

    fn block(&mut self, code: bool) {
        self.code = code;
        self.opened = [None; OMITTED.len()];
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push_str("\n\n");
        }
    }

    /// A tag within a paragraph. Only an end tag shows that it is an element: `List<A>` has none.
    fn html(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']);
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let element = OMITTED
            .iter()
            .position(|omitted| name[..end].eq_ignore_ascii_case(omitted));
        if let Some(opened) = element.map(|index| &mut self.opened[index]) {
            if !tag.starts_with("</") {
                opened.get_or_insert(self.text.len());
            } else if let Some(start) = opened.take() {
                self.text.truncate(start);
            }
        }
        self.text.push(GAP);
    }

    /// A line that is a link definition in Markdown, but without a URL:
    /// many commit messages begin like `[ABC-1]: Cleanup`.
    fn definition(&mut self, source: &str) {
        self.block(self.code);
        self.text.push_str(source);
        self.block(self.code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The prose with readable marks: `…` for what was left out, `@` for an address, `|` for a line break.
    fn shown(markdown: &str) -> String {
        prose(markdown)
            .trim_end()
            .replace(GAP, "…")
            .replace(ADDRESS, "@")
            .replace('\n', "|")
    }

    #[test]
    fn the_quick_check_misses_no_url() {
        for text in ["a://b", "WwW.b", "x\nwww.ä", "ssh://x", "a+1://-"] {
            for filler in ["", "now: / w.", "a/b ww.c"] {
                let text = format!("{filler} {text}");
                assert!(bare_addresses(&text).count() > 0, "{text}");
                assert!(may_have_addresses(&text), "{text}");
            }
        }
        for text in ["", "a", "ww.a", "now. a:/b", "a: //b", "w.ww"] {
            assert_eq!(bare_addresses(text).count(), 0, "{text}");
            assert!(!may_have_addresses(text), "{text}");
        }
    }

    #[test]
    fn keeps_words_and_leaves_out_the_rest() {
        for (markdown, expected) in [
            ("", ""),
            ("plain ABC-1", "plain ABC-1"),
            ("title\n\nbody\nnext", "title||body|next"),
            ("a  \nb\\\nc", "a|b|c"),
            ("# ABC-1 title\ntext", "ABC-1 title||text"),
            ("ABC-1\n---\ntext", "ABC-1||text"),
            ("- one\n- two\n  - three\n\n> four", "one||two||three||four"),
            ("a\n\n---\n\nb", "a||b"),
            (r"MY\_PROJ\-1 &amp; A&#66;C&#45;2", "MY_PROJ-1 & ABC-2"),
            // emphasis parts words as it does for GitLab, but is no obstacle
            ("a **b** _c_ d", "a  b   c  d"),
            ("A*B-1 C*D-2", "A B-1 C D-2"),
            ("MY_PROJ_X-1", "MY_PROJ_X-1"),
            // code
            ("a `ABC-1` b", "a … b"),
            ("a ``x ` y`` b", "a … b"),
            ("a\n\n    ABC-1\n\nb", "a||b"),
            ("a\n```rust\nABC-1\n```\nb", "a||b"),
            ("~~~\nABC-1", ""),
            ("a `b", "a `b"),
            // links and images
            ("a [ABC-1](http://x/ABC-2 \"ABC-3\") b", "a … b"),
            ("[**a** `b` ![c](d)](e) f", "… f"),
            ("![ABC-1](x.png) a", "… a"),
            ("[ABC-1][x] a\n\n[x]: http://y/", "… a"),
            ("[ABC-1] a", "[ABC-1] a"),
            ("a <https://x/ABC-1> <ABC-2@x.org> b", "a @ @ b"),
            // bare addresses
            ("see https://jira.example.com/browse/ABC-1.", "see @."),
            ("https://x/MY_PROJ-1_a_, b", "@, b"),
            ("ssh://ABC-1/x (http://y/ABC-1)", "@ (@"),
            ("www.example.com/ABC-1 WWW.x/ABC-2 awww.x", "@ @ awww.x"),
            ("见https://x/ABC-1，修复", "见@，修复"),
            ("http:// ABC-1://", "http:// ABC-1://"),
            // HTML
            ("a <b>ABC-1</b> c", "a …ABC-1… c"),
            ("a <a href='x'>ABC-1</a> <CODE>ABC-2</CODE> b", "a … … b"),
            ("List<A> for ABC-1", "List… for ABC-1"),
            ("List<A> x\n\nfor ABC-1</a>", "List… x||for ABC-1…"),
            ("a <!-- ABC-1 --> b", "a … b"),
            ("<div>\nABC-1\n</div>\n\nb", "b"),
            ("<details>\n\nABC-1\n\n</details>", "ABC-1"),
            // what looks like a link's definition
            ("[ABC-1]: Cleanup", "[ABC-1]: Cleanup"),
            ("a\n\n[ABC-1]: Cleanup\n\nb", "a||[ABC-1]: Cleanup||b"),
            ("[^1]: ABC-1", "[^1]: ABC-1"),
            ("[ABC-1]: https://x/browse/ABC-1", ""),
        ] {
            assert_eq!(shown(markdown), expected, "{markdown}");
        }
    }
}
