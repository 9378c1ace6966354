//! # Jira issues
//!
//! ## What it does
//!
//! Connects a project to a Jira site; whether it is Cloud or Server/Data Center is detected. A
//! commit or merge request that names an issue (`PROJ-12`) puts a comment and a web link on that
//! issue, each once, however often the event is repeated or the commit arrives on another branch. A
//! closing phrase (`Closes PROJ-12`) moves the issue to done when it reaches the default branch,
//! with a comment that names the commit or merge request.
//!
//! ## Set-up
//!
//! 1. In Jira, make a user for Crosstie that may browse projects, add comments, link issues and
//!    transition issues.
//! 2. For Cloud, make an API token for it and enter its e-mail address and that token. For
//!    Server/Data Center enter its name and password, or set the authentication method to a personal
//!    access token and enter only that.
//! 3. Save, then run the test: it names the site and the user.
//!
//! ## Events
//!
//! - **Push to a branch**: every commit's message is read. Code, links and quoted code in it do not
//!   count. On the default branch closing phrases count as such.
//! - **Merge request**: title and description are read when it is opened, reopened, merged, or one of
//!   the two changes. At the merge into the default branch closing phrases count.
//!
//! Closing words are forms of *close*, *fix*, *resolve* and *implement*. A list closes all it names:
//! `Closes PROJ-1, PROJ-2 and PROJ-3`. Where transitions are disabled, a closing phrase is a
//! mention like any other. The first push of a long history closes nothing.
//!
//! In Markdown that is rendered for the project, every issue key is a link to the issue.
//!
//! ## Limits
//!
//! The newest 100 commits of one push that name issues are announced; the delivery's note says when
//! there were more. A key that Jira does not know is left out, and the note names it. Jira locks
//! accounts that keep trying wrong credentials: once it has refused them, later deliveries fail at
//! once and say so, until the settings are saved again or the test succeeds.

mod client;
mod conversation;
mod settings;
mod text;
mod work;

use crate::trackers::Pattern;
use crate::{Category, Deliver, FieldError, Integration, Tracker, Values};
use model::{Kind, Trigger};
pub use settings::SETTINGS;
use settings::{PERSONAL_TOKEN, api_base, is_cloud_address, key_pattern, transition_ids};

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "jira",
    title: "Jira issues",
    summary: "Comments on, links to and closes Jira issues named in commits and merge requests.",
    category: Category::IssueTracker,
    source: include_str!("jira.rs"),
    docs_url: "https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/",
    setup_url: "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    settings: SETTINGS,
    triggers: &[Trigger::Commit, Trigger::MergeRequests],
    own_triggers: &[Trigger::Commit, Trigger::MergeRequests],
    kinds: &[Kind::Push, Kind::MergeRequest],
    validate,
    address: |values| api_base(values),
    tracker: Some(tracker),
    deliver: Some(Deliver::Conversation(&conversation::Jira)),
    example: &[
        ("url", "https://jira.example.com"),
        ("username", "crosstie"),
    ],
    ..Integration::DEFAULT
};

/// The pages of issues: `/browse/` below the web address, whose query stays.
fn tracker(values: &Values) -> Tracker {
    let web = values.text("url");
    let (path, query) = web.split_at(web.find(['?', '#']).unwrap_or(web.len()));
    Tracker {
        issue: format!("{}/browse/:id{query}", path.trim_end_matches('/')),
        // the settings were checked when they were saved
        pattern: Pattern::Keys(key_pattern(values).unwrap_or_default()),
    }
}

fn validate(values: &Values) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let personal_token = values.integer("jira_auth_type") == PERSONAL_TOKEN;
    if !personal_token && values.text("username").is_empty() {
        errors.push(FieldError::new("username", "can't be blank"));
    }
    if personal_token && is_cloud_address(&api_base(values)) {
        errors.push(FieldError::new(
            "base",
            "For Jira Cloud, the authentication type must be Basic",
        ));
    }
    if !values.text("jira_issue_transition_id").is_empty() && transition_ids(values).is_empty() {
        errors.push(FieldError::new(
            "jira_issue_transition_id",
            "IDs must be a list of numbers that can be split with , or ;",
        ));
    }
    errors.extend(key_pattern(values).err());
    if values.flag("vulnerabilities_enabled") {
        for needed in ["project_key", "vulnerabilities_issuetype"] {
            if values.text(needed).is_empty() {
                errors.push(FieldError::new(needed, "can't be blank"));
            }
        }
    }
    errors
}

#[cfg(test)]
mod tests;
