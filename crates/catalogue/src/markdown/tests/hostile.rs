//! Texts made to be slow or deep: each must come to an end soon and stay in bounds.

use super::super::frames::MAX_DEPTH;
use super::super::render;
use super::references;
use crate::testing;
use serde_json::json;

/// So many bytes of each; at this size anything worse than linear would never end.
const SIZE: usize = 100_000;

fn filled(piece: &str) -> String {
    piece.repeat(SIZE / piece.len())
}

#[test]
fn hostile_texts_come_to_an_end() {
    let pieces = [
        "[",
        "]",
        "![",
        "[a](",
        "[a][",
        "*",
        "**a ",
        "_a",
        "*a_ ",
        "~~a",
        "`",
        "``a",
        "> ",
        "- ",
        "1. ",
        "> - ",
        "<",
        "<a ",
        "<a href=\"",
        "</b",
        "<!--",
        "<b>",
        "</b>",
        "<div>\n",
        "<?",
        "<![CDATA[",
        "<script>",
        "&",
        "&#",
        "&amp",
        "\\",
        "\\#",
        "#1",
        "#1+",
        "#1 ",
        "!1",
        "A-",
        "A-1",
        "A-1-",
        "AA",
        "AB_",
        "KEY-1",
        "KEY-1 ",
        "KEY-",
        "://",
        "a://",
        "www.",
        "https://x)",
        "https://x/(",
        "https://x!",
        "|",
        "|a",
        "a|b\n-|-\n",
        "[^1]",
        "[^1]: a\n\n",
        "[a]: b\n",
        "[a]",
        "- [ ] ",
        "- [x] a\n",
        "# a\n",
        "a\n",
        "\n",
        "  \n",
        "\t",
        "***\n",
        "a\n===\n",
        "\u{0}",
        "ä",
        "+",
        "''",
        "\"",
    ];
    for piece in pieces {
        let html = render(&filled(piece), &references());
        assert!(html.len() < 100 * SIZE, "{piece}: {} bytes", html.len());
    }
}

#[test]
fn every_trackers_names_come_to_an_end() {
    let pieces = [
        "bug ", "bug 1", "task\n", "#a", "##", "#a_", "CU-", "CU-a", "A-1", "AB-1x", "a-1_", "a_",
        "T1", "@T1", "T1-", "1-1", "0",
    ];
    for integration in crate::ALL {
        let Some(tracker) = integration.tracker else {
            continue;
        };
        let values = testing::values(integration.settings, json!({}), &[]);
        let pattern = tracker(&values).pattern;
        for piece in pieces {
            let text = filled(piece);
            assert!(pattern.find(&text).len() <= SIZE, "{piece}");
        }
    }
}

#[test]
fn hostile_pairs_come_to_an_end() {
    let half = SIZE / 2;
    for (first, second) in [
        ("[", "]"),
        ("[", "](x)"),
        ("(", ")"),
        ("*a ", "b*"),
        ("`", " `"),
        ("> ", "\na"),
        ("<b>", "</b>"),
        ("<a href='", "'>"),
        ("A", "-1"),
        ("https://x/(", ")"),
        ("|a", "\n|-\n"),
    ] {
        let first = first.repeat(half / first.len());
        let second = second.repeat(half / second.len());
        let html = render(&(first + &second), &references());
        assert!(html.len() < 100 * SIZE);
    }
    let columns = 5_000;
    let table = format!(
        "{}|\n{}|\n{}",
        "|a".repeat(columns),
        "|-".repeat(columns),
        "|\n".repeat(columns)
    );
    assert!(render(&table, &references()).len() < 100 * SIZE);
    let definition = format!("[a]: /{}\n\n", "x".repeat(half));
    assert!(render(&(definition + &"[a]".repeat(half / 3)), &references()).len() < 100 * SIZE);
}

#[test]
fn what_is_too_deep_is_written_without_its_tags() {
    for (piece, tag) in [
        ("> ", "<blockquote"),
        ("- ", "<ul"),
        ("<b>", "<b>"),
        ("*a **b ", "<em>"),
    ] {
        let html = render(&(piece.repeat(5_000) + "end"), &references());
        assert!(html.contains("end"), "{piece}");
        assert!(html.matches(tag).count() <= MAX_DEPTH, "{piece}");
    }
}
