//! # External wiki
//!
//! ## What it does
//!
//! Names a wiki elsewhere that belongs to a project. Crosstie keeps the address for those who ask
//! the API for it.
//!
//! ## Set-up
//!
//! 1. Enter the address of the wiki as `external_wiki_url`.
//! 2. Run the test: the page is fetched, and its status is shown.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! The test asks without signing in: a wiki that is not public may answer with a refusal, which
//! still shows that it is there.

use crate::setting::settings;
use crate::{Category, Integration, Setting};
use outbound::Request;

settings! {
    /// Address of the wiki, for example `https://wiki.example.com/project`.
    external_wiki_url: Setting::url("External wiki URL").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "external-wiki",
    title: "External wiki",
    summary: "Names a wiki elsewhere that belongs to a project.",
    category: Category::Wiki,
    source: include_str!("external_wiki.rs"),
    settings: SETTINGS,
    address: |values| values.text("external_wiki_url"),
    probe: Some(|values| Request::get(values.text("external_wiki_url"))),
    example: &[("external_wiki_url", "https://wiki.example.com/shop")],
    ..Integration::DEFAULT
};
