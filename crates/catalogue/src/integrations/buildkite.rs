//! # Buildkite
//!
//! ## What it does
//!
//! Connects a project to a pipeline on Buildkite. Crosstie keeps these settings and does not act on
//! events yet.
//!
//! ## Set-up
//!
//! 1. In Buildkite, make a pipeline for a GitLab repository; it shows a token.
//! 2. Enter the token and the address of the pipeline.
//!
//! ## Events
//!
//! - **Push, tag push, merge request**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! Nothing is sent to Buildkite, and there is no test. Buildkite's certificate is always verified.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use model::Trigger;

settings! {
    /// Token that Buildkite shows for the pipeline: two parts with a colon between.
    token: Setting::secret("Token").required(),
    /// Address of the pipeline's page, for example `https://buildkite.com/example/pipeline`.
    project_url: Setting::url("Pipeline URL").required(),
    /// Taken for older clients and without effect: the certificate is always verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "buildkite",
    title: "Buildkite",
    summary: "Runs builds of a Buildkite pipeline.",
    category: Category::Ci,
    source: include_str!("buildkite.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::MergeRequests, Trigger::TagPush],
    ..Integration::BLANK
};
