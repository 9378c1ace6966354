//! # GitLab for Slack app
//!
//! ## What it does
//!
//! Stores which Slack channels the GitLab for Slack app is to notify about events. The app
//! is installed in a workspace by GitLab itself; Crosstie stores these settings but does not act on
//! events yet. To have messages in Slack now, set up *Slack notifications*.
//!
//! ## Set-up
//!
//! 1. The app is installed from a page and not by the API: without an installation it cannot be set
//!    up.
//! 2. Where it is installed, choose channels and events, and save.
//!
//! ## Events
//!
//! Every switch is off at first. The switches are kept; Crosstie does not act on events for this
//! integration yet.
//!
//! ## Limits
//!
//! At most 10 channels for one event. Nothing is sent, so there is nothing to test.

use crate::chat::settings::{FOR_CHANNELS, SLACK_CHANNELS};
use crate::chat::{channels, events};
use crate::setting::settings;
use crate::{Category, Integration};

settings! { ..FOR_CHANNELS, ..SLACK_CHANNELS }

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "gitlab-slack-application",
    title: "GitLab for Slack app",
    summary: "Notifies Slack channels about what happens in a project, through GitLab's own app.",
    category: Category::Chat,
    not_by_api: Some("its app has to be installed in the Slack workspace first"),
    source: include_str!("gitlab_slack_application.rs"),
    settings: SETTINGS,
    triggers: events::FOR_CHANNELS.triggers,
    disabled_by_default: events::FOR_CHANNELS.triggers,
    kinds: events::FOR_CHANNELS.kinds,
    validate: channels::check,
    ..Integration::DEFAULT
};
