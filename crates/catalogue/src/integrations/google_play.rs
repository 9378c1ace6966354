//! # Google Play
//!
//! ## What it does
//!
//! Keeps the key with which CI jobs upload an app to Google Play. GitLab hands it to its jobs as
//! variables; Crosstie runs no jobs, so it keeps these settings for GitLab's clients and does not
//! act on them.
//!
//! ## Set-up
//!
//! 1. In Google Cloud, make a service account and a JSON key for it; in the Google Play Console, let
//!    it manage the app.
//! 2. Enter the app's package name, the text of the key file as `service_account_key`, and its name.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! It can be set up only for projects. The key is a secret: unlike GitLab, Crosstie never shows it
//! again. There is no test.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Levels, Setting, Values, rules};
use serde_json::Value;

settings! {
    /// Name of the app's package, for example `com.example.app`.
    package_name: Setting::text("Package name").required(),
    /// The JSON key of a service account that may manage the app.
    service_account_key: Setting::secret("Service account key").required().max(16_384),
    /// Name of the file that the key came in.
    service_account_key_file_name: Setting::text("Service account key file name").required(),
    /// Whether only jobs of protected branches and tags get the key.
    google_play_protected_refs: Setting::boolean("Protected branches and tags only", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "google-play",
    title: "Google Play",
    summary: "Keeps the key for uploads to Google Play.",
    category: Category::Other,
    levels: Levels::Project,
    source: include_str!("google_play.rs"),
    settings: SETTINGS,
    validate,
    example: &[
        ("package_name", "com.example.shop"),
        ("service_account_key_file_name", "key.json"),
        (
            "service_account_key",
            r#"{"type": "service_account", "project_id": "made-up", "private_key_id": "made-up", "private_key": "made-up", "client_email": "made-up", "client_id": "made-up", "auth_uri": "made-up", "token_uri": "made-up", "auth_provider_x509_cert_url": "made-up", "client_x509_cert_url": "made-up"}"#,
        ),
    ],
    ..Integration::DEFAULT
};

/// Required fields of a service account key file, in addition to its type.
const KEY_MEMBERS: [&str; 9] = [
    "project_id",
    "private_key_id",
    "private_key",
    "client_email",
    "client_id",
    "auth_uri",
    "token_uri",
    "auth_provider_x509_cert_url",
    "client_x509_cert_url",
];

fn validate(values: &Values) -> Vec<FieldError> {
    let message = "must be the JSON key of a service account";
    let checks = [
        rules::form(values, "package_name", is_package),
        rules::secret_form(values, "service_account_key", is_key, message),
    ];
    checks.into_iter().flatten().collect()
}

/// Two to 21 names with dots between.
fn is_package(text: &str) -> bool {
    (2..=21).contains(&text.split('.').count()) && text.split('.').all(rules::is_identifier)
}

fn is_key(text: &str) -> bool {
    let key: Value = serde_json::from_str(text).unwrap_or_default();
    key["type"] == "service_account" && KEY_MEMBERS.iter().all(|name| key[name].is_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[test]
    fn a_package_has_two_names_at_least() {
        for (text, expected) in [
            ("com.example.app_1", true),
            ("app", false),
            ("com.1app", false),
            ("com..app", false),
            ("com.app.", false),
        ] {
            assert_eq!(is_package(text), expected, "{text}");
        }
        assert!(is_package(&["a"; 21].join(".")) && !is_package(&["a"; 22].join(".")));
    }

    #[test]
    fn a_key_has_all_its_members() {
        let mut key: Map<String, Value> = KEY_MEMBERS
            .iter()
            .map(|name| ((*name).to_owned(), "x".into()))
            .collect();
        let text = |key: &Map<String, Value>| Value::Object(key.clone()).to_string();
        assert!(!is_key(&text(&key)), "no type");
        key.insert("type".into(), "service_account".into());
        assert!(is_key(&text(&key)));
        key.insert("client_id".into(), 7.into());
        assert!(!is_key(&text(&key)));
        assert!(!is_key("not JSON") && !is_key("[]"));
    }
}
