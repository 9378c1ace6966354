//! Deliveries for readers: aligned columns, and everything of one of them.

use serde_json::Value;
use std::fmt::Write;

const COLUMNS: [&str; 6] = ["ID", "EVENT", "INTEGRATION", "STATUS", "CREATED", "REASON"];

/// One line for each.
pub(super) fn list(deliveries: &Value) -> String {
    let rows = deliveries.as_array().into_iter().flatten().map(|delivery| {
        [
            "id",
            "event_id",
            "integration",
            "status",
            "created_at",
            "reason",
        ]
        .map(|name| text(&delivery[name]))
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return "no deliveries\n".into();
    }
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            let widest = rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0);
            widest.max(COLUMNS[column].len())
        })
        .collect();
    let heading = COLUMNS.map(str::to_owned);
    std::iter::once(&heading)
        .chain(&rows)
        .fold(String::new(), |mut out, row| {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            out.push('\n');
            out
        })
}

/// A delivery with its attempts.
pub(super) fn whole(delivery: &Value) -> String {
    let mut out = String::new();
    for name in [
        "id",
        "project_id",
        "event_id",
        "integration",
        "destination",
        "status",
        "reason",
        "created_at",
        "next_attempt_at",
        "finished_at",
    ] {
        if !delivery[name].is_null() {
            line(&mut out, 0, name, &delivery[name]);
        }
    }
    for attempt in delivery["attempts"].as_array().into_iter().flatten() {
        // Writing into a string does not fail.
        let _ = writeln!(
            out,
            "\nattempt {} at {}, {} ms: {}",
            attempt["number"],
            text(&attempt["started_at"]),
            attempt["duration_ms"],
            text(&attempt["outcome"]),
        );
        if !attempt["error"].is_null() {
            line(&mut out, 2, "error", &attempt["error"]);
        }
        for request in attempt["requests"].as_array().into_iter().flatten() {
            let status = if request["status"].is_null() {
                "no answer".into()
            } else {
                text(&request["status"])
            };
            let _ = writeln!(
                out,
                "  {} {} -> {status}",
                text(&request["method"]),
                text(&request["url"])
            );
            for (name, title) in [("request_body", "sent"), ("response_body", "answered")] {
                if request[name].as_str().is_some_and(|body| !body.is_empty()) {
                    line(&mut out, 4, title, &request[name]);
                }
            }
        }
    }
    out
}

/// What became of a retry.
pub(super) fn retried(delivery: &Value) -> String {
    format!(
        "delivery {} is tried again; see `crosstie deliveries show {0}`\n",
        delivery["id"]
    )
}

fn line(out: &mut String, indent: usize, name: &str, value: &Value) {
    // Writing into a string does not fail.
    let _ = writeln!(out, "{:indent$}{name}: {}", "", text(value));
}

/// A value in one line. What came from outside must not steer the terminal.
fn text(value: &Value) -> String {
    let plain = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    model::visible::line(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_aligned_and_nothing_steers_the_terminal() {
        let deliveries = json!([
            {"id": 12, "event_id": 3, "integration": "jira", "status": "failed", "created_at": "t", "reason": "two\nlines \u{1b}[31m"},
            {"id": 9, "event_id": 300, "integration": "jira", "status": "delivered", "created_at": "t", "reason": null},
        ]);
        assert_eq!(
            list(&deliveries),
            "ID  EVENT  INTEGRATION  STATUS     CREATED  REASON\n\
             12  3      jira         failed     t        two⟨U+000A⟩lines ⟨U+001B⟩[31m\n\
             9   300    jira         delivered  t\n"
        );
        assert_eq!(list(&json!([])), "no deliveries\n");
    }
}
