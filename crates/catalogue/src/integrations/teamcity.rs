//! # JetBrains TeamCity
//!
//! ## What it does
//!
//! Connects a project to a build configuration on a TeamCity server. Crosstie keeps these settings
//! and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In TeamCity, make a user who may run the build configuration.
//! 2. Enter the server's address, the ID of the build configuration, and the user's name and
//!    password.
//!
//! ## Events
//!
//! - **Push to a branch, merge request**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to TeamCity, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting, credentials};
use model::Trigger;

settings! {
    /// Base address of the TeamCity server, for example `https://teamcity.example.com`.
    teamcity_url: Setting::url("TeamCity server URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
    /// ID of the build configuration to run.
    build_type: Setting::text("Build type").required(),
    /// Name of a TeamCity user who may run it.
    username: Setting::text("Username").may_be_blank(),
    /// Password of that user.
    password: Setting::secret("Password").may_be_blank(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "teamcity",
    title: "JetBrains TeamCity",
    summary: "Runs builds on a TeamCity server.",
    category: Category::Ci,
    source: include_str!("teamcity.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests],
    validate: |values| credentials::check(values).into_iter().collect(),
    ..Integration::BLANK
};
