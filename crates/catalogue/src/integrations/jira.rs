//! # Jira issues
//!
//! ## What it does
//!
//! Connects a project to a Jira site, Cloud or Server/Data Center; which of the two it is, is asked
//! from the site. A commit or merge request that names an issue (`PROJ-12`) puts a comment and a web
//! link on that issue, each once, however often the event is repeated or the commit arrives on
//! another branch. A closing phrase (`Closes PROJ-12`) moves the issue to done when it reaches the
//! default branch, and says with which commit or merge request it was solved.
//!
//! ## Set-up
//!
//! 1. In Jira, make a user for Crosstie that may browse projects, add comments, link issues and
//!    transition issues.
//! 2. For Cloud, make an API token for it and enter its e-mail address and that token. For
//!    Server/Data Center enter its name and password, or set the authentication method to a personal
//!    access token and enter that alone.
//! 3. Save, then use the test: it names the site and the user.
//!
//! ## Events
//!
//! - **Push to a branch**: every commit's message is read. Code, links and quoted code in it do not
//!   count. On the default branch closing phrases count as such.
//! - **Merge request**: title and description are read when it is opened, reopened, merged, or one of
//!   the two changes. At the merge into the default branch closing phrases count.
//!
//! Closing words are forms of *close*, *fix*, *resolve* and *implement*. A list closes all it names:
//! `Closes PROJ-1, PROJ-2 and PROJ-3`. Where transitions are switched off, a closing phrase is a
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
mod text;
mod work;

use crate::setting::settings;
use crate::trackers::Pattern;
use crate::{Category, Deliver, FieldError, Integration, Setting, Tracker, Values};
use model::reference::{KeyPattern, MAX_PATTERN};
use model::{Kind, Trigger};
use url::Url;

settings! {
    /// Base address of the Jira site that people open, for example `https://jira.example.com`.
    url: Setting::url("Web URL").required().binds_secrets(),
    /// Base address of the Jira API, if it is another one. Leave it blank for Jira Cloud.
    api_url: Setting::url("Jira API URL").binds_secrets(),
    /// How Crosstie signs in: with a name and password (Cloud: an e-mail address and an API token),
    /// or with a personal access token (Server and Data Center alone).
    jira_auth_type: Setting::numbered("Authentication method", &["0", "1"], &["Basic", "Jira personal access token"]),
    /// E-mail address for Jira Cloud, user name for Server and Data Center.
    username: Setting::text("Email or username"),
    /// API token for Jira Cloud, password or personal access token for Server and Data Center.
    password: Setting::secret("API token or password").required(),
    /// Text that must stand before an issue key for it to count; a regular expression.
    jira_issue_prefix: Setting::text("Jira issue prefix").max(MAX_PATTERN),
    /// Regular expression for issue keys, where they differ from `PROJ-12`.
    jira_issue_regex: Setting::text("Jira issue regex").max(MAX_PATTERN),
    /// Move an issue that is closed by reference to a done status, by whichever transition leads there.
    jira_issue_transition_automatic: Setting::boolean("Move to Done", false),
    /// Ids of the transitions to make in order when an issue is closed by reference, separated by
    /// commas. Not used when *Move to Done* is on.
    jira_issue_transition_id: Setting::text("Custom transitions"),
    /// Comment on an issue when a commit or merge request names it; without comments there is the
    /// web link alone.
    comment_on_event_enabled: Setting::boolean("Enable comments", true).top_level(),
    /// Show Jira issues beside the project's code.
    issues_enabled: Setting::boolean("View Jira issues", false),
    /// Keys of the Jira projects whose issues are shown; all when empty.
    project_keys: Setting::list("Jira project keys", 100),
    /// Create Jira issues for vulnerabilities.
    vulnerabilities_enabled: Setting::boolean("Create Jira issues for vulnerabilities", false),
    /// Id of the issue type for vulnerabilities.
    vulnerabilities_issuetype: Setting::text("Jira issue type"),
    /// Key of the Jira project where issues for vulnerabilities are created.
    project_key: Setting::text("Jira project key"),
    /// Open a prefilled form in Jira instead of creating the issue directly.
    customize_jira_issue_enabled: Setting::boolean("Customize Jira issues", false),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "jira",
    title: "Jira issues",
    summary: "Comments on, links to and closes Jira issues named in commits and merge requests.",
    category: Category::IssueTracker,
    source: include_str!("jira.rs"),
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

/// Authentication by personal access token.
const PERSONAL_TOKEN: i64 = 1;

/// The base of the API: its own address if set, else the web address; without a slash at the end.
fn api_base(values: &Values) -> String {
    let api = values.text("api_url");
    let base = if api.is_empty() {
        values.text("url")
    } else {
        api
    };
    base.trim_end_matches('/').to_owned()
}

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

/// Whether an address is Atlassian's own cloud: https, and a host under `atlassian.net`.
fn is_cloud_address(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        url.scheme() == "https"
            && url
                .host_str()
                .is_some_and(|host| host.ends_with(".atlassian.net"))
    })
}

/// The pattern of issue keys that the settings ask for; its error names the setting at fault.
fn key_pattern(values: &Values) -> Result<KeyPattern, FieldError> {
    let (prefix, regex) = (
        values.text("jira_issue_prefix"),
        values.text("jira_issue_regex"),
    );
    KeyPattern::new(&prefix, &regex).map_err(|error| {
        let prefix_alone = KeyPattern::new(&prefix, "");
        let field = if prefix_alone.is_err() {
            "jira_issue_prefix"
        } else {
            "jira_issue_regex"
        };
        FieldError::new(field, error.to_string())
    })
}

/// The runs of digits in the setting, in order: `1,2;3` is 1, 2, 3.
fn transition_ids(values: &Values) -> Vec<String> {
    let text = values.text("jira_issue_transition_id");
    let runs = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty());
    runs.map(str::to_owned).collect()
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
