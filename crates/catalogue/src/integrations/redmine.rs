//! # Redmine
//!
//! ## What it does
//!
//! Says that a project's issues are kept in Redmine, and where. Nothing is sent there.
//!
//! ## Set-up
//!
//! 1. Open a project in Redmine that holds the issues.
//! 2. Enter the address of that page as `project_url`, the address of an issue, with `:id` in place of its
//!    id, as `issues_url`, and the address where one writes a new issue as `new_issue_url`, and save.
//! 3. Use the test: it shows whether somebody answers at `project_url`.
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
//! None: it only holds addresses.
//!
//! ## Limits
//!
//! In texts an issue is named by `#123`, or a number after a key, as in `SHOP-123`.
//! Neither comments are written nor issues closed in Redmine.

use crate::tracker_urls;
use crate::{Category, Form, Integration};

tracker_urls::three_urls! {}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "redmine",
    title: "Redmine",
    summary: "Says that a project's issues are kept in Redmine, and where.",
    category: Category::IssueTracker,
    source: include_str!("redmine.rs"),
    settings: SETTINGS,
    form: Form::Passive(Some(tracker_urls::probe)),
    ..Integration::BLANK
};
