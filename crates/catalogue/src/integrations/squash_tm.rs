//! # Squash TM
//!
//! ## What it does
//!
//! Connects a project's issues to requirements in Squash TM. Crosstie keeps these settings and does
//! not act on events yet.
//!
//! ## Set-up
//!
//! 1. In Squash TM, set up the plug-in for GitLab; it shows the address of a web hook.
//! 2. Enter that address, and the token if the plug-in asks for one.
//!
//! ## Events
//!
//! - **Issue, confidential issue**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Squash TM, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// Address of the plug-in's web hook.
    url: Setting::url("Squash TM webhook URL").required().binds_secrets(),
    /// Token that the plug-in asks for, if it does.
    token: Setting::secret("Secret token").max(255),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "squash-tm",
    title: "Squash TM",
    summary: "Tells Squash TM of changed issues.",
    category: Category::Other,
    source: include_str!("squash_tm.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Issues, Trigger::ConfidentialIssues],
    ..Integration::BLANK
};
