//! # Confluence Workspace
//!
//! ## What it does
//!
//! Names the Confluence Cloud workspace that serves as a project's wiki. Crosstie has no wiki to
//! replace: it keeps the address for those who ask the API for it.
//!
//! ## Set-up
//!
//! 1. Open the workspace in a browser.
//! 2. Enter its address as `confluence_url`, for example `https://example.atlassian.net/wiki`.
//!
//! ## Events
//!
//! None. Crosstie does not act on events for this integration.
//!
//! ## Limits
//!
//! Only Confluence Cloud is supported, not Confluence Data Center. There is no test.

use crate::setting::settings;
use crate::{Category, FieldError, Integration, Setting, Values};
use url::Url;

settings! {
    /// Address of the workspace on `atlassian.net`.
    confluence_url: Setting::url("Confluence Cloud Workspace URL").required(),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "confluence",
    title: "Confluence Workspace",
    summary: "Names the Confluence workspace that is a project's wiki.",
    category: Category::Wiki,
    source: include_str!("confluence.rs"),
    settings: SETTINGS,
    validate,
    example: &[("confluence_url", "https://example.atlassian.net/wiki")],
    ..Integration::DEFAULT
};

fn validate(values: &Values) -> Vec<FieldError> {
    let text = values.text("confluence_url");
    if text.is_empty() || is_workspace(&text) {
        return Vec::new();
    }
    let message = "URL must be to a Confluence Cloud Workspace hosted on atlassian.net";
    vec![FieldError::new("confluence_url", message)]
}

/// A host below `atlassian.net`, and a path that begins with `/wiki`.
fn is_workspace(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default();
        let below = host.strip_suffix(".atlassian.net");
        let first = url.path_segments().and_then(|mut segments| segments.next());
        matches!(url.scheme(), "http" | "https")
            && below.is_some_and(|name| !name.is_empty())
            && first == Some("wiki")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_a_cloud_workspace() {
        for (text, expected) in [
            ("https://x.atlassian.net/wiki", true),
            ("http://x.atlassian.net/wiki/spaces/AB", true),
            ("https://x.atlassian.net/wikis", false),
            ("https://x.atlassian.net", false),
            ("https://atlassian.net/wiki", false),
            ("https://atlassian.net.evil.test/wiki", false),
            ("https://xatlassian.net/wiki", false),
            ("ftp://x.atlassian.net/wiki", false),
        ] {
            assert_eq!(is_workspace(text), expected, "{text}");
        }
    }
}
