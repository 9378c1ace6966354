//! # Redmine
//!
//! ## What it does
//!
//! Says that a project's issues are kept in Redmine, and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `#143` | 143 |
//! | `SHOP-143` | 143: the text before the dash is for humans, and is not used |
//!
//! The long form begins with a capital letter, followed by capital letters, digits or underscores.
//! Where the project's Git host has an issue of its own with that number, `#143` leads there
//! instead; the long form always leads to the tracker.
//!
//! ## Set-up
//!
//! 1. Open a project in Redmine that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address of the form for a new issue as `new_issue_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://redmine.example.com/projects/shop" \
//!      --data-urlencode "issues_url=https://redmine.example.com/issues/:id" \
//!      --data-urlencode "new_issue_url=https://redmine.example.com/projects/shop/issues/new" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/redmine"
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
use crate::{Category, Integration, Tracker};

tracker_urls::three_urls! {}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "redmine",
    title: "Redmine",
    summary: "Links references in text to the issues of Redmine.",
    category: Category::IssueTracker,
    source: include_str!("redmine.rs"),
    settings: SETTINGS,
    tracker: Some(Tracker::numbered),
    probe: Some(tracker_urls::probe),
    example: &[
        ("project_url", "https://redmine.example.com/projects/shop"),
        ("issues_url", "https://redmine.example.com/issues/:id"),
        (
            "new_issue_url",
            "https://redmine.example.com/projects/shop/issues/new",
        ),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Texts;

    #[test]
    fn what_names_an_issue() {
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://redmine.test/:id");
        for (text, expected) in [
            ("See #143.", &["#143 https://redmine.test/143"][..]),
            ("SHOP_2-143", &["SHOP_2-143 https://redmine.test/143"]),
            ("shop-143 x#143 SHOP-1.5", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("#143");
    }
}
