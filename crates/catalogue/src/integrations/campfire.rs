//! # Campfire Classic
//!
//! ## What it does
//!
//! Posts pushes to a room of Campfire Classic. Crosstie stores these settings but does not act on
//! events yet.
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
//! The trigger is stored. Crosstie does not act on pushes for this integration yet.
//!
//! ## Limits
//!
//! Nothing is sent, so there is nothing to test.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Setting, Values};
use model::{Kind, Trigger};

settings! {
    /// API authentication token of a Campfire user.
    token: Setting::secret("Campfire token").required(),
    /// What stands before `.campfirenow.com` in the address.
    subdomain: Setting::label("Campfire subdomain").binds_secrets(),
    /// Number of the room, from the end of its address.
    room: Setting::text("Campfire room ID"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "campfire",
    title: "Campfire",
    summary: "Notifies a Campfire Classic room about pushes to a project.",
    category: Category::Chat,
    source: include_str!("campfire.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    kinds: &[Kind::Push],
    validate,
    address: |values| format!("https://{}.campfirenow.com", values.text("subdomain")),
    example: &[("subdomain", "example"), ("room", "123456")],
    ..Integration::DEFAULT
};

fn validate(values: &Values) -> Vec<FieldError> {
    let room = values.text("room");
    let fine = room.is_empty() || room.parse::<u64>().is_ok_and(|number| number > 0);
    let error = (!fine).then(|| FieldError::new("room", "must be a number greater than 0"));
    error.into_iter().collect()
}
