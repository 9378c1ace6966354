//! Text with links and emphasis, rendered in the markup of each tool.

/// Text as a sequence of spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RichText(Vec<Span>);

/// A span of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// words
    Text(String),
    /// bold
    Strong(String),
    /// italic
    Emphasis(String),
    /// code within a line
    Code(String),
    /// lines of code
    Block(String),
    /// a link
    Link {
        /// the words
        text: String,
        /// its address: http, https or mailto
        url: String,
    },
}

/// How a tool marks up text. Text that is not ours is escaped.
pub trait Markup {
    /// Appends one span.
    fn span(&self, span: &Span, out: &mut String);
}

/// No markup: for plain-text notifications.
pub struct Plain;

impl Markup for Plain {
    fn span(&self, span: &Span, out: &mut String) {
        out.push_str(span.words());
    }
}

impl Span {
    /// Its text without markup.
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

impl RichText {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a span; invisible characters are removed.
    pub fn push(&mut self, mut span: Span) {
        let words = span.words_mut();
        *words = visible(words);
        match (self.0.last_mut(), span) {
            (_, span) if span.words().is_empty() => {}
            (Some(Span::Text(last)), Span::Text(more)) => last.push_str(&more),
            (_, span) => self.0.push(span),
        }
    }

    /// With more words.
    #[must_use]
    pub fn text(mut self, words: impl Into<String>) -> Self {
        self.push(Span::Text(words.into()));
        self
    }

    /// With words of weight.
    #[must_use]
    pub fn strong(mut self, words: impl Into<String>) -> Self {
        self.push(Span::Strong(words.into()));
        self
    }

    /// Appends a link; only its text where the address is not one.
    #[must_use]
    pub fn link(mut self, words: impl Into<String>, url: &str) -> Self {
        let (text, url) = (words.into(), url.trim());
        let leads = ["https://", "http://", "mailto:"];
        self.push(if leads.iter().any(|start| url.starts_with(start)) {
            Span::Link {
                text,
                url: url.to_owned(),
            }
        } else {
            Span::Text(text)
        });
        self
    }

    /// With another text after it.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        other.0.into_iter().for_each(|span| self.push(span));
        self
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| span.words().trim().is_empty())
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
        for span in &self.0 {
            markup.span(span, &mut out);
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

    fn plain(rich: &RichText) -> String {
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
            let rich = RichText::new().link("words", url);
            assert_eq!(matches!(rich.0[0], Span::Link { .. }), is_link, "{url}");
            assert_eq!(plain(&rich), "words");
        }
    }

    #[test]
    fn what_is_not_seen_is_not_sent() {
        let rich = RichText::new().text("a\u{202e}b\u{0}\u{7}c\nd\u{2068}");
        assert_eq!(plain(&rich), "abc\nd");
    }

    #[test]
    fn a_text_is_cut_to_what_fits_with_its_marks() {
        let rich = RichText::new().text("𝄞".repeat(50));
        let written = rich.write_within(&Plain, 40);
        assert!(written.ends_with("𝄞…"), "{written}");
        assert!((20..=40).contains(&written.encode_utf16().count()));
        assert_eq!(rich.write_within(&Plain, 100), "𝄞".repeat(50));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let rich = RichText::new().text("aüb").strong("cdef").text("g");
        assert_eq!(plain(&rich.clone().shortened(5)), "aübcd…");
        assert_eq!(plain(&rich.clone().shortened(3)), "aüb…");
        assert_eq!(plain(&rich.clone().shortened(8)), "aübcdefg");
        assert_eq!(plain(&rich.shortened(0)), "…");
    }
}
