//! # Mock CI
//!
//! ## What it does
//!
//! Names a stand-in of a build server, for those who develop clients of the API. Crosstie keeps
//! these settings and does not act on them.
//!
//! ## Set-up
//!
//! 1. Start a server that answers with the statuses you want to see.
//! 2. Enter its address as `mock_service_url`.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! It is available only on servers for development. There is no test.

use crate::setting::settings;
use crate::{Category, Integration, Setting};

settings! {
    /// Address of the stand-in, for example `http://localhost:4004`.
    mock_service_url: Setting::url("Mock service URL").required(),
    /// Whether the certificate of the stand-in is verified.
    enable_ssl_verification: Setting::boolean("Enable SSL verification", true),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "mock-ci",
    title: "MockCI",
    summary: "Names a stand-in of a build server, for development.",
    category: Category::Ci,
    for_development: true,
    source: include_str!("mock_ci.rs"),
    settings: SETTINGS,
    example: &[("mock_service_url", "https://mock.example.com")],
    ..Integration::DEFAULT
};
