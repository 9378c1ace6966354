//! What people write on Git hosts, Markdown, as text with links and emphasis.

use super::rich::{RichText, Span};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The most characters that are read: more is never shown.
const MOST: usize = 8_000;

/// Reads Markdown; what has no span becomes plain text.
pub(super) fn from_markdown(text: &str) -> RichText {
    let end = text
        .char_indices()
        .nth(MOST)
        .map_or(text.len(), |(at, _)| at);
    let options =
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(&text[..end], options) {
        reader.take(event);
    }
    reader.rich
}

#[derive(Default)]
struct Reader {
    rich: RichText,
    style: Style,
    /// the innermost link or picture, and the words in it so far
    link: Option<(String, String)>,
    /// code of a block so far
    block: Option<String>,
    /// for each list we are in, the number of its next entry
    lists: Vec<Option<u64>>,
    quotes: usize,
    /// line breaks that come before the next words
    breaks: usize,
    began: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Style {
    #[default]
    None,
    Strong,
    Emphasis,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(words) => self.words(&words),
            Event::Code(words) => self.span(Span::Code(words.into_string())),
            Event::SoftBreak | Event::HardBreak => self.words("\n"),
            Event::Rule => self.gap(2),
            Event::TaskListMarker(done) => self.words(if done { "☑ " } else { "☐ " }),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Table(_) => self.gap(2),
            Tag::Heading { .. } => {
                self.gap(2);
                self.style = Style::Strong;
            }
            Tag::Strong => self.style = Style::Strong,
            Tag::Emphasis => self.style = Style::Emphasis,
            Tag::BlockQuote(_) => {
                self.gap(2);
                self.quotes += 1;
            }
            Tag::CodeBlock(_) => {
                self.gap(2);
                self.block = Some(String::new());
            }
            Tag::List(first) => {
                self.gap(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::TableHead | Tag::TableRow => self.gap(1),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } if self.link.is_none() => {
                self.link = Some((dest_url.into_string(), String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Heading(_) => self.style = Style::None,
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::CodeBlock => {
                if let Some(code) = self.block.take() {
                    self.span(Span::Block(code.trim_end().to_owned()));
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap(2);
            }
            TagEnd::TableCell => self.words("  "),
            TagEnd::Link | TagEnd::Image => {
                if let Some((url, words)) = self.link.take() {
                    let words = if words.is_empty() { url.clone() } else { words };
                    self.open_line();
                    self.rich = std::mem::take(&mut self.rich).link(words, &url);
                }
            }
            _ => {}
        }
    }

    /// An entry of a list: indented by its depth, with a number or a dot.
    fn item(&mut self) {
        self.gap(1);
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "• ".to_owned(),
        };
        self.words(&format!("{}{mark}", "   ".repeat(depth)));
    }

    fn words(&mut self, words: &str) {
        if let Some(block) = &mut self.block {
            block.push_str(words);
        } else if let Some((_, inside)) = &mut self.link {
            inside.push_str(words);
        } else {
            self.span(match self.style {
                Style::None => Span::Text(words.to_owned()),
                Style::Strong => Span::Strong(words.to_owned()),
                Style::Emphasis => Span::Emphasis(words.to_owned()),
            });
        }
    }

    /// Tags of web pages are left out; what stands between them, and what only looks like one, is kept.
    fn html(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            let (before, tag) = rest.split_at(at);
            self.words(before);
            let is_tag =
                tag[1..].starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/');
            let end = tag.find('>').filter(|_| is_tag);
            if tag.starts_with("<br") {
                self.words("\n");
            }
            if let Some(end) = end {
                rest = &tag[end + 1..];
            } else {
                self.words("<");
                rest = &tag[1..];
            }
        }
        self.words(rest);
    }

    fn span(&mut self, span: Span) {
        if let (Some((_, inside)), false) = (&mut self.link, matches!(span, Span::Link { .. })) {
            inside.push_str(span.words());
            return;
        }
        self.open_line();
        self.rich.push(span);
    }

    fn gap(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    fn open_line(&mut self) {
        let breaks = std::mem::take(&mut self.breaks);
        if self.began && breaks > 0 {
            self.rich.push(Span::Text("\n".repeat(breaks)));
        }
        if (breaks > 0 || !self.began) && self.quotes > 0 {
            self.rich.push(Span::Text("│ ".repeat(self.quotes)));
        }
        self.began = true;
    }
}

#[cfg(test)]
mod tests {
    use super::super::slack_markup::Mrkdwn;
    use super::*;

    #[test]
    fn what_people_write_is_understood() {
        for (markdown, expected) in [
            ("plain **bold** and *stress*", "plain *bold* and _stress_"),
            ("a `code` <b>b</b>", "a `code` b"),
            ("# Title\n\ntext\nmore", "*Title*\n\ntext\nmore"),
            (
                "- one\n- two\n  - deep\n\nafter",
                "• one\n• two\n   • deep\n\nafter",
            ),
            ("3. c\n4. d", "3. c\n4. d"),
            (
                "[words **here**](https://x.test)",
                "<https://x.test|words here>",
            ),
            (
                "![shot](https://x.test/a.png)",
                "<https://x.test/a.png|shot>",
            ),
            ("[x](javascript:alert(1))", "x"),
            ("<https://x.test>", "<https://x.test|https://x.test>"),
            ("> quoted\n\nfree", "│ quoted\n\nfree"),
            ("```ruby\na\n<b>\n```", "```a\n&lt;b&gt;```"),
            ("- [x] done\n- [ ] open", "• ☑ done\n• ☐ open"),
            ("<!channel> hi", "&lt;!channel&gt; hi"),
            ("", ""),
        ] {
            assert_eq!(
                from_markdown(markdown).write(&Mrkdwn),
                expected,
                "{markdown}"
            );
        }
    }

    #[test]
    fn hostile_text_is_read_quickly_and_not_too_far() {
        for text in [
            "[".repeat(100_000),
            "> ".repeat(50_000),
            "*a ".repeat(50_000),
            "ü".repeat(100_000),
        ] {
            assert!(from_markdown(&text).write(&Mrkdwn).chars().count() <= 4 * MOST);
        }
    }
}
