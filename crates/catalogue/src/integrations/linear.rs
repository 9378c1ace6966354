//! # Linear
//!
//! ## What it does
//!
//! Says that a project's issues are kept in a Linear workspace, and in which. What names an issue in
//! Markdown that is rendered for the project becomes a link to the issue's page:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `SHO-123` | the same |
//!
//! What stands before the dash has up to seven capital letters and digits, of which one at least is
//! a letter.
//!
//! ## Set-up
//!
//! 1. Open your workspace in Linear and copy the beginning of the address, up to its name.
//! 2. Enter it as `workspace_url`, and save.
//! 3. Run the test: it shows whether Linear is reachable.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "workspace_url=https://linear.app/example" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/linear"
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

use crate::setting::settings;
use crate::trackers::{Fixed, NUMBER, Pattern, expression, is_key};
use crate::{Category, FieldError, Integration, Setting, Tracker, Values};
use model::reference::has_digit_after;
use outbound::{Method, Request};
use std::sync::LazyLock;

settings! {
    /// Address of the workspace: `https://linear.app/` and its name.
    workspace_url: Setting::url("Workspace URL").required(),
}

/// An issue's full id.
static NAMES: Fixed = Fixed {
    first: |text| has_digit_after(text, b'-').then_some(0),
    expression: LazyLock::new(|| expression(r"(?-u:\b[A-Z0-9]{1,7}-[0-9]+\b)")),
    id: |name| name,
    is_name: is_key,
};

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "linear",
    title: "Linear",
    summary: "Links references in text to the issues of a Linear workspace.",
    category: Category::IssueTracker,
    source: include_str!("linear.rs"),
    settings: SETTINGS,
    validate,
    tracker: Some(|values| {
        let workspace = values.text("workspace_url");
        Tracker {
            issue: format!("{}/issue/{NUMBER}", workspace.trim_end_matches('/')),
            pattern: Pattern::Fixed(&NAMES),
        }
    }),
    probe: Some(|values| Request::new(Method::Head, values.text("workspace_url"))),
    example: &[("workspace_url", "https://linear.app/example")],
    ..Integration::DEFAULT
};

fn validate(values: &Values) -> Vec<FieldError> {
    let url = values.text("workspace_url");
    let message = "URL must point to a workspace URL like https://linear.app/example";
    let wrong = !is_workspace(&url) && !url.is_empty();
    wrong
        .then(|| FieldError::new("workspace_url", message))
        .into_iter()
        .collect()
}

/// Whether it is the URL of a workspace.
fn is_workspace(url: &str) -> bool {
    let Some(name) = url.strip_prefix("https://linear.app/") else {
        return false;
    };
    let name = name.strip_suffix('/').unwrap_or(name);
    (3..=32).contains(&name.len())
        && name
            .chars()
            .all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Texts;

    #[test]
    fn what_names_an_issue() {
        for workspace in ["https://linear.app/ex", "https://linear.app/ex/"] {
            let texts = Texts::of(&INTEGRATION, "workspace_url", workspace);
            for (text, expected) in [
                (
                    "See SHO-12.",
                    &["SHO-12 https://linear.app/ex/issue/SHO-12"][..],
                ),
                (
                    "A-1, 2FA-3",
                    &[
                        "A-1 https://linear.app/ex/issue/A-1",
                        "2FA-3 https://linear.app/ex/issue/2FA-3",
                    ],
                ),
                ("sho-1 ABCDEFGH-1 A_B-1 A-1x", &[]),
                ("10-20 2024-01-02 A-2024-01 JDK-1.8 ÖBB-1 #1", &[]),
            ] {
                assert_eq!(texts.links(text), expected, "{text}");
            }
            texts.leave_alone("SHO-12");
        }
    }

    #[test]
    fn only_a_workspace_is_taken() {
        for (url, expected) in [
            ("https://linear.app/example", true),
            ("https://linear.app/an-example-2/", true),
            ("https://linear.app/ab", false),
            ("https://linear.app/Example", false),
            ("https://linear.app/example/team/X", false),
            ("http://linear.app/example", false),
            ("https://linear.app.evil.test/example", false),
        ] {
            assert_eq!(is_workspace(url), expected, "{url}");
        }
    }
}
