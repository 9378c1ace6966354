//! `crosstie export`: the settings of a running server as a file for `crosstie apply`.

use crate::remote::{Server, Where};
use anyhow::{Context, Result};
use clap::Args;
use outbound::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::io::Write;

/// What it takes.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the settings of this project
    #[arg(long, value_name = "GROUP/APP", conflicts_with = "group")]
    project: Option<String>,
    /// Only the settings of this group and all below it
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    place: Where,
}

/// Prints them.
pub(crate) async fn run(options: Options) -> Result<()> {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let path = match (&options.project, &options.group) {
        (Some(project), _) => format!("export?project={}", encoded(project)),
        (None, Some(group)) => format!("export?group={}", encoded(group)),
        (None, None) => "export".to_owned(),
    };
    let server = Server::reached(options.place, "an administrator")?;
    let document = server.ask(Method::Get, &path).await?;
    std::io::stdout()
        .write_all(yaml(&document).as_bytes())
        .context("the settings cannot be printed")
}

/// The document as YAML; secrets are references already.
fn yaml(document: &Value) -> String {
    let mut text = String::new();
    if has_reference(document) {
        text.push_str(
            "# Set the variables behind env: before `crosstie apply`, or name other ones.\n",
        );
    }
    match document.as_object() {
        Some(map) if !map.is_empty() => mapping(&mut text, document, 0),
        _ => text.push_str("{}\n"),
    }
    text
}

fn has_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with("env:CROSSTIE_"),
        Value::Object(map) => map.values().any(has_reference),
        _ => false,
    }
}

fn mapping(text: &mut String, value: &Value, depth: usize) {
    for (key, value) in value.as_object().into_iter().flatten() {
        text.push_str(&"  ".repeat(depth));
        text.push_str(&scalar(key));
        text.push(':');
        if value.as_object().is_some_and(|map| !map.is_empty()) {
            text.push('\n');
            mapping(text, value, depth + 1);
        } else {
            text.push(' ');
            text.push_str(&match value {
                Value::String(plain) => scalar(plain),
                // JSON is YAML.
                other => other.to_string(),
            });
            text.push('\n');
        }
    }
}

/// Text as it is where YAML reads it so, and in quotes elsewhere.
fn scalar(text: &str) -> String {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || "_./@-:%+=,~^*()".contains(letter);
    let plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/')
        && text.chars().all(safe)
        && !text.ends_with(':')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_that_yaml_would_read_otherwise_is_quoted() {
        let document = json!({"projects": {"g/a": {"integrations": {"jira": {
            "active": true, "url": "https://jira.test/a", "password": "env:CROSSTIE_G_A", "id": "31",
            "on": "no", "prefix": "AB: #", "lines": "a\nb\u{2028}\u{85}", "empty": "", "keys": ["A", "B"],
        }}}}});
        assert_eq!(
            yaml(&document),
            "\
# Set the variables behind env: before `crosstie apply`, or name other ones.
projects:
  g/a:
    integrations:
      jira:
        active: true
        url: https://jira.test/a
        password: env:CROSSTIE_G_A
        id: \"31\"
        \"on\": \"no\"
        prefix: \"AB: #\"
        lines: \"a\\nb\u{2028}\u{85}\"
        empty: \"\"
        keys: [\"A\",\"B\"]
"
        );
        assert_eq!(yaml(&json!({})), "{}\n");
    }
}
