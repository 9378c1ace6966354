//! What holds for every text.

use super::super::html::{Token, each_token};
use super::super::{render, render_plain};
use super::references;
use crate::References;
use proptest::prelude::*;

/// Pieces that mean something to Markdown, to HTML or to references.
const PIECES: &[&str] = &[
    "a",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n    ",
    "> ",
    "- ",
    "1. ",
    "# ",
    "* ",
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "~~",
    "|",
    "\n|-|-|\n",
    "[",
    "](",
    ")",
    "]",
    "![",
    "\\",
    "&",
    "&amp;",
    "&#106;",
    "&#x27;",
    "<",
    ">",
    "/",
    "</",
    "<!--",
    "-->",
    "<b>",
    "</b>",
    "<div>",
    "</div>",
    "<a href=",
    "<a href='KEY-1'>",
    "</a>",
    "<script>",
    "</script>",
    "<svg/onload=x>",
    "<img src=x onerror=y>",
    "javascript:x",
    "java\tscript:x",
    "data:text/html,x",
    "\"",
    "'",
    "=",
    "onclick=x",
    "https://x.test",
    "www.x.test",
    "KEY-1",
    "#7",
    "#9",
    "!8",
    "AB-12+",
    "[^1]",
    "\n\n[^1]: ",
    "[x]: javascript:x\n",
    "- [ ] ",
    "<pre>",
    "<code>",
    "</code>",
    "<style>",
    "ä",
    "\u{202e}",
    "\u{0}",
    "\r\n",
    "<?",
    "<![CDATA[",
    "]]>",
    "<p title='>'>",
];

fn source() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Fails if the HTML could do anything but be read.
fn is_harmless(html: &str) {
    const NEVER: [&str; 6] = ["script", "style", "iframe", "svg", "object", "form"];
    let mut open = Vec::new();
    each_token(html, |token| match token {
        Token::Text(_) => {}
        Token::End(name) => assert_eq!(open.pop().as_deref(), Some(name), "{html}"),
        Token::Start(name, attributes) => {
            assert!(!NEVER.contains(&name), "{html}");
            let bare = without_values(attributes);
            for attribute in bare.split_ascii_whitespace() {
                let name = attribute.trim_end_matches('=');
                assert!(!name.starts_with("on") && name != "style", "{html}");
            }
            for value in attributes.split('"').skip(1).step_by(2) {
                let value = value.trim_start().to_ascii_lowercase();
                let is_address = attributes.contains(&format!("href=\"{value}"))
                    || attributes.contains(&format!("src=\"{value}"));
                assert!(!(is_address && value.starts_with("javascript:")), "{html}");
                assert!(!(is_address && value.starts_with("data:")), "{html}");
            }
            if !["br", "hr", "img", "input", "wbr"].contains(&name) {
                open.push(name.to_owned());
            }
        }
    });
    assert!(open.is_empty(), "{open:?} left open: {html}");
}

/// The text of a tag's attributes with their quoted values taken out.
fn without_values(attributes: &str) -> String {
    attributes.split('"').step_by(2).collect()
}

/// The HTML with the anchors of references taken out, their text left.
fn without_references(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<a href=\"") {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        let (start, after) = link.split_once('>').unwrap();
        if start.contains("class=\"gfm ") {
            let (text, after) = after.split_once("</a>").unwrap();
            out.push_str(text);
            rest = after;
        } else {
            out.push_str(start);
            out.push('>');
            rest = after;
        }
    }
    out + rest
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_harmful_comes_out_and_every_element_is_closed(source in source()) {
        is_harmless(&render(&source, &references()));
        is_harmless(&render_plain(&source));
    }

    #[test]
    fn trackers_change_nothing_but_references(source in source()) {
        // titles of own issues and keys as addresses change text and anchors of the source
        let source = source.replace('+', "").replace("KEY-1", "word").replace("AB-12", "word");
        let with = without_references(&render(&source, &references()));
        prop_assert_eq!(with, render(&source, &References::default()));
    }

    #[test]
    fn code_and_links_are_left_alone(word in "[A-Za-z#!0-9_-]{1,12}") {
        for source in [
            format!("`{word} KEY-1 #7`"),
            format!("```\n{word} KEY-1 #7\n```"),
            format!("[{word} KEY-1 #7](/x)"),
            format!("<code>{word} KEY-1 #7</code>"),
            format!("<a href='/x'>{word} KEY-1 #7</a>"),
        ] {
            prop_assert_eq!(
                render(&source, &references()),
                render(&source, &References::default())
            );
        }
    }
}
