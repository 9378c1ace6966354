//! # JetBrains YouTrack
//!
//! ## What it does
//!
//! Says that a project's issues are kept in JetBrains YouTrack, and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `SHOP-123`, `shop-123` | the same |
//! | `#123` | 123 |
//!
//! What stands before the dash begins with a letter, followed by letters, digits or underscores.
//! Where the project's Git host has an issue of its own with that number, `#123` leads there
//! instead.
//!
//! ## Set-up
//!
//! 1. Open a project in JetBrains YouTrack that holds the issues.
//! 2. Enter the address of that page as `project_url`, and the address of an issue, with `:id` in place of
//!    its id, as `issues_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://youtrack.example.com/projects/SHOP" \
//!      --data-urlencode "issues_url=https://youtrack.example.com/issue/:id" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/youtrack"
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
use crate::trackers::{Fixed, NUMBERS, expression, without_format};
use crate::{Category, Integration, Tracker, Values};
use std::sync::LazyLock;

tracker_urls::two_urls! {}

/// An issue's full id, or its number.
static NAMES: Fixed = Fixed {
    first: NUMBERS.first,
    expression: LazyLock::new(|| {
        expression(
            r"(?-u:\b[A-Za-z][A-Za-z0-9_]*-[0-9]+\b|\b{start-half}#[0-9]+(?:\+s?)?\b{end-half})",
        )
    }),
    id: |name| name.strip_prefix('#').map_or(name, without_format),
    is_name: NUMBERS.is_name,
};

fn tracker(values: &Values) -> Tracker {
    Tracker::named(values, &NAMES)
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "youtrack",
    title: "JetBrains YouTrack",
    summary: "Links references in text to the issues of JetBrains YouTrack.",
    category: Category::IssueTracker,
    source: include_str!("youtrack.rs"),
    settings: SETTINGS,
    tracker: Some(tracker),
    probe: Some(tracker_urls::probe),
    example: &[
        ("project_url", "https://youtrack.example.com/projects/SHOP"),
        ("issues_url", "https://youtrack.example.com/issue/:id"),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Texts;

    #[test]
    fn what_names_an_issue() {
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://yt.test/:id");
        for (text, expected) in [
            ("See SHOP-12.", &["SHOP-12 https://yt.test/SHOP-12"][..]),
            (
                "shop_2-1, a-3",
                &[
                    "shop_2-1 https://yt.test/shop_2-1",
                    "a-3 https://yt.test/a-3",
                ],
            ),
            (
                "(#12) #13+s",
                &["#12 https://yt.test/12", "#13+s https://yt.test/13"],
            ),
            ("2a-1 _a-1 a-1b a-b-2024-01-02 JDK-1.8 ä-1 öa-1", &[]),
            ("x#1 #1x # 1", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("SHOP-12");
        texts.leave_alone("#12");
    }
}
