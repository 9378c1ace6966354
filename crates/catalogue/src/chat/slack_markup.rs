//! Slack's own markup, mrkdwn, which Mattermost and others read too.
//!
//! Only `&`, `<` and `>` are special; escaping them also disables `<!channel>` and `<@U…>`:
//! <https://api.slack.com/reference/surfaces/formatting#escaping>.

use super::rich::{Markup, Span};

/// Slack's markup.
pub struct Mrkdwn;

impl Markup for Mrkdwn {
    fn span(&self, span: &Span, out: &mut String) {
        match span {
            Span::Text(words) => escape(words, out),
            Span::Strong(words) => between("*", words, out),
            Span::Emphasis(words) => between("_", words, out),
            Span::Code(words) => between("`", &words.replace('`', "'"), out),
            Span::Block(words) => {
                out.push_str("```");
                escape(&words.replace("```", "'''"), out);
                out.push_str("```");
            }
            Span::Link { text, url } => link(text, url, out),
        }
    }
}

/// Mattermost's: Slack's, but people are called by `@name`, which a character that is not seen
/// prevents.
pub struct MattermostMrkdwn;

impl Markup for MattermostMrkdwn {
    fn span(&self, span: &Span, out: &mut String) {
        let mut harmless = span.clone();
        if !matches!(span, Span::Code(_) | Span::Block(_)) {
            *harmless.words_mut() = span.words().replace('@', "@\u{200b}");
        }
        Mrkdwn.span(&harmless, out);
    }
}

/// Marks hold only within a line and around words.
fn between(mark: &str, words: &str, out: &mut String) {
    if words.trim() != words || words.contains('\n') || words.contains(mark) {
        return escape(words, out);
    }
    out.push_str(mark);
    escape(words, out);
    out.push_str(mark);
}

fn link(text: &str, url: &str, out: &mut String) {
    out.push('<');
    for letter in url.chars() {
        match letter {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            ' ' | '\n' | '\t' => out.push_str("%20"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out.push('|');
    escape(&text.replace('|', "¦").replace('\n', " "), out);
    out.push('>');
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rich::RichText;
    use super::*;

    #[test]
    fn nobody_is_called_in_mattermost() {
        let rich = RichText::new()
            .text("@all ")
            .link("@ada", "https://x.test/@ada");
        let seen = rich.write(&MattermostMrkdwn);
        assert_eq!(seen, "@\u{200b}all <https://x.test/@ada|@\u{200b}ada>");
    }

    #[test]
    fn each_piece_has_its_form() {
        let rich = |span| {
            let mut rich = RichText::new();
            rich.push(span);
            rich.write(&Mrkdwn)
        };
        for (span, expected) in [
            (
                Span::Text("<!channel> & <@U1>".into()),
                "&lt;!channel&gt; &amp; &lt;@U1&gt;",
            ),
            (Span::Strong("bold".into()), "*bold*"),
            (Span::Strong("a*b".into()), "a*b"),
            (Span::Emphasis("a\nb".into()), "a\nb"),
            (Span::Code("x<y`z".into()), "`x&lt;y'z`"),
            (Span::Block("a\n```b".into()), "```a\n'''b```"),
            (
                Span::Link {
                    text: "a|b\n<c>".into(),
                    url: "https://x.test/?a=1&b=<|>".into(),
                },
                "<https://x.test/?a=1&amp;b=%3C%7C%3E|a¦b &lt;c&gt;>",
            ),
        ] {
            assert_eq!(rich(span), expected);
        }
    }
}
