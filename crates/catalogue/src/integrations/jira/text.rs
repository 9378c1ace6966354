//! Comments on an issue, in Jira's two formats: wiki markup and Atlassian documents.

use serde_json::{Value, json};

/// A comment, independent of how it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment(pub Vec<Span>);

/// A span of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// words
    Text(String),
    /// a link
    Link(String, String),
    /// quoted text
    Quote(String),
}

impl Comment {
    /// Wiki text, for Server and Data Center (REST v2).
    pub(super) fn wiki(&self) -> String {
        let mut out = String::new();
        for span in &self.0 {
            match span {
                Span::Text(text) => out.push_str(&escape_wiki(text)),
                Span::Link(text, url) => {
                    out.push('[');
                    out.push_str(&escape_wiki(text));
                    out.push('|');
                    out.push_str(&escape_wiki_url(url));
                    out.push(']');
                }
                Span::Quote(text) => {
                    out.push_str("{quote}");
                    out.push_str(&escape_wiki(text));
                    out.push_str("{quote}");
                }
            }
        }
        out
    }

    /// An Atlassian document, for Cloud (REST v3).
    pub(super) fn document(&self) -> Value {
        let mut blocks = Vec::new();
        let mut line = Vec::new();
        for span in &self.0 {
            match span {
                Span::Text(text) => line.push(json!({"type": "text", "text": text})),
                Span::Link(text, url) => line.push(json!({
                    "type": "text",
                    "text": text,
                    "marks": [{"type": "link", "attrs": {"href": url}}],
                })),
                Span::Quote(text) => {
                    blocks.push(paragraph(&std::mem::take(&mut line)));
                    blocks.push(json!({
                        "type": "blockquote",
                        "content": [paragraph(&[json!({"type": "text", "text": text})])],
                    }));
                }
            }
        }
        if !line.is_empty() {
            blocks.push(paragraph(&line));
        }
        json!({"type": "doc", "version": 1, "content": blocks})
    }
}

fn paragraph(content: &[Value]) -> Value {
    json!({"type": "paragraph", "content": content})
}

/// Keeps a stranger's words from becoming links, mentions, images or macros.
fn escape_wiki(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '[' | ']' | '{' | '}' | '|' | '!' | '*' | '_' | '^' | '~' | '+' | '?'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn escape_wiki_url(url: &str) -> String {
    url.replace('|', "%7C")
        .replace('[', "%5B")
        .replace(']', "%5D")
        .replace(' ', "%20")
}

/// At most so many characters, with a mark where something was cut; control characters become blanks.
pub(super) fn short(text: &str, most: usize) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shortened: String = clean.clone().take(most).collect();
    if clean.count() > most {
        shortened.pop();
        shortened.push('…');
    }
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Comment {
        Comment(vec![
            Span::Link("Jane [Doe]".into(), "https://git.test/jane".into()),
            Span::Text(" wrote".into()),
            Span::Quote("{color:red}*now*".into()),
        ])
    }

    #[test]
    fn wiki_text_cannot_be_taken_over() {
        assert_eq!(
            sample().wiki(),
            r"[Jane \[Doe\]|https://git.test/jane] wrote{quote}\{color:red\}\*now\*{quote}"
        );
        let link = Comment(vec![Span::Link(
            "x".into(),
            "https://a.test/?q=a|b]c".into(),
        )]);
        assert_eq!(link.wiki(), "[x|https://a.test/?q=a%7Cb%5Dc]");
    }

    #[test]
    fn a_document_has_a_paragraph_and_a_quote() {
        let document = sample().document();
        assert_eq!(document["content"][0]["type"], "paragraph");
        assert_eq!(
            document["content"][0]["content"][0]["marks"][0]["attrs"]["href"],
            "https://git.test/jane"
        );
        assert_eq!(
            document["content"][1]["content"][0]["content"][0]["text"],
            "{color:red}*now*"
        );
    }

    #[test]
    fn cutting_counts_characters_and_drops_control_characters() {
        assert_eq!(short("äöü\nx", 10), "äöü x");
        assert_eq!(short("äöüx", 3), "äö…");
    }
}
