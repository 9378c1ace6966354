//! Slack's own markup, mrkdwn, which Mattermost and others read too.
//!
//! Only `&`, `<` and `>` are special; escaping them also disables `<!channel>` and `<@U…>`:
//! <https://api.slack.com/reference/surfaces/formatting#escaping>.

use super::rich::{Markup, Piece};

/// Slack's markup.
pub struct Mrkdwn;

impl Markup for Mrkdwn {
    fn piece(&self, piece: &Piece, out: &mut String) {
        match piece {
            Piece::Text(words) => escape(words, out),
            Piece::Strong(words) => between("*", words, out),
            Piece::Emphasis(words) => between("_", words, out),
            Piece::Code(words) => between("`", &words.replace('`', "'"), out),
            Piece::Block(words) => {
                out.push_str("```");
                escape(&words.replace("```", "'''"), out);
                out.push_str("```");
            }
            Piece::Link { text, url } => link(text, url, out),
        }
    }
}

/// Mattermost's: Slack's, but people are called by `@name`, which a character that is not seen
/// prevents.
pub struct MattermostMrkdwn;

impl Markup for MattermostMrkdwn {
    fn piece(&self, piece: &Piece, out: &mut String) {
        let mut harmless = piece.clone();
        if !matches!(piece, Piece::Code(_) | Piece::Block(_)) {
            *harmless.words_mut() = piece.words().replace('@', "@\u{200b}");
        }
        Mrkdwn.piece(&harmless, out);
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
    use super::super::rich::Rich;
    use super::*;

    #[test]
    fn nobody_is_called_in_mattermost() {
        let rich = Rich::new()
            .text("@all ")
            .link("@ada", "https://x.test/@ada");
        let seen = rich.write(&MattermostMrkdwn);
        assert_eq!(seen, "@\u{200b}all <https://x.test/@ada|@\u{200b}ada>");
    }

    #[test]
    fn each_piece_has_its_form() {
        let rich = |piece| {
            let mut rich = Rich::new();
            rich.push(piece);
            rich.write(&Mrkdwn)
        };
        for (piece, expected) in [
            (
                Piece::Text("<!channel> & <@U1>".into()),
                "&lt;!channel&gt; &amp; &lt;@U1&gt;",
            ),
            (Piece::Strong("bold".into()), "*bold*"),
            (Piece::Strong("a*b".into()), "a*b"),
            (Piece::Emphasis("a\nb".into()), "a\nb"),
            (Piece::Code("x<y`z".into()), "`x&lt;y'z`"),
            (Piece::Block("a\n```b".into()), "```a\n'''b```"),
            (
                Piece::Link {
                    text: "a|b\n<c>".into(),
                    url: "https://x.test/?a=1&b=<|>".into(),
                },
                "<https://x.test/?a=1&amp;b=%3C%7C%3E|a¦b &lt;c&gt;>",
            ),
        ] {
            assert_eq!(rich(piece), expected);
        }
    }
}
