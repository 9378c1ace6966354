//! The integrations, one file each.
//!
//! An integration never reads the store, the clock or the network by itself: it is
//! given the event, its settings' [`Values`] and a [`Context`], and it reaches the
//! world only through the [`outbound::Net`] it is handed.

pub mod answers;
mod branches;
mod builds;
pub mod chat;
mod context;
mod credentials;
mod deliver;
#[cfg(test)]
mod destinations;
#[cfg(test)]
mod fuzz;
mod google_cloud;
mod integration;
pub mod markdown;
mod memo;
mod outcome;
pub mod page;
mod plan;
mod query;
pub mod references;
mod rules;
pub mod sample;
mod setting;
#[cfg(test)]
mod testing;
mod time;
mod tracker_urls;
pub mod trackers;
mod values;
pub mod webhook;

pub use context::Context;
pub use deliver::{Conversation, Deliver, MailInput, MailSite};
pub use integration::{Category, Integration, Levels};
pub use memo::Memo;
pub use outcome::{End, Failure, Skip, Then};
pub use plan::{Plan, Step};
pub use references::References;
pub use setting::{Default, Kind, Part, Setting};
pub use trackers::Tracker;
pub use values::{FieldError, Values};

/// Declares the modules of the integrations and the list of all, in alphabetical order.
macro_rules! catalogue {
    ($($name:ident),* $(,)?) => {
        /// One module for each integration.
        pub mod integrations {
            $(pub mod $name;)*
        }

        /// Every integration.
        pub static ALL: &[&Integration] = &[$(&integrations::$name::INTEGRATION),*];
    };
}

catalogue! {
    apple_app_store,
    asana,
    assembla,
    bamboo,
    bugzilla,
    buildkite,
    campfire,
    clickup,
    confluence,
    custom_issue_tracker,
    datadog,
    diffblue_cover,
    discord,
    drone_ci,
    emails_on_push,
    ewm,
    external_wiki,
    git_guardian,
    github,
    gitlab_slack_application,
    google_cloud_platform_artifact_registry,
    google_cloud_platform_workload_identity_federation,
    google_play,
    hangouts_chat,
    harbor,
    irker,
    jenkins,
    jira,
    jira_cloud_app,
    linear,
    matrix,
    mattermost,
    mattermost_slash_commands,
    microsoft_teams,
    mock_ci,
    packagist,
    phorge,
    pipelines_email,
    pivotaltracker,
    pumble,
    pushover,
    redmine,
    slack,
    slack_slash_commands,
    squash_tm,
    teamcity,
    telegram,
    unify_circuit,
    webex_teams,
    youtrack,
}

/// The integration of that slug, in any spelling that it has.
pub fn find(slug: &str) -> Option<&'static Integration> {
    ALL.iter()
        .copied()
        .find(|integration| integration.slugs().any(|name| name == slug))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_found() {
        for integration in ALL {
            for slug in integration.slugs() {
                assert!(std::ptr::eq(find(slug).unwrap(), *integration), "{slug}");
            }
        }
        assert!(find("no-such-thing").is_none());
    }

    #[test]
    fn every_setting_is_declared_once_and_documented() {
        for integration in ALL {
            let mut names = Vec::new();
            for setting in integration.settings {
                let setting_name = format!("{}.{}", integration.slug, setting.name);
                for name in std::iter::once(&setting.name).chain(setting.aliases) {
                    assert!(!names.contains(name), "{setting_name}: {name} twice");
                    names.push(name);
                }
                assert!(
                    setting.help().len() > 10 && !setting.title.is_empty(),
                    "{setting_name} has no help"
                );
            }
        }
    }

    #[test]
    fn every_integration_that_delivers_links_to_its_vendors_documentation() {
        for integration in ALL {
            for url in [integration.docs_url, integration.setup_url] {
                let is_https = url::Url::parse(url).is_ok_and(|url| url.scheme() == "https");
                assert!(url.is_empty() || is_https, "{}: {url}", integration.slug);
            }
            let is_documented = integration.deliver.is_none() || !integration.docs_url.is_empty();
            assert!(is_documented, "{} has no docs_url", integration.slug);
        }
    }
}
