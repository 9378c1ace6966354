//! # Apple App Store Connect
//!
//! ## What it does
//!
//! Keeps the key with which CI jobs upload an app to Apple's App Store. GitLab hands it to its jobs
//! as variables; Crosstie runs no jobs, so it keeps these settings for GitLab's clients and does not
//! act on them.
//!
//! ## Set-up
//!
//! 1. In App Store Connect, make an API key; note the issuer ID and the key ID and download the key.
//! 2. Enter the two IDs, the text of the `.p8` file as `app_store_private_key`, and its file name.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! It can be set up only for projects. The private key is a secret: unlike GitLab, Crosstie never
//! shows it again. There is no test.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Levels, Setting, Values, rules};

settings! {
    /// Issuer ID of the App Store Connect account, a UUID in lower case.
    app_store_issuer_id: Setting::text("Issuer ID").required(),
    /// ID of the key: capital letters and digits.
    app_store_key_id: Setting::text("Key ID").required(),
    /// Name of the file that the private key came in, for example `AuthKey_ABC123.p8`.
    app_store_private_key_file_name: Setting::text("Private key file name").required(),
    /// The private key itself, as PEM text.
    app_store_private_key: Setting::secret("Private key").required().max(16_384),
    /// Whether only jobs of protected branches and tags get the key.
    app_store_protected_refs: Setting::boolean("Protected branches and tags only", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "apple_app_store",
    other_slugs: &["apple-app-store"],
    title: "Apple App Store Connect",
    summary: "Keeps the key for uploads to Apple's App Store.",
    category: Category::Other,
    levels: Levels::Project,
    source: include_str!("apple_app_store.rs"),
    settings: SETTINGS,
    validate,
    example: &[
        (
            "app_store_issuer_id",
            "0a1b2c3d-0000-4444-8888-0123456789ab",
        ),
        ("app_store_key_id", "ABC123"),
        ("app_store_private_key_file_name", "AuthKey_ABC123.p8"),
        (
            "app_store_private_key",
            "-----BEGIN PRIVATE KEY-----\nMADEUP\n-----END PRIVATE KEY-----",
        ),
    ],
    ..Integration::DEFAULT
};

fn validate(values: &Values) -> Vec<FieldError> {
    let key = "app_store_private_key";
    let checks = [
        rules::form(values, "app_store_issuer_id", is_issuer),
        rules::form(values, "app_store_key_id", is_key_id),
        rules::secret_form(
            values,
            key,
            is_private_key,
            "must be a valid PEM private key",
        ),
    ];
    checks.into_iter().flatten().collect()
}

/// A UUID in lower case.
fn is_issuer(text: &str) -> bool {
    let is_hex = |part: &str| {
        part.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.into_iter().all(is_hex)
}

/// Capital letters and digits, at least one of each.
fn is_key_id(text: &str) -> bool {
    let has = |fits: fn(&u8) -> bool| text.as_bytes().iter().any(fits);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// PEM's frame around Base64; what the key is good for, Apple will say.
fn is_private_key(text: &str) -> bool {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    let [first, body @ .., last] = lines.as_slice() else {
        return false;
    };
    let label = first
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.strip_suffix("-----"));
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    label.is_some_and(|label| {
        label.ends_with("PRIVATE KEY") && *last == format!("-----END {label}-----")
    }) && body.iter().any(|line| !line.is_empty())
        && body.iter().all(|line| line.bytes().all(is_base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_apples_form() {
        for (text, expected) in [
            ("0a1b2c3d-0000-4444-8888-0123456789ab", true),
            ("0A1B2C3D-0000-4444-8888-0123456789AB", false),
            ("0a1b2c3d-0000-4444-8888-0123456789ab ", false),
            ("0a1b2c3d00004444-8888-0123456789ab", false),
        ] {
            assert_eq!(is_issuer(text), expected, "{text}");
        }
        for (text, expected) in [
            ("ABC123", true),
            ("ABC", false),
            ("123", false),
            ("Abc123", false),
        ] {
            assert_eq!(is_key_id(text), expected, "{text}");
        }
    }

    #[test]
    fn a_key_is_pem() {
        let key = |label: &str, end: &str, body: &str| {
            format!("-----BEGIN {label}-----\r\n{body}\n-----END {end}-----\n")
        };
        for (text, expected) in [
            (key("PRIVATE KEY", "PRIVATE KEY", "MIGT\nAgEA=="), true),
            (key("EC PRIVATE KEY", "EC PRIVATE KEY", "MIGT"), true),
            (key("PRIVATE KEY", "EC PRIVATE KEY", "MIGT"), false),
            (key("PUBLIC KEY", "PUBLIC KEY", "MIGT"), false),
            (key("PRIVATE KEY", "PRIVATE KEY", "not base64!"), false),
            (key("PRIVATE KEY", "PRIVATE KEY", ""), false),
            ("MIGT".to_owned(), false),
        ] {
            assert_eq!(is_private_key(&text), expected, "{text}");
        }
    }
}
