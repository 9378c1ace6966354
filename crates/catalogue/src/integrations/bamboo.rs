//! # Atlassian Bamboo
//!
//! ## What it does
//!
//! Connects a project to a build plan on a Bamboo server. Crosstie keeps these settings and does not
//! act on events yet.
//!
//! ## Set-up
//!
//! 1. In Bamboo, give the plan a remote trigger, and make a user who may build it.
//! 2. Enter the server's address, the plan's key, and the user's name and password. Both may be
//!    blank for a server that lets anybody build.
//!
//! ## Events
//!
//! - **Push to a branch**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! The plan's key counts as a secret: it is never shown again, and must be entered anew, like the
//! password, when the address of the server changes.

use crate::setting::settings;
use crate::{Category, Integration, Setting, credentials};
use model::Trigger;

settings! {
    /// Base address of the Bamboo server, for example `https://bamboo.example.com`.
    bamboo_url: Setting::url("Bamboo URL").required().binds_secrets(),
    /// Whether the certificate of the server is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
    /// Key of the plan to build, for example `PROJ-PLAN`.
    build_key: Setting::secret("Build key").required(),
    /// Name of a Bamboo user who may build the plan.
    username: Setting::text("Username").may_be_blank(),
    /// Password of that user.
    password: Setting::secret("Password").may_be_blank(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "bamboo",
    title: "Atlassian Bamboo",
    summary: "Runs builds of a Bamboo plan.",
    category: Category::Ci,
    source: include_str!("bamboo.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push],
    validate: |values| credentials::check(values).into_iter().collect(),
    ..Integration::BLANK
};
