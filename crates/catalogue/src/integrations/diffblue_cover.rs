//! # Diffblue Cover
//!
//! ## What it does
//!
//! Keeps the licence and the access token with which CI jobs run Diffblue Cover, which writes unit
//! tests for Java. GitLab hands them to its jobs as variables; Crosstie runs no jobs, so it keeps
//! these settings for GitLab's clients and does not act on them.
//!
//! ## Set-up
//!
//! 1. Get a licence key from Diffblue.
//! 2. On the Git host, make an access token for the jobs to push tests with.
//! 3. Enter the licence key, and the token's name and secret.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! There is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};

settings! {
    /// Licence key of Diffblue Cover.
    diffblue_license_key: Setting::secret("License key").required(),
    /// Name of the access token that jobs use.
    diffblue_access_token_name: Setting::text("Access token name").required(),
    /// The access token itself.
    diffblue_access_token_secret: Setting::secret("Access token secret").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "diffblue-cover",
    title: "Diffblue Cover",
    summary: "Keeps what jobs need to run Diffblue Cover.",
    category: Category::Other,
    source: include_str!("diffblue_cover.rs"),
    settings: SETTINGS,
    example: &[("diffblue_access_token_name", "cover")],
    ..Integration::DEFAULT
};
