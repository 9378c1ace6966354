//! # Bugzilla
//!
//! ## What it does
//!
//! Says that a project's issues are kept in Bugzilla, and where. Nothing is sent there.
//!
//! ## Set-up
//!
//! 1. Open a product in Bugzilla that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address where one writes a new issue as `new_issue_url`, and save.
//! 3. Use the test: it shows whether somebody answers at `project_url`.
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
//! None: it only holds addresses.
//!
//! ## Limits
//!
//! In texts an issue is named by `#123`, or a number after a key, as in `BUG-123`.
//! Neither comments are written nor issues closed in Bugzilla.

use crate::tracker_urls;
use crate::{Category, Form, Integration};

tracker_urls::three_urls! {}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "bugzilla",
    title: "Bugzilla",
    summary: "Says that a project's issues are kept in Bugzilla, and where.",
    category: Category::IssueTracker,
    source: include_str!("bugzilla.rs"),
    settings: SETTINGS,
    form: Form::Passive(Some(tracker_urls::probe)),
    ..Integration::BLANK
};
