//! # Bugzilla
//!
//! ## What it does
//!
//! Says that a project's issues are kept in Bugzilla, and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `#143` | 143 |
//! | `BUG-143` | 143: the text before the dash is for humans, and is not used |
//!
//! The long form begins with a capital letter, followed by capital letters, digits or underscores.
//! Where the project's Git host has an issue of its own with that number, `#143` leads there
//! instead; the long form always leads to the tracker.
//!
//! ## Set-up
//!
//! 1. Open a product in Bugzilla that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address of the form for a new issue as `new_issue_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://bugzilla.example.com" \
//!      --data-urlencode "issues_url=https://bugzilla.example.com/show_bug.cgi?id=:id" \
//!      --data-urlencode "new_issue_url=https://bugzilla.example.com/enter_bug.cgi" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/bugzilla"
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
    slug: "bugzilla",
    title: "Bugzilla",
    summary: "Links references in text to the issues of Bugzilla.",
    category: Category::IssueTracker,
    source: include_str!("bugzilla.rs"),
    settings: SETTINGS,
    tracker: Some(Tracker::numbered),
    probe: Some(tracker_urls::probe),
    example: &[
        ("project_url", "https://bugzilla.example.com"),
        (
            "issues_url",
            "https://bugzilla.example.com/show_bug.cgi?id=:id",
        ),
        (
            "new_issue_url",
            "https://bugzilla.example.com/enter_bug.cgi",
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
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://bugzilla.test/:id");
        for (text, expected) in [
            ("See #143.", &["#143 https://bugzilla.test/143"][..]),
            ("BUG_2-143", &["BUG_2-143 https://bugzilla.test/143"]),
            ("bug-143 x#143 BUG-1.5", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("#143");
    }
}
