//! # Engineering Workflow Management (EWM)
//!
//! ## What it does
//!
//! Says that a project's issues are kept in IBM Engineering Workflow Management (EWM), and where. What names an
//! issue in Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `bug 123` | 123 |
//! | `Task 123`, `defect 123`, `rtcwi 123`, `workitem 123`, `Work item 123` | 123 |
//!
//! Letter case is ignored. A bare number is not a reference.
//!
//! ## Set-up
//!
//! 1. Open a project area in EWM that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address of the form for a new issue as `new_issue_url`, and save.
//! 3. Run the test: it shows whether `project_url` is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://ewm.example.com/ccm/web/projects/Shop" \
//!      --data-urlencode "issues_url=https://ewm.example.com/ccm/resource/itemName/com.ibm.team.workitem.WorkItem/:id" \
//!      --data-urlencode "new_issue_url=https://ewm.example.com/ccm/web/projects/Shop#action=com.ibm.team.workitem.newWorkItem" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/ewm"
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
use model::reference::is_whole_word;
use std::sync::LazyLock;

tracker_urls::three_urls! {}

/// A word for the type of a work item, and its number.
static NAMES: Fixed = Fixed {
    first: |text| text.bytes().any(|byte| byte.is_ascii_digit()).then_some(0),
    expression: LazyLock::new(|| {
        expression(r"(?i-u:\b(?:bug|task|work item|workitem|rtcwi|defect)\s+[0-9]+\b)")
    }),
    id: |name| {
        name.split_ascii_whitespace()
            .next_back()
            .unwrap_or_default()
    },
    is_name: |before, _, after| is_whole_word(before, after),
};

fn tracker(values: &Values) -> Tracker {
    Tracker::named(values, &NAMES)
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "ewm",
    title: "EWM",
    summary: "Links references in text to the issues of EWM.",
    category: Category::IssueTracker,
    source: include_str!("ewm.rs"),
    settings: SETTINGS,
    tracker: Some(tracker),
    probe: Some(tracker_urls::probe),
    example: &[
        (
            "project_url",
            "https://ewm.example.com/ccm/web/projects/Shop",
        ),
        (
            "issues_url",
            "https://ewm.example.com/ccm/resource/itemName/com.ibm.team.workitem.WorkItem/:id",
        ),
        (
            "new_issue_url",
            "https://ewm.example.com/ccm/web/projects/Shop#action=com.ibm.team.workitem.newWorkItem",
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
        let texts = Texts::of(&INTEGRATION, "issues_url", "https://ewm.test/:id");
        for (text, expected) in [
            ("Fix bug 12.", &["bug 12 https://ewm.test/12"][..]),
            (
                "TASK 1, Work Item 2",
                &[
                    "TASK 1 https://ewm.test/1",
                    "Work Item 2 https://ewm.test/2",
                ],
            ),
            (
                "workitem 3 rtcwi 4",
                &[
                    "workitem 3 https://ewm.test/3",
                    "rtcwi 4 https://ewm.test/4",
                ],
            ),
            ("defect   5", &["defect   5 https://ewm.test/5"]),
            ("a bug\n6", &["bug\n6 https://ewm.test/6"]),
            ("**bug 7**", &["bug 7 https://ewm.test/7"]),
            ("debug 1 bugs 2 bug3 bug #4 item 5 work 6", &[]),
            ("bug 12x task 1.5 bug 2024-01-02 bug\n\n1", &[]),
        ] {
            assert_eq!(texts.links(text), expected, "{text}");
        }
        texts.leave_alone("bug 12");
    }
}
