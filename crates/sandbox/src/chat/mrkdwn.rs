//! Slack's markup read for the page: links, weight, code; the rest is words.

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Strong(String),
    Code(String),
    Link { text: String, url: String },
    Break,
}

/// Reads a text; links must lead to the web.
pub(super) fn read(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '*', '`', '\n']) {
        let (before, marked) = rest.split_at(at);
        push_text(&mut pieces, before);
        let (piece, length) = marked_piece(marked, before);
        pieces.extend(piece);
        rest = &marked[length..];
    }
    push_text(&mut pieces, rest);
    pieces
}

/// The piece that a mark begins, and its length; the mark itself where it begins none.
fn marked_piece(text: &str, before: &str) -> (Option<Piece>, usize) {
    let mark = &text[..1];
    let inside = |end: &str| text[1..].find(end).map(|at| &text[1..=at]);
    let starts_word = before.is_empty() || before.ends_with([' ', '(', '[', '\n']);
    match mark {
        "\n" => (Some(Piece::Break), 1),
        "<" => match inside(">").and_then(|inner| inner.split_once('|')) {
            Some((url, words)) if url.starts_with("http") => {
                let link = Piece::Link {
                    text: unescape(words),
                    url: unescape(url),
                };
                (Some(link), url.len() + words.len() + 3)
            }
            _ => (Some(Piece::Text("<".into())), 1),
        },
        _ => match inside(mark)
            .filter(|inner| !inner.is_empty() && !inner.contains('\n') && starts_word)
        {
            Some(inner) if mark == "*" => (Some(Piece::Strong(unescape(inner))), inner.len() + 2),
            Some(inner) => (Some(Piece::Code(unescape(inner))), inner.len() + 2),
            None => (Some(Piece::Text(mark.into())), 1),
        },
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(unescape(text)));
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_and_the_rest_is_words() {
        let text = |words: &str| Piece::Text(words.into());
        assert_eq!(
            read("a *b* <https://x.test/?a=1&amp;b|c &lt;d&gt;>\n`e`*"),
            [
                text("a "),
                Piece::Strong("b".into()),
                text(" "),
                Piece::Link {
                    text: "c <d>".into(),
                    url: "https://x.test/?a=1&b".into()
                },
                Piece::Break,
                Piece::Code("e".into()),
                text("*"),
            ]
        );
        assert_eq!(
            read("<javascript:x|y>"),
            [text("<"), text("javascript:x|y>")]
        );
    }
}
