//! Running text, links and images; HTML that was written in the source.

use super::anchors;
use super::escape::{self, OUTSIDE, Reach};
use super::frames::{Close, Frame};
use super::html::{self, Token};
use super::writer::Writer;
use model::reference::{bare_addresses, may_have_addresses};
use percent_encoding::percent_decode_str;
use pulldown_cmark::LinkType;
use std::ops::Range;

impl Writer<'_> {
    /// Takes text in, to be written with what follows it.
    pub(super) fn running_text(&mut self, text: &str, range: &Range<usize>, markdown: &str) {
        if self.code {
            if !self.frames.are_hidden() {
                escape::text(text, &mut self.out);
            }
            return;
        }
        // `\#143` is no reference, and ends an address whether there are references or not
        let is_escaped = self.is_gitlab()
            && text.starts_with(['#', '!'])
            && markdown[..range.start].ends_with('\\');
        if is_escaped {
            self.flush();
            self.write_text(&text[..1]);
            self.text.push_str(&text[1..]);
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes the running text that was taken in.
    pub(super) fn flush(&mut self) {
        if !self.text.is_empty() {
            let mut text = std::mem::take(&mut self.text);
            self.write_text(&text);
            text.clear();
            self.text = text;
        }
    }

    /// Writes text; addresses and references in it become links.
    pub(super) fn write_text(&mut self, text: &str) {
        if self.frames.are_hidden() {
            return;
        }
        if self.images > 0 {
            escape::attribute(text, &mut self.out);
            return;
        }
        self.note_heading(text);
        if self.frames.are_silent() {
            escape::text(text, &mut self.out);
        } else if self.may_address && may_have_addresses(text) {
            self.write_addresses(text);
        } else {
            self.write_references(text);
        }
    }

    fn write_addresses(&mut self, text: &str) {
        let mut start = 0;
        for found in bare_addresses(text) {
            self.write_references(&text[start..found.start]);
            let address = without_loose_end(&text[found.clone()]);
            start = found.start + address.len();
            let bare_host = !address.contains("://");
            if bare_host || escape::reach(address) == Reach::Outside {
                self.out.push_str("<a href=\"");
                if bare_host {
                    self.out.push_str("http://");
                }
                escape::address(address, &mut self.out);
                self.out.push('"');
                self.out.push_str(OUTSIDE);
                self.out.push('>');
                escape::text(address, &mut self.out);
                self.out.push_str("</a>");
            } else {
                escape::text(address, &mut self.out);
            }
        }
        self.write_references(&text[start..]);
    }

    fn write_references(&mut self, text: &str) {
        let mut start = 0;
        if let Some(references) = self.references
            && self.may_refer
            && self.left > 0
        {
            for link in references.find(text).into_iter().take(self.left) {
                self.left -= 1;
                escape::text(&text[start..link.range.start], &mut self.out);
                start = link.range.end;
                let name = &text[link.range];
                self.anchors.write_start(link.target, &mut self.out);
                anchors::write_text(name, link.target, &mut self.out);
                self.out.push_str("</a>");
            }
        }
        escape::text(&text[start..], &mut self.out);
    }

    /// The issue that an address as a whole names: such a link is a reference.
    fn refer(&mut self, address: &str) -> bool {
        let Some(references) = self.references.filter(|_| self.may_refer && self.left > 0) else {
            return false;
        };
        let address = percent_decode_str(address).decode_utf8_lossy();
        let Some(target) = references.whole(&address) else {
            return false;
        };
        self.left -= 1;
        self.anchors.write_start(target, &mut self.out);
        true
    }

    pub(super) fn start_link(&mut self, kind: LinkType, address: &str, title: &str) {
        if self.frames.are_silent() || self.frames.are_hidden() || self.frames.are_deep() {
            self.open_frame([], "", true);
            return;
        }
        let is_mail = kind == LinkType::Email;
        if !is_mail && self.refer(address) {
            self.open_frame([], "</a>", true);
            return;
        }
        self.out.push_str("<a");
        let reach = if is_mail {
            Reach::Mail
        } else {
            escape::reach(address)
        };
        if reach != Reach::Nowhere {
            self.out.push_str(" href=\"");
            if is_mail {
                self.out.push_str("mailto:");
            }
            escape::address(address, &mut self.out);
            self.out.push('"');
            self.write_title(title);
            if reach == Reach::Outside {
                self.out.push_str(OUTSIDE);
            }
        }
        self.open_frame([">"], "</a>", true);
    }

    pub(super) fn start_image(&mut self, address: &str, title: &str) {
        self.images += 1;
        if self.images > 1 || self.frames.are_hidden() || self.frames.are_deep() {
            self.open_frame([], "", true);
            return;
        }
        self.out.push_str("<img");
        if matches!(escape::reach(address), Reach::Here | Reach::Outside) {
            self.out.push_str(" src=\"");
            escape::address(address, &mut self.out);
            self.out.push('"');
        }
        self.write_title(title);
        self.open_frame([" alt=\""], "\">", true);
    }

    fn write_title(&mut self, title: &str) {
        if !title.is_empty() {
            self.out.push_str(" title=\"");
            escape::attribute(title, &mut self.out);
            self.out.push('"');
        }
    }

    /// HTML of the source: what is allowed is rebuilt.
    pub(super) fn raw_html(&mut self, source: &str) {
        html::each_token(source, |token| match token {
            Token::Text(text) => self.raw_text(text),
            Token::End(name) => {
                let element_name = html::allowed(name).map(|element| element.name);
                if let Some(name) = element_name.or_else(|| html::hidden(name)) {
                    self.frames.close_raw(name, &mut self.out);
                }
            }
            Token::Start(name, attributes) => self.raw_start(name, attributes),
        });
    }

    /// Text of an HTML source: its entities stay as they are, and part words.
    fn raw_text(&mut self, text: &str) {
        let mut start = 0;
        let mut from = 0;
        while let Some(found) = text[from..].find('&') {
            let at = from + found;
            let Some(length) = escape::entity(&text[at..]) else {
                from = at + 1;
                continue;
            };
            self.write_text(&text[start..at]);
            self.write(&text[at..at + length]);
            start = at + length;
            from = start;
        }
        self.write_text(&text[start..]);
    }

    fn raw_start(&mut self, name: &str, attributes: &str) {
        if self.frames.are_hidden() || self.frames.are_deep() {
            return;
        }
        if let Some(name) = html::hidden(name) {
            self.frames.push(Frame {
                close: Close::Raw(name),
                silent: true,
                hidden: true,
            });
            return;
        }
        let Some(element) = html::allowed(name) else {
            return;
        };
        let is_link = element.name == "a";
        let address = if is_link {
            html::attribute(attributes, "href")
        } else {
            ""
        };
        if is_link && (address.is_empty() || self.frames.are_silent()) {
            // `List<A>` is no link
            return;
        }
        let rendered = html::attribute(attributes, "class")
            .split_ascii_whitespace()
            .any(|class| class == "gfm");
        if !is_link || rendered || !self.refer(address) {
            html::write_start(element, attributes, &mut self.out);
        }
        if !element.void {
            self.frames.push(Frame {
                close: Close::Raw(element.name),
                silent: matches!(element.name, "a" | "code" | "pre"),
                hidden: false,
            });
        }
    }
}

/// An address without closing brackets that were opened before it: `(see https://x.test)`.
fn without_loose_end(address: &str) -> &str {
    let count = |bracket: u8| address.bytes().filter(|byte| *byte == bracket).count();
    let mut loose = count(b')').saturating_sub(count(b'('));
    let mut address = address;
    while loose > 0 {
        let Some(shorter) = address.strip_suffix(')') else {
            break;
        };
        address = shorter;
        loose -= 1;
    }
    address.trim_end_matches(['"', '\''])
}
