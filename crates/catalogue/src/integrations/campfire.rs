//! # Campfire Classic
//!
//! ## What it does
//!
//! Keeps which room of Campfire Classic pushes are to be told in. Crosstie keeps these settings and
//! does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Campfire, open *My info* and copy the API authentication token.
//! 2. Enter it as `token`, the part of your address before `.campfirenow.com` as `subdomain` and the
//!    number at the end of the room's address as `room`, and save.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data "token=secret&subdomain=example&room=123456" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/campfire"
//! ```
//!
//! ## Events
//!
//! The switch is kept. Crosstie does not act on pushes for this integration yet.
//!
//! ## Limits
//!
//! Nothing is sent, so there is nothing that could be tried.

use crate::setting::settings;
use crate::{Category, FieldError, Form, Integration, Setting, Values};
use model::{Kind, Trigger};

settings! {
    /// API authentication token of a Campfire user.
    token: Setting::secret("Campfire token").required(),
    /// What stands before `.campfirenow.com` in the address.
    subdomain: Setting::text("Campfire subdomain").max(63),
    /// Number of the room, from the end of its address.
    room: Setting::text("Campfire room ID"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "campfire",
    title: "Campfire",
    summary: "Tells a room of Campfire Classic of pushes to a project.",
    category: Category::Chat,
    source: include_str!("campfire.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    validate,
    form: Form::Passive(None),
    ..Integration::BLANK
};

fn validate(values: &Values) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let (subdomain, room) = (values.text("subdomain"), values.text("room"));
    if !subdomain.is_empty() && !is_label(&subdomain) {
        let message = "must begin with a letter and hold letters, digits and hyphens alone";
        errors.push(FieldError::new("subdomain", message));
    }
    if !room.is_empty() && !room.parse::<u64>().is_ok_and(|number| number > 0) {
        errors.push(FieldError::new("room", "must be a number greater than 0"));
    }
    errors
}

/// Whether it can be a part of a host name: chat facts, section 5.3.
fn is_label(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !text.ends_with('-')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
}

#[cfg(test)]
mod tests {
    use super::is_label;

    #[test]
    fn a_subdomain_cannot_lead_elsewhere() {
        for (text, expected) in [
            ("example", true),
            ("Ex-2", true),
            ("x", true),
            ("2x", false),
            ("x-", false),
            ("evil.test/", false),
            ("a@b", false),
        ] {
            assert_eq!(is_label(text), expected, "{text}");
        }
    }
}
