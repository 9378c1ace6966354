//! # GitGuardian
//!
//! ## What it does
//!
//! Keeps the token with which pushes are scanned for secrets by GitGuardian. GitLab scans a push
//! before it takes it; Crosstie learns of a push only afterwards, so it keeps this setting for
//! GitLab's clients and scans nothing.
//!
//! ## Set-up
//!
//! 1. In GitGuardian, make a service account or personal access token with the `scan` scope.
//! 2. Enter it as `token`.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! No push is refused or scanned. There is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};

settings! {
    /// GitGuardian token with the `scan` scope.
    token: Setting::secret("API token").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "git-guardian",
    title: "GitGuardian",
    summary: "Keeps the token for scans by GitGuardian.",
    category: Category::Security,
    source: include_str!("git_guardian.rs"),
    settings: SETTINGS,
    ..Integration::DEFAULT
};
