//! What is a document, as strictly as Jira takes it, for the nodes that are known here; nodes
//! an integration has no use for (tables, media, layouts) count as unknown.

use crate::jira::text::is_web_address;
use serde_json::{Map, Value};

const INLINE: &[&str] = &["text", "hardBreak", "mention", "emoji", "inlineCard"];
const BLOCK: &[&str] = &[
    "paragraph",
    "heading",
    "blockquote",
    "bulletList",
    "orderedList",
    "codeBlock",
    "rule",
    "panel",
];
const IN_QUOTE: &[&str] = &["paragraph", "bulletList", "orderedList", "codeBlock"];
const IN_PANEL: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "codeBlock",
    "rule",
];

/// Whether a value is a document; if not, where and why not.
pub(in crate::jira) fn check(document: &Value) -> Result<(), String> {
    let Value::Object(document) = document else {
        return Err("a document is an object with type \"doc\"".into());
    };
    if document.get("type") != Some(&"doc".into()) {
        return Err("type must be \"doc\"".into());
    }
    if document.get("version") != Some(&1.into()) {
        return Err("version must be 1".into());
    }
    only(document, &["type", "version", "content"], "the document")?;
    children(
        document,
        &Content {
            needed: true,
            allowed: BLOCK,
        },
        "content",
    )
}

/// What may stand in a node.
struct Content {
    needed: bool,
    allowed: &'static [&'static str],
}

/// What may stand in a node of this type; nothing if it is a leaf.
fn content_of(kind: &str) -> Option<Content> {
    let (needed, allowed) = match kind {
        "paragraph" | "heading" => (false, INLINE),
        "blockquote" | "listItem" => (true, IN_QUOTE),
        "bulletList" | "orderedList" => (true, &["listItem"][..]),
        "codeBlock" => (false, &["text"][..]),
        "panel" => (true, IN_PANEL),
        _ => return None,
    };
    Some(Content { needed, allowed })
}

fn children(node: &Map<String, Value>, rule: &Content, at: &str) -> Result<(), String> {
    let content = match node.get("content") {
        Some(Value::Array(content)) => content.as_slice(),
        Some(_) => return Err(format!("{at} must be an array")),
        None => &[],
    };
    if rule.needed && content.is_empty() {
        return Err(format!("{at} must not be empty"));
    }
    for (n, child) in content.iter().enumerate() {
        check_node(child, rule.allowed, &format!("{at}[{n}]"))?;
    }
    Ok(())
}

fn check_node(node: &Value, allowed: &[&str], at: &str) -> Result<(), String> {
    let kind = node["type"].as_str().unwrap_or_default();
    let Value::Object(node) = node else {
        return Err(format!("{at} must be an object"));
    };
    if ![INLINE, BLOCK, &["listItem"]].concat().contains(&kind) {
        return Err(format!("{at}: unknown node type {kind:?}"));
    }
    if !allowed.contains(&kind) {
        return Err(format!("{at}: {kind} must not stand here"));
    }
    if kind == "text" {
        return check_text(node, allowed == ["text"], at);
    }
    only(node, &["type", "attrs", "content"], at)?;
    check_attributes(kind, node.get("attrs"), at)?;
    match content_of(kind) {
        Some(rule) => children(node, &rule, &format!("{at}.content")),
        None if node.contains_key("content") => Err(format!("{at}: {kind} has no content")),
        None => Ok(()),
    }
}

fn check_attributes(kind: &str, attributes: Option<&Value>, at: &str) -> Result<(), String> {
    let none = Map::new();
    let attributes = match attributes {
        Some(Value::Object(attributes)) => attributes,
        Some(_) => return Err(format!("{at}.attrs must be an object")),
        None => &none,
    };
    let text = |name: &str| {
        attributes
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    let (good, wanted) = match kind {
        "heading" => {
            let level = attributes.get("level").and_then(Value::as_u64);
            (
                level.is_some_and(|level| (1..=6).contains(&level)),
                "level from 1 to 6",
            )
        }
        "mention" => (text("id"), "id"),
        "emoji" => (text("shortName"), "shortName"),
        "inlineCard" => (
            attributes
                .get("url")
                .and_then(Value::as_str)
                .is_some_and(is_web_address),
            "url, an http or https address",
        ),
        "panel" => {
            let kinds = ["info", "note", "tip", "warning", "error", "success"];
            let given = attributes.get("panelType").and_then(Value::as_str);
            (
                given.is_some_and(|given| kinds.contains(&given)),
                "a known panelType",
            )
        }
        _ => (true, ""),
    };
    if good {
        Ok(())
    } else {
        Err(format!("{at}.attrs needs {wanted}"))
    }
}

fn check_text(node: &Map<String, Value>, in_code: bool, at: &str) -> Result<(), String> {
    only(node, &["type", "text", "marks"], at)?;
    let text = node.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.is_empty() {
        return Err(format!("{at}: text must be a string that is not empty"));
    }
    let marks = match node.get("marks") {
        Some(Value::Array(marks)) => marks.as_slice(),
        Some(_) => return Err(format!("{at}.marks must be an array")),
        None => &[],
    };
    if in_code && !marks.is_empty() {
        return Err(format!("{at}: text in a codeBlock has no marks"));
    }
    let kinds: Vec<_> = marks
        .iter()
        .map(|mark| mark["type"].as_str().unwrap_or_default())
        .collect();
    if kinds.contains(&"code") && kinds.iter().any(|kind| !["code", "link"].contains(kind)) {
        return Err(format!("{at}: the mark code goes with link alone"));
    }
    for (n, mark) in marks.iter().enumerate() {
        if kinds[..n].contains(&kinds[n]) {
            return Err(format!("{at}.marks[{n}] is there twice"));
        }
        check_mark(mark, &format!("{at}.marks[{n}]"))?;
    }
    Ok(())
}

fn check_mark(mark: &Value, at: &str) -> Result<(), String> {
    let attributes = &mark["attrs"];
    if let Value::Object(fields) = mark {
        only(fields, &["type", "attrs"], at)?;
    }
    let (good, wanted) = match mark["type"].as_str().unwrap_or_default() {
        "strong" | "em" | "strike" | "code" | "underline" => (true, ""),
        "link" => (
            attributes["href"]
                .as_str()
                .is_some_and(|href| !href.is_empty()),
            "href",
        ),
        "subsup" => (
            ["sub", "sup"]
                .iter()
                .any(|kind| attributes["type"] == *kind),
            "type sub or sup",
        ),
        "textColor" => (
            attributes["color"]
                .as_str()
                .is_some_and(|colour| colour.starts_with('#')),
            "color",
        ),
        unknown => return Err(format!("{at}: unknown mark {unknown:?}")),
    };
    if good {
        Ok(())
    } else {
        Err(format!("{at}.attrs needs {wanted}"))
    }
}

fn only(node: &Map<String, Value>, allowed: &[&str], at: &str) -> Result<(), String> {
    match node.keys().find(|key| !allowed.contains(&key.as_str())) {
        Some(key) => Err(format!("{at}: unknown key {key:?}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
