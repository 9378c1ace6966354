//! # Custom issue tracker
//!
//! ## What it does
//!
//! Ties a project to an issue tracker that has no entry of its own here. What names an issue in
//! Markdown that is rendered for the project becomes a link to the issue's page in that tracker:
//!
//! | Text | Links to issue |
//! |---|---|
//! | `#143` | 143 |
//! | `API_32-143` | 143: the text before the dash is for humans, and is not used |
//!
//! The long form begins with a capital letter, followed by capital letters, digits or underscores.
//! Where the project's Git host has an issue of its own with that number, `#143` leads there
//! instead; the long form always leads to the tracker.
//!
//! ## Set-up
//!
//! Enter the three addresses, and save. The test asks for the project URL.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "project_url=https://issues.example.com/shop" \
//!      --data-urlencode "issues_url=https://issues.example.com/shop/:id" \
//!      --data-urlencode "new_issue_url=https://issues.example.com/shop/new" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/custom-issue-tracker"
//! ```
//!
//! `POST /api/v4/markdown` with `gfm=true` and the project's path shows what a text becomes.
//!
//! ## Events
//!
//! None: nothing is sent to the tracker. The issues of the Git host become known from the events
//! that tell of them.
//!
//! ## Limits
//!
//! A project has one issue tracker at a time: disable the other one before this one is saved. No link
//! is made in code, in other links, or from the 1000th reference of a text on; Crosstie does not check
//! whether the issue exists. Issues of another project cannot be named.

use crate::setting::settings;
use crate::trackers::needs_number;
use crate::{Category, Integration, Setting, Tracker};
use outbound::{Method, Request};

settings! {
    /// Where people see all issues of the project, for example `https://issues.example.com/shop`.
    project_url: Setting::url("Project URL").required(),
    /// Where people see one issue. `:id` in it stands for the issue's number, for example
    /// `https://issues.example.com/shop/:id`.
    issues_url: Setting::url("Issue URL").required(),
    /// Where people write a new issue.
    new_issue_url: Setting::url("New issue URL").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "custom-issue-tracker",
    title: "Custom issue tracker",
    summary: "Links references in text to the issues of any tracker.",
    category: Category::IssueTracker,
    source: include_str!("custom_issue_tracker.rs"),
    settings: SETTINGS,
    validate: |values| needs_number(values, "issues_url").into_iter().collect(),
    address: |values| values.text("project_url"),
    tracker: Some(Tracker::numbered),
    probe: Some(|values| Request::new(Method::Head, values.text("project_url"))),
    example: &[
        ("project_url", "https://issues.example.com/shop"),
        ("issues_url", "https://issues.example.com/shop/:id"),
        ("new_issue_url", "https://issues.example.com/shop/new"),
    ],
    ..Integration::DEFAULT
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{References, Values, markdown};
    use serde_json::{Map, json};
    use std::collections::BTreeMap;

    fn values(issues_url: &str) -> Values {
        let fields = json!({
            "project_url": "https://issues.test/shop",
            "issues_url": issues_url,
            "new_issue_url": "https://issues.test/shop/new",
        });
        let fields = fields.as_object().cloned().unwrap_or_default();
        Values::new(SETTINGS, fields, BTreeMap::new(), Map::new())
    }

    #[test]
    fn an_issue_url_says_where_the_number_goes() {
        assert_eq!(
            (INTEGRATION.validate)(&values("https://issues.test/:id")),
            []
        );
        let errors = (INTEGRATION.validate)(&values("https://issues.test/143"));
        assert_eq!(errors[0].field, "issues_url");
        assert!(errors[0].message.starts_with("must contain :id"));
    }

    #[test]
    fn both_forms_lead_to_the_issue() {
        let mut references = References::of_project(7);
        references.track(
            INTEGRATION.title,
            (INTEGRATION.tracker.unwrap())(&values("https://issues.test/shop/:id?n=:id")),
        );
        for name in ["#143", "API_32-143"] {
            let html = markdown::render(&format!("See {name}."), &references);
            assert_eq!(
                html,
                format!(
                    r#"<p dir="auto">See <a href="https://issues.test/shop/143?n=143" data-project="7" data-external-issue="143" data-container="body" data-placement="top" data-reference-type="external_issue" title="Issue in Custom issue tracker" class="gfm gfm-issue has-tooltip">{name}</a>.</p>"#
                )
            );
        }
    }

    #[test]
    fn the_test_asks_for_the_project() {
        let probe = INTEGRATION.probe.unwrap();
        let request = probe(&values("https://issues.test/:id"));
        assert_eq!(
            (request.method, request.url.as_str()),
            (Method::Head, "https://issues.test/shop")
        );
    }
}
