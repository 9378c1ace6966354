//! # GitHub
//!
//! ## What it does
//!
//! Names the GitHub repository that is to show the status of a project's pipelines. Crosstie keeps
//! these settings and does not act on events yet.
//!
//! ## Set-up
//!
//! 1. In GitHub, make an access token with the `repo:status` scope.
//! 2. Enter it and the address of the repository.
//!
//! ## Events
//!
//! - **Pipeline**: kept for later; nothing is sent yet.
//!
//! ## Limits
//!
//! It can be set up only for projects. Nothing is sent to GitHub, and there is no test.

use crate::setting::settings;
use crate::{Category, Integration, Levels, Setting};
use model::Trigger;

settings! {
    /// GitHub access token with the `repo:status` scope.
    token: Setting::secret("Token").required(),
    /// Address of the repository, for example `https://github.com/owner/repository`.
    repository_url: Setting::url("Repository URL").required().binds_secrets(),
    /// Name the status after the server's host rather than after the branch, so that it is the same
    /// for all branches.
    static_context: Setting::boolean("Static status check names", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "github",
    title: "GitHub",
    summary: "Shows the status of pipelines at commits on GitHub.",
    category: Category::Notification,
    levels: Levels::Project,
    source: include_str!("github.rs"),
    settings: SETTINGS,
    triggers: &[Trigger::Pipeline],
    example: &[("repository_url", "https://github.com/example/shop")],
    ..Integration::DEFAULT
};
