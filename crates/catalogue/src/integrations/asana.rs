//! # Asana
//!
//! ## What it does
//!
//! Connects commits with the Asana tasks that they name. Crosstie keeps these settings and does not
//! act on events yet.
//!
//! ## Set-up
//!
//! 1. In Asana, make a personal access token for a user who sees the tasks.
//! 2. Enter it as `api_key`. Comments will appear under that user's name.
//! 3. Use the test: Asana says whether it knows the token.
//!
//! ## Events
//!
//! - **Push to a branch**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Asana but by the test.

use crate::setting::settings;
use crate::{Category, Form, Integration, Setting};
use model::Trigger;
use outbound::{Auth, Request};

settings! {
    /// Personal access token of the Asana user who is to comment on tasks.
    api_key: Setting::secret("API key").required(),
    /// Branches whose commits are read, separated by commas; all when it is blank.
    restrict_to_branch: Setting::text("Restrict to branch"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "asana",
    title: "Asana",
    summary: "Connects commits with Asana tasks.",
    category: Category::Other,
    source: include_str!("asana.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    form: Form::Passive(Some(|values| {
        Request::get("https://app.asana.com/api/1.0/users/me").auth(Auth::Bearer(values.secret("api_key")))
    })),
    ..Integration::BLANK
};
