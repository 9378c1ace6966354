//! # JetBrains YouTrack
//!
//! ## What it does
//!
//! Says that a project's issues are kept in JetBrains YouTrack, and where. Nothing is sent there.
//!
//! ## Set-up
//!
//! 1. Open a project in JetBrains YouTrack that holds the issues.
//! 2. Enter the address of that page as `project_url`, and the address of an issue, with `:id` in place of
//!    its id, as `issues_url`, and save.
//! 3. Use the test: it shows whether somebody answers at `project_url`.
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
//! None: it only holds addresses.
//!
//! ## Limits
//!
//! In texts an issue is named by its whole id, as in `SHOP-123`.
//! Neither comments are written nor issues closed in JetBrains YouTrack.

use crate::tracker_urls;
use crate::{Category, Form, Integration};

tracker_urls::two_urls! {}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "youtrack",
    title: "JetBrains YouTrack",
    summary: "Says that a project's issues are kept in JetBrains YouTrack, and where.",
    category: Category::IssueTracker,
    source: include_str!("youtrack.rs"),
    settings: SETTINGS,
    form: Form::Passive(Some(tracker_urls::probe)),
    ..Integration::BLANK
};
