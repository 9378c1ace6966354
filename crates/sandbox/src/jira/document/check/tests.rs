//! What is taken for a document, and what is not.

use super::*;
use serde_json::json;

fn doc(content: &Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

fn in_paragraph(node: &Value) -> Value {
    doc(&json!([{"type": "paragraph", "content": [node]}]))
}

fn text_with(key: &str, value: &Value) -> Value {
    in_paragraph(&json!({"type": "text", "text": "x", key: value}))
}

fn refused<const N: usize>(cases: [(Value, &str); N]) {
    for (document, why) in cases {
        let error = check(&document).expect_err(&document.to_string());
        assert!(error.contains(why), "{document}: {error}");
    }
}

#[test]
fn every_known_node_may_stand_in_its_place() {
    let document = doc(&json!([
        {"type": "paragraph", "content": [
            {"type": "text", "text": "Jane", "marks": [{"type": "link", "attrs": {"href": "https://a.test"}}, {"type": "strong"}]},
            {"type": "text", "text": "x", "marks": [{"type": "code"}, {"type": "link", "attrs": {"href": "/x"}}]},
            {"type": "hardBreak"},
            {"type": "inlineCard", "attrs": {"url": "https://a.test/c"}},
            {"type": "mention", "attrs": {"id": "7"}},
            {"type": "emoji", "attrs": {"shortName": ":smile:"}},
        ]},
        {"type": "paragraph"},
        {"type": "blockquote", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "said"}]}]},
        {"type": "orderedList", "content": [{"type": "listItem", "content": [{"type": "paragraph"}]}]},
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [{"type": "paragraph"}]},
        {"type": "heading", "attrs": {"level": 2}},
        {"type": "rule"},
        {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "x"}]},
    ]));
    assert_eq!(check(&document), Ok(()));
}

#[test]
fn what_is_no_document_is_refused() {
    refused([
        (json!("text"), "an object"),
        (
            json!({"type": "document", "version": 1, "content": []}),
            "type must be",
        ),
        (json!({"type": "doc", "content": []}), "version must be 1"),
        (
            json!({"type": "doc", "version": 2, "content": []}),
            "version must be 1",
        ),
        (
            json!({"type": "doc", "version": 1}),
            "content must not be empty",
        ),
        (
            json!({"type": "doc", "version": 1, "content": {}}),
            "content must be an array",
        ),
        (
            json!({"type": "doc", "version": 1, "content": [{"type": "rule"}], "x": 1}),
            "unknown key",
        ),
        (doc(&json!([])), "content must not be empty"),
        (doc(&json!(["x"])), "content[0] must be an object"),
    ]);
}

#[test]
fn nodes_out_of_place_or_out_of_shape_are_refused() {
    let in_list = |node: Value| doc(&json!([{"type": "bulletList", "content": [node]}]));
    let in_quote = |nodes: Value| doc(&json!([{"type": "blockquote", "content": nodes}]));
    let panel = json!({"type": "panel", "attrs": {"panelType": "loud"}, "content": [{"type": "paragraph"}]});
    refused([
        (
            doc(&json!([{"type": "text", "text": "x"}])),
            "content[0]: text must not stand here",
        ),
        (
            doc(&json!([{"type": "listItem", "content": []}])),
            "listItem must not stand here",
        ),
        (
            doc(&json!([{"type": "blink"}])),
            "unknown node type \"blink\"",
        ),
        (
            doc(&json!([{"type": "rule", "content": []}])),
            "has no content",
        ),
        (
            doc(&json!([{"type": "paragraph", "text": "x"}])),
            "unknown key \"text\"",
        ),
        (
            doc(&json!([{"type": "paragraph", "attrs": 1}])),
            "attrs must be an object",
        ),
        (
            doc(&json!([{"type": "heading", "attrs": {"level": 7}}])),
            "level from 1 to 6",
        ),
        (doc(&json!([panel])), "panelType"),
        (in_quote(json!([])), "must not be empty"),
        (
            in_quote(json!([{"type": "text", "text": "x"}])),
            "text must not stand here",
        ),
        (
            in_quote(json!([{"type": "blockquote", "content": []}])),
            "blockquote must not stand here",
        ),
        (
            in_list(json!({"type": "paragraph"})),
            "paragraph must not stand here",
        ),
        (
            in_list(json!({"type": "listItem", "content": []})),
            "must not be empty",
        ),
        (
            in_paragraph(&json!({"type": "paragraph"})),
            "content[0].content[0]: paragraph must not stand here",
        ),
        (in_paragraph(&json!({"type": "mention"})), "attrs needs id"),
        (
            in_paragraph(&json!({"type": "emoji", "attrs": {}})),
            "attrs needs shortName",
        ),
        (
            in_paragraph(&json!({"type": "inlineCard", "attrs": {"url": "/x"}})),
            "attrs needs url",
        ),
    ]);
}

#[test]
fn text_without_words_or_with_wrong_marks_is_refused() {
    let marked = json!({"type": "text", "text": "x", "marks": [{"type": "em"}]});
    refused([
        (in_paragraph(&json!({"type": "text"})), "not empty"),
        (
            in_paragraph(&json!({"type": "text", "text": ""})),
            "not empty",
        ),
        (
            in_paragraph(&json!({"type": "text", "text": 1})),
            "not empty",
        ),
        (text_with("content", &json!([])), "unknown key"),
        (text_with("marks", &json!({})), "marks must be an array"),
        (text_with("marks", &json!(["em"])), "unknown mark"),
        (
            text_with("marks", &json!([{"type": "loud"}])),
            "unknown mark",
        ),
        (
            text_with("marks", &json!([{"type": "em", "level": 1}])),
            "unknown key",
        ),
        (
            text_with("marks", &json!([{"type": "link"}])),
            "attrs needs href",
        ),
        (
            text_with(
                "marks",
                &json!([{"type": "link", "attrs": {"url": "https://a.test"}}]),
            ),
            "attrs needs href",
        ),
        (
            text_with("marks", &json!([{"type": "em"}, {"type": "em"}])),
            "there twice",
        ),
        (
            text_with("marks", &json!([{"type": "code"}, {"type": "strong"}])),
            "goes with link alone",
        ),
        (
            doc(&json!([{"type": "codeBlock", "content": [marked]}])),
            "has no marks",
        ),
    ]);
}
