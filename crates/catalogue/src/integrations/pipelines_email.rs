//! # Pipeline status emails
//!
//! ## What it does
//!
//! Names those who want mail about a project's pipelines. Crosstie stores these settings but does not
//! act on events yet.
//!
//! ## Set-up
//!
//! 1. Enter the addresses as `recipients`, separated by commas.
//! 2. Choose whether pipelines that pass are worth a mail, and for which branches.
//!
//! ## Events
//!
//! - **Pipeline**: kept for later; no mail is sent yet.
//!
//! ## Limits
//!
//! At most 30 recipients. There is no test.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Setting, Values, branches};
use model::Trigger;

settings! {
    /// Mail addresses, separated by commas, spaces or line breaks.
    recipients: Setting::text("Recipients").required().max(16_384),
    /// Tell of a pipeline only when it failed.
    notify_only_broken_pipelines: Setting::boolean("Notify only broken pipelines", true),
    /// Forerunner of `branches_to_be_notified`, which counts once it is set.
    notify_only_default_branch: Setting::boolean("Notify only default branch", false),
    /// Branches whose pipelines are sent.
    branches_to_be_notified: Setting::choice(
        "Branches for which notifications are to be sent",
        "default",
        branches::CHOICES,
        branches::MEANINGS,
    ),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pipelines-email",
    title: "Pipeline status emails",
    summary: "Sends mail about pipelines.",
    category: Category::Notification,
    source: include_str!("pipelines_email.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Pipeline],
    validate,
    example: &[("recipients", "dev@example.com,ops@example.com")],
    ..Integration::DEFAULT
};

/// Maximum number of recipients.
const MOST: usize = 30;

fn validate(values: &Values) -> Vec<FieldError> {
    let recipients = values.text("recipients");
    let count = recipients
        .split([',', '\r', '\n', ' '])
        .filter(|address| !address.is_empty())
        .count();
    let error =
        (count > MOST).then(|| FieldError::new("recipients", format!("can't exceed {MOST}")));
    error.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;
    use std::collections::BTreeMap;

    #[test]
    fn thirty_recipients_and_no_more() {
        let errors = |count: usize, between: &str| {
            let text = vec!["a@b.test"; count].join(between);
            let plain = Map::from_iter([("recipients".to_owned(), text.into())]);
            validate(&Values::new(SETTINGS, plain, BTreeMap::new(), Map::new()))
        };
        for between in [",", ", ", "\r\n", " "] {
            assert!(errors(30, between).is_empty(), "{between:?}");
            let error = FieldError::new("recipients", "can't exceed 30");
            assert_eq!(errors(31, between), [error], "{between:?}");
        }
    }
}
