//! # Phorge
//!
//! ## What it does
//!
//! Says that a project's issues are kept in Phorge, and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `T123` | T123 |
//!
//! A task's page is at `/T123` below the address of the site, so the whole name goes into the address.
//! Directly after `@` or `-` it is no name.
//!
//! ## Set-up
//!
//! 1. Open a site in Phorge that holds the issues.
//! 2. Enter the address of that page as `project_url`, and the address of an issue, with `:id` in place of
//!    its id, as `issues_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://phorge.example.com/maniphest" \
//!      --data-urlencode "issues_url=https://phorge.example.com/:id" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/phorge"
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
use crate::trackers::{Fixed, expression};
use crate::{Category, Integration, Tracker, Values};
use model::reference::{has_digit_after, is_whole_word};
use std::sync::LazyLock;

tracker_urls::two_urls! {}

/// A task's name, but not within a user's (`@T1`) or after a dash.
static NAMES: Fixed = Fixed {
    first: |text| has_digit_after(text, b'T').then_some(0),
    expression: LazyLock::new(|| expression(r"(?-u:\bT[0-9]+\b)")),
    id: |name| name,
    is_name: |before, _, after| !before.ends_with(['@', '-']) && is_whole_word(before, after),
};

fn tracker(values: &Values) -> Tracker {
    Tracker::named(values, &NAMES)
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "phorge",
    title: "Phorge",
    summary: "Links references in text to the issues of Phorge.",
    category: Category::IssueTracker,
    source: include_str!("phorge.rs"),
    settings: SETTINGS,
    tracker: Some(tracker),
    probe: Some(tracker_urls::probe),
    example: &[
        ("project_url", "https://phorge.example.com/maniphest"),
        ("issues_url", "https://phorge.example.com/:id"),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Texts;

    #[test]
    fn what_names_an_issue() {
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://phorge.test/:id");
        for (text, expected) in [
            ("See T12.", &["T12 https://phorge.test/T12"][..]),
            (
                "T1, (T2) x/T3",
                &[
                    "T1 https://phorge.test/T1",
                    "T2 https://phorge.test/T2",
                    "T3 https://phorge.test/T3",
                ],
            ),
            ("T4-fix", &["T4 https://phorge.test/T4"]),
            ("@T1 a-T2 @T3T4", &[]),
            ("t1 AT1 T1x T T_1 1T2 T1.5 T1-2 ÄT1", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("T12");
    }
}
