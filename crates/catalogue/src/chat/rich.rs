//! Text with links and emphasis, written once and put down in each tool's own markup.

/// Text as a sequence of pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rich(Vec<Piece>);

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// words
    Text(String),
    /// words of weight
    Strong(String),
    /// words with stress
    Emphasis(String),
    /// code within a line
    Code(String),
    /// lines of code
    Block(String),
    /// words that lead somewhere
    Link {
        /// the words
        text: String,
        /// where they lead: http, https or mailto
        url: String,
    },
}

/// How a tool marks up text. Every word that is not ours is escaped.
pub trait Markup {
    /// Writes one piece.
    fn piece(&self, piece: &Piece, out: &mut String);
}

/// No marks at all: for notices and lines.
pub struct Plain;

impl Markup for Plain {
    fn piece(&self, piece: &Piece, out: &mut String) {
        out.push_str(piece.words());
    }
}

impl Piece {
    /// What is read of it.
    pub fn words(&self) -> &str {
        match self {
            Self::Text(words)
            | Self::Strong(words)
            | Self::Emphasis(words)
            | Self::Code(words)
            | Self::Block(words)
            | Self::Link { text: words, .. } => words,
        }
    }

    pub(super) fn words_mut(&mut self) -> &mut String {
        match self {
            Self::Text(words)
            | Self::Strong(words)
            | Self::Emphasis(words)
            | Self::Code(words)
            | Self::Block(words)
            | Self::Link { text: words, .. } => words,
        }
    }
}

impl Rich {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece; words are freed of characters that are not seen.
    pub fn push(&mut self, mut piece: Piece) {
        let words = piece.words_mut();
        *words = visible(words);
        match (self.0.last_mut(), piece) {
            (_, piece) if piece.words().is_empty() => {}
            (Some(Piece::Text(last)), Piece::Text(more)) => last.push_str(&more),
            (_, piece) => self.0.push(piece),
        }
    }

    /// With more words.
    #[must_use]
    pub fn text(mut self, words: impl Into<String>) -> Self {
        self.push(Piece::Text(words.into()));
        self
    }

    /// With words of weight.
    #[must_use]
    pub fn strong(mut self, words: impl Into<String>) -> Self {
        self.push(Piece::Strong(words.into()));
        self
    }

    /// With words that lead somewhere; words alone where the address leads nowhere.
    #[must_use]
    pub fn link(mut self, words: impl Into<String>, url: &str) -> Self {
        let (text, url) = (words.into(), url.trim());
        let leads = ["https://", "http://", "mailto:"];
        self.push(if leads.iter().any(|start| url.starts_with(start)) {
            Piece::Link {
                text,
                url: url.to_owned(),
            }
        } else {
            Piece::Text(text)
        });
        self
    }

    /// With another text after it.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        other.0.into_iter().for_each(|piece| self.push(piece));
        self
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|piece| piece.words().trim().is_empty())
    }

    /// At most so many characters of words; a cut is shown by an ellipsis.
    #[must_use]
    pub fn shortened(mut self, most: usize) -> Self {
        let mut left = most;
        for index in 0..self.0.len() {
            let words = self.0[index].words_mut();
            let cut = words.char_indices().nth(left).map(|(at, _)| at);
            let Some(at) = cut else {
                left -= words.chars().count();
                continue;
            };
            words.truncate(at);
            words.push('…');
            self.0.truncate(index + 1);
            break;
        }
        self
    }

    /// Puts it down in a tool's markup, in at most so many characters (UTF-16 units, the largest
    /// measure in use). What does not fit even without words is left out.
    pub fn write_within(&self, markup: &dyn Markup, most: usize) -> String {
        let mut words = most;
        while words > 0 {
            let written = self.clone().shortened(words).write(markup);
            if written.encode_utf16().count() <= most {
                return written;
            }
            words = words * 3 / 4;
        }
        String::new()
    }

    /// Puts it down in a tool's markup.
    pub fn write(&self, markup: &dyn Markup) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            markup.piece(piece, &mut out);
        }
        out.trim().to_owned()
    }
}

/// The text without control characters and without marks that turn its direction.
fn visible(text: &str) -> String {
    let unseen = |letter: char| {
        (letter.is_control() && letter != '\n' && letter != '\t')
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().filter(|letter| !unseen(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(rich: &Rich) -> String {
        rich.write(&Plain)
    }

    #[test]
    fn only_addresses_that_lead_somewhere_are_links() {
        for (url, is_link) in [
            ("https://x.test", true),
            ("mailto:a@x.test", true),
            ("javascript:alert(1)", false),
            ("/relative", false),
            ("", false),
        ] {
            let rich = Rich::new().link("words", url);
            assert_eq!(matches!(rich.0[0], Piece::Link { .. }), is_link, "{url}");
            assert_eq!(plain(&rich), "words");
        }
    }

    #[test]
    fn what_is_not_seen_is_not_sent() {
        let rich = Rich::new().text("a\u{202e}b\u{0}\u{7}c\nd\u{2068}");
        assert_eq!(plain(&rich), "abc\nd");
    }

    #[test]
    fn a_text_is_cut_to_what_fits_with_its_marks() {
        let rich = Rich::new().text("𝄞".repeat(50));
        let written = rich.write_within(&Plain, 40);
        assert!(written.ends_with("𝄞…"), "{written}");
        assert!((20..=40).contains(&written.encode_utf16().count()));
        assert_eq!(rich.write_within(&Plain, 100), "𝄞".repeat(50));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let rich = Rich::new().text("aüb").strong("cdef").text("g");
        assert_eq!(plain(&rich.clone().shortened(5)), "aübcd…");
        assert_eq!(plain(&rich.clone().shortened(3)), "aüb…");
        assert_eq!(plain(&rich.clone().shortened(8)), "aübcdefg");
        assert_eq!(plain(&rich.shortened(0)), "…");
    }
}
