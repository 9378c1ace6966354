//! HTML, in the few elements that chats let pass.

use super::rich::{Markup, Span};
use std::fmt::Write as _;

/// HTML for Telegram and Matrix: only `&`, `<`, `>` and quotes are special.
pub struct Html;

impl Markup for Html {
    fn span(&self, span: &Span, out: &mut String) {
        let element = match span {
            Span::Text(words) => return escape(words, out),
            Span::Link { text, url } => {
                out.push_str("<a href=\"");
                escape(url, out);
                out.push_str("\">");
                escape(text, out);
                return out.push_str("</a>");
            }
            Span::Strong(_) => "strong",
            Span::Emphasis(_) => "em",
            Span::Code(_) => "code",
            Span::Block(_) => "pre",
        };
        let _ = write!(out, "<{element}>");
        escape(span.words(), out);
        let _ = write!(out, "</{element}>");
    }
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rich::RichText;
    use super::*;

    #[test]
    fn nothing_becomes_an_element_but_ours() {
        let mut rich = RichText::new()
            .text("<b>&")
            .strong("x<y")
            .link("a\"b", "https://x.test/?a=\"><script>&b");
        rich.push(Span::Code("1<2".into()));
        assert_eq!(
            rich.write(&Html),
            "&lt;b&gt;&amp;<strong>x&lt;y</strong><a href=\"https://x.test/?a=&quot;&gt;&lt;script&gt;&amp;b\">a&quot;b</a><code>1&lt;2</code>"
        );
    }
}
