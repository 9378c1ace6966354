//! # Google Cloud IAM
//!
//! ## What it does
//!
//! Names the workload identity pool through which jobs sign in to Google Cloud. Crosstie runs no
//! jobs, so it keeps these settings for GitLab's clients and does not act on them.
//!
//! ## Set-up
//!
//! 1. In Google Cloud, make a workload identity pool and a provider in it.
//! 2. Enter the project's ID and number, and the IDs of the pool and the provider.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! There is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting, google_cloud};

settings! {
    /// ID of the Google Cloud project that has the pool.
    workload_identity_federation_project_id: Setting::text("Project ID").required(),
    /// Number of that project.
    workload_identity_federation_project_number: Setting::number("Project number").required().range(1, i64::MAX),
    /// ID of the workload identity pool.
    workload_identity_pool_id: Setting::text("Pool ID").required(),
    /// ID of the provider in the pool.
    workload_identity_pool_provider_id: Setting::text("Provider ID").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "google-cloud-platform-workload-identity-federation",
    title: "Google Cloud IAM",
    summary: "Names the pool through which jobs sign in to Google Cloud.",
    category: Category::Security,
    source: include_str!("google_cloud_platform_workload_identity_federation.rs"),
    settings: SETTINGS,
    disabled_by_default: google_cloud::DISABLED_BY_DEFAULT,
    example: &[
        ("workload_identity_federation_project_id", "shop"),
        ("workload_identity_federation_project_number", "123456"),
        ("workload_identity_pool_id", "jobs"),
        ("workload_identity_pool_provider_id", "crosstie"),
    ],
    ..Integration::DEFAULT
};
