//! # Pivotal Tracker
//!
//! ## What it does
//!
//! Connects commits with the Pivotal Tracker stories that they name. Crosstie keeps these settings
//! and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Pivotal Tracker, open your profile and make an API token.
//! 2. Enter it as `token`.
//!
//! ## Events
//!
//! - **Push to a branch**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Pivotal Tracker, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// API token of the Pivotal Tracker user.
    token: Setting::secret("Token").required(),
    /// Branches whose commits are told of, separated by commas; all when it is blank.
    restrict_to_branch: Setting::text("Restrict to branch"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "pivotaltracker",
    title: "Pivotal Tracker",
    summary: "Tells Pivotal Tracker of commits.",
    category: Category::Other,
    source: include_str!("pivotaltracker.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    ..Integration::BLANK
};
