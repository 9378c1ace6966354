//! # Assembla
//!
//! ## What it does
//!
//! Tells an Assembla space of pushes. Crosstie keeps these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In the Assembla space, add the GitHub tool; it shows a secret key.
//! 2. Enter that key as `token` and the name of the space as `subdomain`.
//!
//! ## Events
//!
//! - **Push to a branch**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Assembla, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// Secret key that the space's tool shows.
    token: Setting::secret("Token").required(),
    /// Name of the Assembla space.
    subdomain: Setting::text("Subdomain"),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "assembla",
    title: "Assembla",
    summary: "Tells an Assembla space of pushes.",
    category: Category::Other,
    source: include_str!("assembla.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    ..Integration::BLANK
};
