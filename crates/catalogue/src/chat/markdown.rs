//! Markdown as chats render it.

use super::rich::{Markup, Span};

/// A tool's Markdown.
pub struct Markdown {
    /// characters that a backslash keeps from being marks
    escaped: &'static str,
    /// characters that are left out, where the tool knows no escape
    dropped: &'static str,
}

/// Discord's, which knows escapes.
pub const DISCORD: Markdown = Markdown {
    escaped: "\\*_~`|<>[]()#@",
    dropped: "",
};

/// That of tools whose escapes are not known.
pub const CAUTIOUS: Markdown = Markdown {
    escaped: "",
    dropped: "[]<>|*_`~",
};

impl Markup for Markdown {
    fn span(&self, span: &Span, out: &mut String) {
        match span {
            Span::Text(words) => self.words(words, out),
            Span::Strong(words) => self.between("**", words, out),
            Span::Emphasis(words) => self.between("*", words, out),
            Span::Code(words) => {
                out.push('`');
                out.push_str(&words.replace('`', "'").replace('\n', " "));
                out.push('`');
            }
            Span::Block(words) => {
                out.push_str("```\n");
                out.push_str(&words.replace("```", "'''"));
                out.push_str("\n```");
            }
            Span::Link { text, url } => {
                out.push('[');
                self.words(&text.replace('\n', " "), out);
                out.push_str("](");
                address(url, out);
                out.push(')');
            }
        }
    }
}

impl Markdown {
    fn words(&self, text: &str, out: &mut String) {
        for letter in text
            .chars()
            .filter(|letter| !self.dropped.contains(*letter))
        {
            if self.escaped.contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
    }

    /// Marks hold only within a line and around words.
    fn between(&self, mark: &str, words: &str, out: &mut String) {
        let mark = if words.trim() != words || words.contains('\n') {
            ""
        } else {
            mark
        };
        out.push_str(mark);
        self.words(words, out);
        out.push_str(mark);
    }
}

/// An address within parentheses, which it must not close.
fn address(url: &str, out: &mut String) {
    for letter in url.chars() {
        match letter {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            ' ' | '\n' | '\t' => out.push_str("%20"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rich::RichText;
    use super::*;

    #[test]
    fn somebody_elses_words_are_no_marks() {
        let rich = RichText::new()
            .text("a_b [x](y) ")
            .strong("c*d")
            .text(" ")
            .link("e]f", "https://x.test/(1)\n?a=<b>");
        assert_eq!(
            rich.write(&DISCORD),
            "a\\_b \\[x\\]\\(y\\) **c\\*d** [e\\]f](https://x.test/%281%29%20?a=%3Cb%3E)"
        );
        assert_eq!(
            rich.write(&CAUTIOUS),
            "ab x(y) **cd** [ef](https://x.test/%281%29%20?a=%3Cb%3E)"
        );
    }

    #[test]
    fn code_stays_as_it_is() {
        let written = |span| {
            let mut rich = RichText::new();
            rich.push(span);
            rich.write(&DISCORD)
        };
        assert_eq!(written(Span::Code("a_`b".into())), "`a_'b`");
        assert_eq!(written(Span::Block("x\n```y".into())), "```\nx\n'''y\n```");
        assert_eq!(written(Span::Emphasis("two\nlines".into())), "two\nlines");
    }
}
