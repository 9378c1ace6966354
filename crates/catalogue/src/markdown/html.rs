//! HTML in a Markdown source: which of it is passed on.
//!
//! A tag is rebuilt from its name and from attributes that are allowed, never copied. Of
//! elements that run code, style the page or load things, not even the content is kept; of any
//! other that is not listed, only the tags are left out.

use super::escape::{self, Reach};

/// A part of an HTML source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// text between tags, as it stands there
    Text(&'a str),
    /// a start tag: its name, and the text of its attributes
    Start(&'a str, &'a str),
    /// an end tag: its name
    End(&'a str),
}

/// An element that may be written.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    /// whether it has no content
    pub(super) void: bool,
    attributes: &'static [&'static str],
}

const fn plain(name: &'static str) -> Element {
    with(name, &[])
}

const fn with(name: &'static str, attributes: &'static [&'static str]) -> Element {
    Element {
        name,
        void: false,
        attributes,
    }
}

const fn void(name: &'static str, attributes: &'static [&'static str]) -> Element {
    Element {
        name,
        void: true,
        attributes,
    }
}

const CELL: &[&str] = &["align", "colspan", "rowspan"];
const ALIGNED: &[&str] = &["align"];

/// The elements GitLab lets through, but for those that few ever write.
static ALLOWED: &[Element] = &[
    with("a", &["href", "title"]),
    with("abbr", &["title"]),
    plain("b"),
    plain("blockquote"),
    void("br", &[]),
    plain("caption"),
    plain("cite"),
    plain("code"),
    plain("dd"),
    plain("del"),
    with("details", &["open"]),
    plain("dfn"),
    with("div", ALIGNED),
    plain("dl"),
    plain("dt"),
    plain("em"),
    plain("figcaption"),
    plain("figure"),
    with("h1", ALIGNED),
    with("h2", ALIGNED),
    with("h3", ALIGNED),
    with("h4", ALIGNED),
    with("h5", ALIGNED),
    with("h6", ALIGNED),
    void("hr", &[]),
    plain("i"),
    void("img", &["src", "alt", "title", "width", "height", "align"]),
    plain("ins"),
    plain("kbd"),
    plain("li"),
    plain("mark"),
    with("ol", &["start"]),
    with("p", ALIGNED),
    plain("pre"),
    plain("q"),
    plain("rp"),
    plain("rt"),
    plain("ruby"),
    plain("s"),
    plain("samp"),
    plain("small"),
    plain("span"),
    plain("strike"),
    plain("strong"),
    plain("sub"),
    plain("summary"),
    plain("sup"),
    plain("table"),
    plain("tbody"),
    with("td", CELL),
    plain("tfoot"),
    with("th", CELL),
    plain("thead"),
    plain("tr"),
    plain("tt"),
    plain("ul"),
    plain("var"),
    void("wbr", &[]),
];

/// The elements whose content is left out with them.
static HIDDEN: &[&str] = &[
    "applet",
    "embed",
    "frameset",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// The element of that name, if it may be written.
pub(super) fn allowed(name: &str) -> Option<&'static Element> {
    let same = |element: &&Element| element.name.eq_ignore_ascii_case(name);
    ALLOWED.iter().find(same)
}

/// The name of an element whose content is left out, if it is one.
pub(super) fn hidden(name: &str) -> Option<&'static str> {
    HIDDEN
        .iter()
        .copied()
        .find(|hidden| hidden.eq_ignore_ascii_case(name))
}

/// Writes a start tag with the attributes that may stay.
pub(super) fn write_start(element: &Element, source: &str, out: &mut String) {
    out.push('<');
    out.push_str(element.name);
    let mut written: Vec<&str> = Vec::new();
    for (name, value) in attributes(source) {
        let mut allowed = element.attributes.iter();
        let Some(name) = allowed.find(|allowed| allowed.eq_ignore_ascii_case(name)) else {
            continue;
        };
        if written.contains(name) || !fits(name, value) {
            continue;
        }
        written.push(name);
        out.push(' ');
        out.push_str(name);
        if *name != "open" {
            out.push_str("=\"");
            escape::raw_attribute(value.trim(), out);
            out.push('"');
        }
        if *name == "href" && escape::raw_reach(value) == Reach::Outside {
            out.push_str(escape::OUTSIDE);
        }
    }
    out.push('>');
}

fn fits(name: &str, value: &str) -> bool {
    match name {
        "href" => escape::raw_reach(value) != Reach::Nowhere,
        "src" => matches!(escape::raw_reach(value), Reach::Here | Reach::Outside),
        "alt" | "title" | "open" => true,
        _ => value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'%'),
    }
}

/// The value of an attribute; empty when it is missing.
pub(super) fn attribute<'a>(source: &'a str, wanted: &str) -> &'a str {
    let mut all = attributes(source);
    let found = all.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map_or("", |(_, value)| value)
}

/// The attributes of a tag, by name and value.
fn attributes(source: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(between);
        if rest.is_empty() {
            return None;
        }
        // a name may begin with `=`, so that something is always read
        let mut letters = rest.char_indices().skip(1);
        let end = letters.find(|(_, c)| *c == '=' || between(*c));
        let (name, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (value, after) = match after.strip_prefix('=') {
            Some(value) => value_of(value),
            None => ("", after),
        };
        rest = after;
        Some((name, value))
    })
}

fn between(c: char) -> bool {
    c.is_ascii_whitespace() || c == '/'
}

/// A value, quoted or not, and what follows it.
fn value_of(source: &str) -> (&str, &str) {
    let source = source.trim_start_matches(|c: char| c.is_ascii_whitespace());
    for quote in ['"', '\''] {
        if let Some(quoted) = source.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = source.find(|c: char| c.is_ascii_whitespace());
    source.split_at(end.unwrap_or(source.len()))
}

/// Parts an HTML source. What ends nowhere (a comment, a tag) goes on to the end.
pub(super) fn each_token<'a>(source: &'a str, mut visit: impl FnMut(Token<'a>)) {
    let mut rest = source;
    let mut text = 0;
    while let Some(found) = rest[text..].find('<') {
        let at = text + found;
        let Some((token, after)) = tag(&rest[at..]) else {
            text = at + 1;
            continue;
        };
        if at > 0 {
            visit(Token::Text(&rest[..at]));
        }
        if let Some(token) = token {
            visit(token);
        }
        (rest, text) = (after, 0);
    }
    if !rest.is_empty() {
        visit(Token::Text(rest));
    }
}

/// What stands at a `<`, if it is no text, and what follows; a comment or declaration is nothing.
fn tag(source: &str) -> Option<(Option<Token<'_>>, &str)> {
    let after = |end: &str| {
        let whole = source.split_once(end);
        whole.map_or("", |(_, after)| after)
    };
    if let Some(comment) = source.strip_prefix("<!--") {
        let end = comment.split_once("-->");
        return Some((None, end.map_or("", |(_, after)| after)));
    }
    if source.starts_with("<![CDATA[") {
        return Some((None, after("]]>")));
    }
    if source.starts_with("<?") || source.starts_with("<!") {
        return Some((None, after(">")));
    }
    let ends = source.starts_with("</");
    let body = &source[if ends { 2 } else { 1 }..];
    if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let length = body
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(body.len());
    let (name, attributes) = body.split_at(length);
    let end = end_of_tag(attributes);
    let after = attributes.get(end + 1..).unwrap_or_default();
    let token = if ends {
        Token::End(name)
    } else {
        Token::Start(name, &attributes[..end])
    };
    Some((Some(token), after))
}

/// Where the `>` of a tag is, not counting those in quotes.
fn end_of_tag(attributes: &str) -> usize {
    let mut quote = None;
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    attributes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        each_token(source, |token| tokens.push(token));
        tokens
    }

    #[test]
    fn html_is_parted_into_text_and_tags() {
        use Token::{End, Start, Text};
        for (source, expected) in [
            (
                "a <b>c</b>",
                &[Text("a "), Start("b", ""), Text("c"), End("b")][..],
            ),
            ("<a title='>' x>y", &[Start("a", " title='>' x"), Text("y")]),
            ("1 < 2 <- <", &[Text("1 < 2 <- <")]),
            ("a<!-- <b> -->c", &[Text("a"), Text("c")]),
            (
                "<!DOCTYPE html>a<?php x ?>b<![CDATA[ <i> ]]>c",
                &[Text("a"), Text("b"), Text("c")],
            ),
            ("a <!-- b", &[Text("a ")]),
            ("a <b c", &[Text("a "), Start("b", " c")]),
            ("</p >", &[End("p")]),
        ] {
            assert_eq!(tokens(source), expected, "{source}");
        }
    }

    #[test]
    fn a_tag_keeps_what_it_may() {
        let written = |name: &str, source: &str| {
            let mut out = String::new();
            write_start(allowed(name).unwrap(), source, &mut out);
            out
        };
        for (name, source, expected) in [
            ("B", " class=x onclick='y'", "<b>"),
            ("a", " href=\"/x\" style=y", "<a href=\"/x\">"),
            (
                "a",
                " href = /x title='a \"b\" &amp; <c>'",
                "<a href=\"/x\" title=\"a &quot;b&quot; &amp; &lt;c&gt;\">",
            ),
            ("a", " href=javascript:x", "<a>"),
            ("a", " href='&#106;avascript:x'", "<a>"),
            ("a", " href=/a href=javascript:x", "<a href=\"/a\">"),
            (
                "a",
                " href=https://x.test",
                "<a href=\"https://x.test\" rel=\"nofollow noreferrer noopener\" target=\"_blank\">",
            ),
            ("img", " src=data:x alt=y onerror=z", "<img alt=\"y\">"),
            ("img", "/src=x/onerror=z", "<img src=\"x/onerror=z\">"),
            ("td", " colspan=2 align='a;b'", "<td colspan=\"2\">"),
            ("details", " open onToggle=x", "<details open>"),
        ] {
            assert_eq!(written(name, source), expected, "{name}{source}");
        }
        assert!(allowed("script").is_none() && hidden("SCRIPT").is_some());
    }
}
