//! The integrations, one file each.
//!
//! An integration never reads the store, the clock or the network by itself: it is
//! given the event, its settings' [`Values`] and a [`Context`], and it reaches the
//! world only through the [`outbound::Net`] it is handed.

pub mod answers;
mod branches;
pub mod chat;
mod context;
#[cfg(test)]
mod fuzz;
mod integration;
pub mod markdown;
pub mod page;
mod plan;
pub mod references;
pub mod sample;
mod setting;
mod time;
mod tracker_urls;
pub mod trackers;
mod values;
pub mod webhook;

pub use context::{Context, MailSite};
pub use integration::{
    Category, Conversation, Decision, Done, End, Failure, Form, Integration, Levels,
};
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
    bugzilla,
    campfire,
    clickup,
    custom_issue_tracker,
    discord,
    emails_on_push,
    ewm,
    gitlab_slack_application,
    hangouts_chat,
    irker,
    jenkins,
    jira,
    jira_cloud_app,
    linear,
    matrix,
    mattermost,
    mattermost_slash_commands,
    microsoft_teams,
    phorge,
    pumble,
    pushover,
    redmine,
    slack,
    slack_slash_commands,
    telegram,
    unify_circuit,
    webex_teams,
    youtrack,
}

/// The integration of that slug.
pub fn find(slug: &str) -> Option<&'static Integration> {
    ALL.iter()
        .copied()
        .find(|integration| integration.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_unique_and_found() {
        for integration in ALL {
            assert!(std::ptr::eq(find(integration.slug).unwrap(), *integration));
        }
        assert!(find("no-such-thing").is_none());
    }

    #[test]
    fn every_setting_is_declared_once_and_documented() {
        for integration in ALL {
            let names: Vec<_> = integration
                .settings
                .iter()
                .map(|setting| setting.name)
                .collect();
            for (index, setting) in integration.settings.iter().enumerate() {
                let place = format!("{}.{}", integration.slug, setting.name);
                assert!(!names[..index].contains(&setting.name), "{place} twice");
                assert!(
                    setting.help().len() > 10 && !setting.title.is_empty(),
                    "{place} has no help"
                );
            }
        }
    }
}
