//! A plan in words: one line for each thing that changes, its values below it. What came from
//! outside cannot steer the terminal or turn the text around it.

use model::visible::line;
use serde_json::Value;
use std::fmt::Write as _;

/// All changes and how many there are.
pub(super) fn plan(plan: &Value) -> String {
    let changes = plan["changes"].as_array().map_or(&[][..], Vec::as_slice);
    if changes.is_empty() {
        return "Nothing to change: the settings match the file.\n".into();
    }
    let mut text = String::new();
    for change in changes {
        one(&mut text, change);
    }
    let count = |action: &str| {
        let of_it = changes.iter().filter(|change| change["action"] == action);
        of_it.count()
    };
    // Writing into a string does not fail.
    let _ = writeln!(
        text,
        "\n{} to add, {} to change, {} to remove.",
        count("add"),
        count("change"),
        count("remove")
    );
    text
}

fn one(text: &mut String, change: &Value) {
    let field = |name: &str| line(change[name].as_str().unwrap_or_default());
    let sign = match field("action").as_str() {
        "add" => '+',
        "remove" => '-',
        _ => '~',
    };
    let owner = format!("{} {}", field("level"), field("path"));
    let _ = writeln!(text, "{sign} {}: {}", owner.trim_end(), field("what"));
    let added = sign == '+';
    for field in change["fields"].as_array().into_iter().flatten() {
        let _ = writeln!(
            text,
            "    {}: {}",
            line(field["name"].as_str().unwrap_or_default()),
            line(&value(field, added))
        );
    }
}

fn value(field: &Value, added: bool) -> String {
    let (old, new) = (&field["old"], &field["new"]);
    if field["secret"] == true {
        return match (old == true, new == true) {
            (true, true) => "set → will be replaced".into(),
            (false, true) => "will be set".into(),
            _ => "set → will be removed".into(),
        };
    }
    let shown = |value: &Value| match value {
        Value::Null => "unset".into(),
        other => other.to_string(),
    };
    if added {
        shown(new)
    } else {
        format!("{} → {}", shown(old), shown(new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_shown_with_old_and_new_and_secrets_without() {
        let shown = plan(&json!({"changes": [
            {"action": "add", "level": "instance", "path": null, "what": "slack", "fields": [
                {"name": "active", "secret": false, "old": null, "new": true},
                {"name": "webhook", "secret": true, "old": null, "new": true},
            ]},
            {"action": "change", "level": "project", "path": "g/a", "what": "jira", "fields": [
                {"name": "url", "secret": false, "old": "https://a.test", "new": "https://b.test"},
                {"name": "username", "secret": false, "old": "u", "new": null},
                {"name": "password", "secret": true, "old": true, "new": false},
            ]},
            {"action": "remove", "level": "group", "path": "g", "what": "slack", "fields": []},
        ]}));
        assert_eq!(
            shown,
            "\
+ instance: slack
    active: true
    webhook: will be set
~ project g/a: jira
    url: \"https://a.test\" → \"https://b.test\"
    username: \"u\" → unset
    password: set → will be removed
- group g: slack

1 to add, 1 to change, 1 to remove.
"
        );
        let hostile = plan(
            &json!({"changes": [{"action": "change", "level": "group", "path": "g\u{9b}2J", "what": "slack", "fields": [
                {"name": "channel", "secret": false, "old": "a\u{1b}[2J\u{85}", "new": "b\u{202e}c"},
            ]}]}),
        );
        assert!(
            hostile.starts_with(
                "~ group g⟨U+009B⟩2J: slack\n    channel: \"a\\u001b[2J⟨U+0085⟩\" → \"b⟨U+202E⟩c\"\n"
            ),
            "{hostile}"
        );
        assert!(plan(&json!({"changes": []})).starts_with("Nothing to change"));
    }
}
