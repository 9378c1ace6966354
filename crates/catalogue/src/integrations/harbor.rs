//! # Harbor
//!
//! ## What it does
//!
//! Names a project's registry of container images on a Harbor server. GitLab hands the settings to
//! its jobs as variables and browses the registry; Crosstie keeps them for GitLab's clients and does
//! not act on them.
//!
//! ## Set-up
//!
//! 1. In Harbor, make a project and a user or robot account for it.
//! 2. Enter the server's address, the project's name, and the account's name and password.
//! 3. Run the test: it asks the server for the project.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! The test shows that the server answers; it does not try the account. A password must have at
//! least 8 characters, without spaces, of those that job logs can mask.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Setting, Values, rules};
use outbound::{Method, Request};
use url::form_urlencoded;

settings! {
    /// Base address of the Harbor server, for example `https://demo.goharbor.io`.
    url: Setting::url("Harbor URL").required().binds_secrets(),
    /// Name of the project in Harbor: small letters and digits, with `.`, `_` or `-` between them.
    project_name: Setting::text("Harbor project name").required().max(255),
    /// Name of the Harbor user or robot account.
    username: Setting::text("Harbor username").required(),
    /// Password of that account.
    password: Setting::secret("Harbor password").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "harbor",
    title: "Harbor",
    summary: "Names a project's registry on a Harbor server.",
    category: Category::Registry,
    source: include_str!("harbor.rs"),
    settings: SETTINGS,
    validate,
    address: |values| values.text("url"),
    probe: Some(probe),
    example: &[
        ("url", "https://harbor.example.com"),
        ("project_name", "shop"),
        ("username", "crosstie"),
    ],
    ..Integration::DEFAULT
};

/// Requests the project, which must exist.
fn probe(values: &Values) -> Request {
    let base = values.text("url");
    let name = values.text("project_name");
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let path = "api/v2.0/projects?project_name=";
    Request::new(
        Method::Head,
        format!("{}/{path}{name}", base.trim_end_matches('/')),
    )
}

fn validate(values: &Values) -> Vec<FieldError> {
    let checks = [
        rules::form(values, "project_name", is_project),
        rules::secret_form(values, "password", can_be_masked, "is invalid"),
    ];
    checks.into_iter().flatten().collect()
}

fn is_project(text: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !part.is_empty() && part.bytes().all(fits)
    };
    text.split(['.', '_', '-']).all(is_part)
}

/// What GitLab can hide in the log of a job.
fn can_be_masked(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_+=/@:.~-".contains(letter);
    text.len() >= 8 && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};
    use std::collections::BTreeMap;

    #[test]
    fn names_and_passwords_have_harbors_form() {
        for (text, expected) in [
            ("shop", true),
            ("my-shop_2.x", true),
            ("Shop", false),
            ("a--b", false),
            ("-a", false),
            ("a b", false),
        ] {
            assert_eq!(is_project(text), expected, "{text}");
        }
        for (text, expected) in [
            ("12345678", true),
            ("a+b/c=@:.~-_", true),
            ("1234567", false),
            ("with a space", false),
        ] {
            assert_eq!(can_be_masked(text), expected, "{text}");
        }
    }

    #[test]
    fn the_test_asks_for_the_project() {
        let plain = json!({"url": "https://harbor.test/", "project_name": "shop"});
        let plain = plain.as_object().cloned().unwrap();
        let request = probe(&Values::new(SETTINGS, plain, BTreeMap::new(), Map::new()));
        assert_eq!(request.method, Method::Head);
        assert_eq!(
            request.url,
            "https://harbor.test/api/v2.0/projects?project_name=shop"
        );
    }
}
