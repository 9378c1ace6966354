//! # Linear
//!
//! ## What it does
//!
//! Says that a project's issues are kept in a Linear workspace, and in which. Nothing is sent there.
//!
//! ## Set-up
//!
//! 1. Open your workspace in Linear and copy the beginning of the address, up to its name.
//! 2. Enter it as `workspace_url`, and save.
//! 3. Use the test: it shows whether somebody answers there.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "workspace_url=https://linear.app/example" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/linear"
//! ```
//!
//! ## Events
//!
//! None: it only holds an address.
//!
//! ## Limits
//!
//! In texts an issue is named by its whole id, as in `SHO-123`. Neither comments are written nor
//! issues closed in Linear.

use crate::setting::settings;
use crate::{Category, FieldError, Form, Integration, Setting, Values};
use outbound::{Method, Request};

settings! {
    /// Address of the workspace: `https://linear.app/` and its name.
    workspace_url: Setting::url("Workspace URL").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "linear",
    title: "Linear",
    summary: "Says that a project's issues are kept in a Linear workspace, and in which.",
    category: Category::IssueTracker,
    source: include_str!("linear.rs"),
    settings: SETTINGS,
    validate,
    form: Form::Passive(Some(|values| Request::new(Method::Head, values.text("workspace_url")))),
    ..Integration::BLANK
};

fn validate(values: &Values) -> Vec<FieldError> {
    let url = values.text("workspace_url");
    let message = "URL must point to a workspace URL like https://linear.app/example";
    let wrong = !is_workspace(&url) && !url.is_empty();
    wrong.then(|| FieldError::new("workspace_url", message)).into_iter().collect()
}

/// Whether it is a workspace's address: tracker facts, section 9.1.
fn is_workspace(url: &str) -> bool {
    let Some(name) = url.strip_prefix("https://linear.app/") else {
        return false;
    };
    let name = name.strip_suffix('/').unwrap_or(name);
    (3..=32).contains(&name.len())
        && name.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '-'))
}

#[cfg(test)]
mod tests {
    use super::is_workspace;

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
