//! What a comment says, apart from the language it came in; and Jira's wiki text.

/// A piece of text that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) line: Vec<Inline>,
}

/// What a block is. Nesting is not kept: a list in a quote is a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Quote,
    Heading,
    Item,
    Code,
    Rule,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Text(String),
    Link { text: String, url: String },
    Break,
}

impl Inline {
    /// Its words.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link { text, .. } => text,
            Self::Break => "\n",
        }
    }
}

/// The words alone, one line for each block.
pub(super) fn words(blocks: &[Block]) -> String {
    let line = |block: &Block| block.line.iter().map(Inline::text).collect::<String>();
    blocks.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Reads wiki text: links, quotes, code, headings, lists and rules; all else is words.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (is_quote, part) in toggled(text, "{quote}") {
        for (is_code, part) in toggled(part, "{code}") {
            match (is_code, is_quote) {
                (true, _) => blocks.push(Block {
                    kind: Kind::Code,
                    line: vec![Inline::Text(part.trim().to_owned())],
                }),
                (false, true) => read_lines(part, Kind::Quote, &mut blocks),
                (false, false) => read_lines(part, Kind::Paragraph, &mut blocks),
            }
        }
    }
    blocks
}

/// The parts of a text outside (`false`) and inside (`true`) a pair of markers.
/// A marker that is never closed ends with the text.
fn toggled<'a>(text: &'a str, marker: &'a str) -> impl Iterator<Item = (bool, &'a str)> {
    text.split(marker)
        .enumerate()
        .map(|(n, part)| (n % 2 == 1, part))
        .filter(|(_, part)| !part.trim().is_empty())
}

fn read_lines(text: &str, kind: Kind, blocks: &mut Vec<Block>) {
    let mut open = Vec::new();
    for line in text.trim().lines().map(str::trim) {
        let special = start(line);
        if line.is_empty() || special.is_some() {
            close(&mut open, kind, blocks);
        }
        if let Some((kind, rest)) = special {
            blocks.push(Block {
                kind,
                line: read_line(rest),
            });
        } else if !line.is_empty() {
            if !open.is_empty() {
                open.push(Inline::Break);
            }
            open.extend(read_line(line));
        }
    }
    close(&mut open, kind, blocks);
}

/// Ends the paragraph that is being gathered.
fn close(open: &mut Vec<Inline>, kind: Kind, blocks: &mut Vec<Block>) {
    if !open.is_empty() {
        blocks.push(Block {
            kind,
            line: std::mem::take(open),
        });
    }
}

/// What a line's first characters make of it.
fn start(line: &str) -> Option<(Kind, &str)> {
    if line == "----" {
        return Some((Kind::Rule, ""));
    }
    if let Some(rest) = line.strip_prefix("* ").or_else(|| line.strip_prefix("# ")) {
        return Some((Kind::Item, rest));
    }
    let (level, rest) = line.strip_prefix('h')?.split_once(". ")?;
    matches!(level, "1" | "2" | "3" | "4" | "5" | "6").then_some((Kind::Heading, rest))
}

/// Links and words of a line; a backslash makes the character after it an ordinary one.
fn read_line(line: &str) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut words = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if first == '\\' && after.starts_with(|c: char| c.is_ascii_punctuation()) {
            words.push_str(&after[..1]);
            rest = &after[1..];
        } else if first == '['
            && let Some((link, after)) = read_link(after)
        {
            if !words.is_empty() {
                out.push(Inline::Text(std::mem::take(&mut words)));
            }
            out.push(link);
            rest = after;
        } else {
            words.push(first);
            rest = after;
        }
    }
    if !words.is_empty() {
        out.push(Inline::Text(words));
    }
    out
}

/// `text|url]` or `url]`, and what comes after.
fn read_link(rest: &str) -> Option<(Inline, &str)> {
    let mut text = String::new();
    let mut url = None::<String>;
    let mut characters = rest.char_indices();
    while let Some((at, c)) = characters.next() {
        match (c, &mut url) {
            (']', url) => {
                let url = url.take().unwrap_or_else(|| text.clone());
                if text.is_empty() {
                    text.clone_from(&url);
                }
                return is_web_address(&url)
                    .then_some((Inline::Link { text, url }, &rest[at + 1..]));
            }
            ('|', None) => url = Some(String::new()),
            ('\\', None) => text.extend(characters.next().map(|(_, c)| c)),
            (c, Some(url)) => url.push(c),
            (c, None) => text.push(c),
        }
    }
    None
}

/// Writes wiki text.
pub(super) fn write(blocks: &[Block]) -> String {
    let block = |block: &Block| {
        let line: String = block.line.iter().map(write_inline).collect();
        match block.kind {
            Kind::Paragraph => line,
            Kind::Quote => format!("{{quote}}{line}{{quote}}"),
            Kind::Heading => format!("h3. {line}"),
            Kind::Item => format!("* {line}"),
            Kind::Code => format!("{{code}}{line}{{code}}"),
            Kind::Rule => "----".to_owned(),
        }
    };
    blocks.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

fn write_inline(inline: &Inline) -> String {
    match inline {
        Inline::Link { text, url } => format!("[{text}|{url}]"),
        other => other.text().to_owned(),
    }
}

/// Whether this is an absolute http or https address: the only ones taken, and the only ones
/// that a page may lead to.
pub(super) fn is_web_address(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower
        .strip_prefix("http://")
        .or_else(|| lower.strip_prefix("https://"))
    else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let bad = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    !host.is_empty() && !host.starts_with(':') && !host.ends_with('@') && !rest.contains(bad)
}

#[cfg(test)]
mod tests {
    use super::super::body::Body;
    use super::super::document;
    use super::*;

    fn text(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    fn link(text: &str, url: &str) -> Inline {
        Inline::Link {
            text: text.into(),
            url: url.into(),
        }
    }

    #[test]
    fn the_sentence_of_a_mention_is_read() {
        let blocks = read(
            "[Jane \\[D\\]|https://a.test/j] wrote in [a commit|https://a.test/c]:{quote}fix \\{x\\}{quote}",
        );
        let first = vec![
            link("Jane [D]", "https://a.test/j"),
            text(" wrote in "),
            link("a commit", "https://a.test/c"),
            text(":"),
        ];
        let expected = [
            Block {
                kind: Kind::Paragraph,
                line: first,
            },
            Block {
                kind: Kind::Quote,
                line: vec![text("fix {x}")],
            },
        ];
        assert_eq!(blocks, expected);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            read_line("[x|javascript:alert(1)]"),
            [text("[x|javascript:alert(1)]")]
        );
        assert_eq!(read_line("[~jane] [x"), [text("[~jane] [x")]);
        assert_eq!(
            read_line("[https://a.test]"),
            [link("https://a.test", "https://a.test")]
        );
    }

    #[test]
    fn lines_lists_headings_and_code_are_read_in_their_order() {
        let blocks =
            read("one\ntwo\n\nthree\n* item\nfour\nh3. head\n----\n{code}let x = [1|2];{code}");
        let kinds: Vec<_> = blocks
            .iter()
            .map(|block| (block.kind, words(std::slice::from_ref(block))))
            .collect();
        let expected = [
            (Kind::Paragraph, "one\ntwo"),
            (Kind::Paragraph, "three"),
            (Kind::Item, "item"),
            (Kind::Paragraph, "four"),
            (Kind::Heading, "head"),
            (Kind::Rule, ""),
            (Kind::Code, "let x = [1|2];"),
        ];
        assert_eq!(kinds, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn a_document_converts_to_wiki_text_and_back() {
        let wiki = "see [a|https://a.test]\n\n{quote}said{quote}\n\n* item\n\nh3. head\n\n----\n\n{code}x{code}";
        let document = Body::Wiki(wiki.into()).document();
        assert_eq!(document::check(&document), Ok(()));
        assert_eq!(Body::Document(document).wiki(), wiki);
    }

    #[test]
    fn web_addresses_are_absolute_and_clean() {
        for good in [
            "http://a",
            "HTTPS://a.test:8/x?y=[1]#z",
            "https://ä.test/é",
            "http://[::1]/",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "a.test",
            "//a.test",
            "ftp://a",
            "http://",
            "https:///x",
            "http://a b",
            "http://a/\"",
            "http://:80",
            "https://a/\n",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
