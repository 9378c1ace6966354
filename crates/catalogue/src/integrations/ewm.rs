//! # Engineering Workflow Management (EWM)
//!
//! ## What it does
//!
//! Says that a project's issues are kept in IBM Engineering Workflow Management (EWM), and where. Nothing is sent there.
//!
//! ## Set-up
//!
//! 1. Open a project area in EWM that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address where one writes a new issue as `new_issue_url`, and save.
//! 3. Use the test: it shows whether somebody answers at `project_url`.
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
//! None: it only holds addresses.
//!
//! ## Limits
//!
//! In texts an issue is named by a word for its kind and a number: `bug 123`, `task 123`, `work item 123`, `defect 123`.
//! Neither comments are written nor issues closed in EWM.

use crate::tracker_urls;
use crate::{Category, Form, Integration};

tracker_urls::three_urls! {}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "ewm",
    title: "EWM",
    summary: "Says that a project's issues are kept in EWM, and where.",
    category: Category::IssueTracker,
    source: include_str!("ewm.rs"),
    settings: SETTINGS,
    form: Form::Passive(Some(tracker_urls::probe)),
    ..Integration::BLANK
};
