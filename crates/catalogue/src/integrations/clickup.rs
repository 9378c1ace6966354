//! # ClickUp
//!
//! ## What it does
//!
//! Says that a project's issues are kept in ClickUp, and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `#abc12`, `CU-abc12` | abc12 |
//! | `SHOP-123` | the same: a custom id |
//!
//! A custom id has two to ten capital letters, digits or underscores before the dash, of which one
//! at least is a letter.
//! Where the project's Git host has an issue of its own with that number, `#123` leads there
//! instead.
//!
//! ## Set-up
//!
//! 1. Open a workspace in ClickUp that holds the issues.
//! 2. Enter the address of that page as `project_url`, and the address of an issue, with `:id` in place of
//!    its id, as `issues_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://app.clickup.com/1234567" \
//!      --data-urlencode "issues_url=https://app.clickup.com/t/:id" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/clickup"
//! ```
//!
//! ## Events
//!
//! None: nothing is sent to the tracker.
//!
//! ## Limits
//!
//! A project has one issue tracker at a time: disable the other one before this one is saved. No link
//! is made in code, in other links, or from the 1000th reference of a text on; Crosstie does not check
//! whether the issue exists.

use crate::tracker_urls;
use crate::trackers::{Fixed, expression, is_key};
use crate::{Category, Integration, Tracker, Values};
use std::sync::LazyLock;

tracker_urls::two_urls! {}

/// An id after a sign, or a custom id.
static NAMES: Fixed = Fixed {
    first: |text| (text.contains('#') || text.contains('-')).then_some(0),
    expression: LazyLock::new(|| {
        expression(r"(?-u:(?:(?:\b{start-half}#|\bCU-)[a-z0-9]+|\b[A-Z0-9_]{2,10}-[0-9]+)\b)")
    }),
    id: |name| {
        let id = name.strip_prefix('#').or_else(|| name.strip_prefix("CU-"));
        id.unwrap_or(name)
    },
    is_name: |before, name, after| name.starts_with('#') || is_key(before, name, after),
};

fn tracker(values: &Values) -> Tracker {
    Tracker::named(values, &NAMES)
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "clickup",
    title: "ClickUp",
    summary: "Links references in text to the issues of ClickUp.",
    category: Category::IssueTracker,
    source: include_str!("clickup.rs"),
    settings: SETTINGS,
    tracker: Some(tracker),
    probe: Some(tracker_urls::probe),
    example: &[
        ("project_url", "https://app.clickup.com/1234567"),
        ("issues_url", "https://app.clickup.com/t/:id"),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Texts;

    #[test]
    fn what_names_an_issue() {
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://cu.test/:id");
        for (text, expected) in [
            ("See #abc12.", &["#abc12 https://cu.test/abc12"][..]),
            (
                "CU-8a CU-12",
                &["CU-8a https://cu.test/8a", "CU-12 https://cu.test/12"],
            ),
            (
                "SHOP-12 A_1-3",
                &[
                    "SHOP-12 https://cu.test/SHOP-12",
                    "A_1-3 https://cu.test/A_1-3",
                ],
            ),
            ("CU-8a-log-in", &["CU-8a https://cu.test/8a"]),
            ("A-1 shop-1 ABCDEFGHIJK-1 10-20 2024-01", &[]),
            ("x#abc #ABC #abC # abc CU-8A CU- cu-8a", &[]),
            ("SHOP-1.5 SHOP-2024-01-02 SHOP-1x ÖBB-1", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("#abc12");
        texts.leave_alone("SHOP-12");
    }
}
