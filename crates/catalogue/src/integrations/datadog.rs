//! # Datadog
//!
//! ## What it does
//!
//! Connects a project to Datadog, which shows pipelines and jobs as traces. Crosstie keeps these
//! settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Datadog, make an API key.
//! 2. Enter it, and the site where your Datadog is, if that is not `datadoghq.com`.
//! 3. Name the service and the environment, or further tags, if there are several servers to tell
//!    apart.
//!
//! ## Events
//!
//! Which events go to Datadog follows from `datadog_ci_visibility` and `archive_trace_events`; there
//! are no other switches. They are kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Datadog, and there is no test. The API key must be entered again when the site
//! or the API address changes.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Setting, Values, rules};

settings! {
    /// API key of the Datadog account: letters, digits and underscores.
    api_key: Setting::secret("API key").required(),
    /// Collect pipelines and jobs, for Datadog to show as traces.
    datadog_ci_visibility: Setting::boolean("CI Visibility", true).required(),
    /// Host name of the Datadog site, for example `datadoghq.eu`.
    datadog_site: Setting::text("Datadog site").or("datadoghq.com").binds_secrets(),
    /// Whole address to send to, in place of the one that follows from the site.
    api_url: Setting::url("API URL").binds_secrets(),
    /// Collect the logs of jobs too; needs the collection of pipelines and jobs.
    archive_trace_events: Setting::boolean("Pipeline job logs collection", false),
    /// Name of the service that all data is tagged with, to tell several servers apart.
    datadog_service: Setting::text("Service"),
    /// Environment that all data is tagged with.
    datadog_env: Setting::text("Environment"),
    /// Further tags, one on each line, as `key:value`.
    datadog_tags: Setting::text("Tags"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "datadog",
    title: "Datadog",
    summary: "Shows pipelines and jobs in Datadog.",
    category: Category::Other,
    source: include_str!("datadog.rs"),
    settings: SETTINGS,
    validate,
    example: &[
        ("datadog_ci_visibility", "true"),
        ("datadog_site", "datadoghq.eu"),
    ],
    ..Integration::DEFAULT
};

fn validate(values: &Values) -> Vec<FieldError> {
    let checks = [
        rules::form(values, "datadog_site", is_site),
        rules::secret_form(values, "api_key", rules::is_word, "is invalid"),
    ];
    let mut errors: Vec<FieldError> = checks.into_iter().flatten().collect();
    if values.flag("archive_trace_events") && !values.flag("datadog_ci_visibility") {
        let message = "requires CI Visibility to be enabled";
        errors.push(FieldError::new("archive_trace_events", message));
    }
    let tags = values.text("datadog_tags");
    if !tags
        .lines()
        .filter(|line| !line.trim().is_empty())
        .all(is_tag)
    {
        errors.push(FieldError::new("datadog_tags", "have an invalid format"));
    }
    errors
}

/// A host's name in ASCII with a last part of 2 to 5 letters, and perhaps a port.
fn is_site(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "80"));
    let is_port = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    host.rsplit_once('.').is_some_and(|(name, top)| {
        is_port
            && (2..=5).contains(&top.len())
            && top.bytes().all(|byte| byte.is_ascii_alphabetic())
            && name.split(['.', '-']).all(rules::is_word)
    })
}

/// `key:value`; the key has letters, digits, `_` and `-`.
fn is_tag(line: &str) -> bool {
    line.trim_start()
        .split_once(':')
        .is_some_and(|(key, value)| {
            rules::is_word(&key.replace('-', "_")) && !value.trim().is_empty()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Secret;
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    fn errors(plain: Value) -> Vec<String> {
        let Value::Object(plain) = plain else {
            panic!("an object")
        };
        let secrets = BTreeMap::from([("api_key".to_owned(), Secret::new("a b"))]);
        let errors = validate(&Values::new(SETTINGS, plain, secrets, Map::new()));
        errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect()
    }

    #[test]
    fn a_site_is_a_host() {
        for (text, expected) in [
            ("datadoghq.com", true),
            ("app.us-5.datadoghq.eu:8443", true),
            ("datadoghq", false),
            ("https://datadoghq.com", false),
            ("datadoghq.com/x", false),
            ("datadoghq.com:", false),
            ("datadoghq.com:123456", false),
            ("a..com", false),
            ("-a.com", false),
            ("datadoghq.abcdef", false),
        ] {
            assert_eq!(is_site(text), expected, "{text}");
        }
    }

    #[test]
    fn errors_have_gitlabs_wording() {
        let found = errors(json!({
            "datadog_site": "x", "datadog_tags": "a:b\n\nno tag", "archive_trace_events": true, "datadog_ci_visibility": false,
        }));
        assert_eq!(
            found,
            [
                "datadog_site is invalid",
                "api_key is invalid",
                "archive_trace_events requires CI Visibility to be enabled",
                "datadog_tags have an invalid format",
            ]
        );
        let fine = json!({"datadog_tags": "team-1:core, web\nk:v:w", "archive_trace_events": true});
        assert_eq!(errors(fine), ["api_key is invalid"]);
    }
}
