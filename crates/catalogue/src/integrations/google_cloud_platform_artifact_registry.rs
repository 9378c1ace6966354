//! # Google Artifact Management
//!
//! ## What it does
//!
//! Names a repository of Google's Artifact Registry for a project. GitLab hands the names to its
//! jobs as variables; Crosstie runs no jobs, so it keeps these settings for GitLab's clients and
//! does not act on them.
//!
//! ## Set-up
//!
//! 1. In Google Cloud, make a repository in Artifact Registry.
//! 2. Enter the Google Cloud project, the repository's location and its name.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! It can be set up only for projects. Each has one repository. There is no test.

use crate::setting::settings;
use crate::{Category, Integration, Levels, Setting, google_cloud};

settings! {
    /// ID of the Google Cloud project that has the repository.
    artifact_registry_project_id: Setting::text("Google Cloud project ID").required(),
    /// Location of the repository, for example `europe-west1`.
    artifact_registry_location: Setting::text("Repository location").required(),
    /// Name of the repository; only one, despite the setting's name.
    artifact_registry_repositories: Setting::text("Repository name").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "google-cloud-platform-artifact-registry",
    title: "Google Artifact Management",
    summary: "Names a repository of Google's Artifact Registry.",
    category: Category::Registry,
    levels: Levels::Project,
    source: include_str!("google_cloud_platform_artifact_registry.rs"),
    settings: SETTINGS,
    disabled_by_default: google_cloud::DISABLED_BY_DEFAULT,
    example: &[
        ("artifact_registry_project_id", "shop"),
        ("artifact_registry_location", "europe-west1"),
        ("artifact_registry_repositories", "images"),
    ],
    ..Integration::DEFAULT
};
