//! Settings of the Jira issues integration, and what they mean.

use crate::setting::settings;
use crate::{FieldError, Setting, Values};
use model::reference::{KeyPattern, MAX_PATTERN};
use url::Url;

settings! {
    /// Base address of the Jira site that people open, for example `https://jira.example.com`.
    url: Setting::url("Web URL").required().binds_secrets(),
    /// Base address of the Jira API, if it is another one. Leave it blank for Jira Cloud.
    api_url: Setting::url("Jira API URL").binds_secrets(),
    /// How Crosstie signs in: with a name and password (Cloud: an e-mail address and an API token),
    /// or with a personal access token (Server and Data Center only).
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
    /// web link only.
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

/// Authentication by personal access token.
pub(super) const PERSONAL_TOKEN: i64 = 1;

/// The base of the API: its own address if set, else the web address; without a slash at the end.
pub(super) fn api_base(values: &Values) -> String {
    let api = values.text("api_url");
    let base = if api.is_empty() {
        values.text("url")
    } else {
        api
    };
    base.trim_end_matches('/').to_owned()
}

/// Whether an address is Atlassian's own cloud: https, and a host under `atlassian.net`.
pub(super) fn is_cloud_address(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        url.scheme() == "https"
            && url
                .host_str()
                .is_some_and(|host| host.ends_with(".atlassian.net"))
    })
}

/// The pattern of issue keys that the settings ask for; its error names the setting at fault.
pub(super) fn key_pattern(values: &Values) -> Result<KeyPattern, FieldError> {
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
pub(super) fn transition_ids(values: &Values) -> Vec<String> {
    let text = values.text("jira_issue_transition_id");
    let runs = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty());
    runs.map(str::to_owned).collect()
}
