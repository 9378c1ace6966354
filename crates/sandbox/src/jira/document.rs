//! Atlassian documents, the language of REST v3: which values are some, and what they say.

mod check;

pub(super) use check::check;

use super::text::{Block, Inline, Kind};
use serde_json::{Value, json};

/// What a document says.
pub(super) fn read(document: &Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    read_blocks(document, Kind::Paragraph, &mut blocks);
    blocks
}

fn read_blocks(node: &Value, within: Kind, blocks: &mut Vec<Block>) {
    for child in nodes(node) {
        let line = || nodes(child).iter().map(read_inline).collect();
        match child["type"].as_str().unwrap_or_default() {
            "paragraph" => blocks.push(Block {
                kind: within,
                line: line(),
            }),
            "heading" => blocks.push(Block {
                kind: Kind::Heading,
                line: line(),
            }),
            "codeBlock" => blocks.push(Block {
                kind: Kind::Code,
                line: line(),
            }),
            "rule" => blocks.push(Block {
                kind: Kind::Rule,
                line: Vec::new(),
            }),
            "blockquote" => read_blocks(child, Kind::Quote, blocks),
            "listItem" => read_blocks(child, Kind::Item, blocks),
            _ => read_blocks(child, within, blocks),
        }
    }
}

fn read_inline(node: &Value) -> Inline {
    let attribute = |name: &str| node["attrs"][name].as_str().unwrap_or_default().to_owned();
    match node["type"].as_str().unwrap_or_default() {
        "hardBreak" => Inline::Break,
        "mention" => Inline::Text(format!("@{}", attribute("id"))),
        "emoji" => Inline::Text(attribute("shortName")),
        "inlineCard" => Inline::Link {
            text: attribute("url"),
            url: attribute("url"),
        },
        _ => {
            let text = node["text"].as_str().unwrap_or_default().to_owned();
            let mut marks = node["marks"].as_array().into_iter().flatten();
            match marks
                .find(|mark| mark["type"] == "link")
                .and_then(|mark| mark["attrs"]["href"].as_str())
            {
                Some(url) => Inline::Link {
                    text,
                    url: url.to_owned(),
                },
                None => Inline::Text(text),
            }
        }
    }
}

fn nodes(node: &Value) -> &[Value] {
    node["content"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A document that says this.
pub(super) fn write(blocks: &[Block]) -> Value {
    let content: Vec<_> = blocks.iter().map(write_block).collect();
    json!({"type": "doc", "version": 1, "content": content})
}

fn write_block(block: &Block) -> Value {
    let line: Vec<_> = block.line.iter().map(write_inline).collect();
    let paragraph = |line: Vec<Value>| json!({"type": "paragraph", "content": line});
    match block.kind {
        Kind::Paragraph => paragraph(line),
        Kind::Quote => json!({"type": "blockquote", "content": [paragraph(line)]}),
        Kind::Heading => json!({"type": "heading", "attrs": {"level": 3}, "content": line}),
        Kind::Item => {
            json!({"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(line)]}]})
        }
        Kind::Code => json!({"type": "codeBlock", "content": line}),
        Kind::Rule => json!({"type": "rule"}),
    }
}

fn write_inline(inline: &Inline) -> Value {
    match inline {
        Inline::Break => json!({"type": "hardBreak"}),
        Inline::Text(text) => json!({"type": "text", "text": text}),
        Inline::Link { text, url } => {
            json!({"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": url}}]})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_quotes_and_lists_are_read() {
        let link = json!({"type": "text", "text": "Jane", "marks": [
            {"type": "strong"}, {"type": "link", "attrs": {"href": "https://a.test"}},
        ]});
        let content = json!({"type": "paragraph", "content": [
            {"type": "text", "text": "one"}, {"type": "hardBreak"}, {"type": "mention", "attrs": {"id": "7"}},
        ]});
        let blocks = read(&json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [link]},
            {"type": "blockquote", "content": [content]},
            {"type": "orderedList", "content": [{"type": "listItem", "content": [content]}]},
        ]}));
        let content = vec![
            Inline::Text("one".into()),
            Inline::Break,
            Inline::Text("@7".into()),
        ];
        let jane = Inline::Link {
            text: "Jane".into(),
            url: "https://a.test".into(),
        };
        let expected = [
            Block {
                kind: Kind::Paragraph,
                line: vec![jane],
            },
            Block {
                kind: Kind::Quote,
                line: content.clone(),
            },
            Block {
                kind: Kind::Item,
                line: content,
            },
        ];
        assert_eq!(blocks, expected);
    }
}
