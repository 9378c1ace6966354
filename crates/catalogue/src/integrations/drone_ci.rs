//! # Drone
//!
//! ## What it does
//!
//! Connects a project to a Drone server. Crosstie keeps these settings and does not act on events
//! yet.
//!
//! ## Set-up
//!
//! 1. In Drone, activate the repository and make a token.
//! 2. Enter the server's address and the token.
//!
//! ## Events
//!
//! - **Push, tag push, merge request**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Drone, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// Token of the Drone server.
    token: Setting::secret("Token").required(),
    /// Base address of the Drone server, for example `https://drone.example.com`.
    drone_url: Setting::url("Drone server URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "drone-ci",
    title: "Drone",
    summary: "Runs builds on a Drone server.",
    category: Category::Ci,
    source: include_str!("drone_ci.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    ..Integration::BLANK
};
