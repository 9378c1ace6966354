//! # Packagist
//!
//! ## What it does
//!
//! Connects a project to its PHP package on a Packagist server. Crosstie keeps these settings and
//! does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Packagist, open your profile and copy the API token.
//! 2. Enter it with your user name, and the address of the server, if it is not
//!    `https://packagist.org`.
//!
//! ## Events
//!
//! - **Push, tag push, merge request**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Packagist, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// Name of the Packagist account.
    username: Setting::text("Username").required(),
    /// API token of that account.
    token: Setting::secret("Token").required(),
    /// Address of the Packagist server; `https://packagist.org` when it is blank.
    server: Setting::url("Server").binds_secrets(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "packagist",
    title: "Packagist",
    summary: "Has a PHP package updated on Packagist.",
    category: Category::Registry,
    source: include_str!("packagist.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    ..Integration::BLANK
};
