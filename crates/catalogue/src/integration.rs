//! What an integration is: plain data, and its capabilities side by side.

use crate::{Deliver, FieldError, Setting, Tracker, Values};
use model::{Kind, Trigger};
use outbound::Request;

/// One entry of the catalogue.
pub struct Integration {
    /// its name in paths, GitLab's
    pub slug: &'static str,
    /// other spellings of the slug that paths may use
    pub other_slugs: &'static [&'static str],
    /// its name for users
    pub title: &'static str,
    /// what it does, in one line
    pub summary: &'static str,
    /// what it is for
    pub category: Category,
    /// where it can be set up
    pub levels: Levels,
    /// whether only servers in development mode offer it
    pub for_development: bool,
    /// why the API is not enough to set it up, if so
    pub not_by_api: Option<&'static str>,
    /// whether the API cannot disable it either
    pub stays_on: bool,
    /// the text of its file, whose module documentation becomes its page
    pub source: &'static str,
    /// the vendor's documentation of the API that it uses
    pub docs_url: &'static str,
    /// where the vendor explains how to create the webhook, token or account it needs
    pub setup_url: &'static str,
    /// its settings, in the order shown
    pub settings: &'static [Setting],
    /// the triggers it has
    pub triggers: &'static [Trigger],
    /// the triggers that are disabled by default here, though usually enabled
    pub disabled_by_default: &'static [Trigger],
    /// the triggers that it checks itself, since it has something to do even while they are disabled
    pub own_triggers: &'static [Trigger],
    /// the kinds of events it acts on
    pub kinds: &'static [Kind],
    /// rules that concern several settings at once; called when it is active
    pub validate: fn(&Values) -> Vec<FieldError>,
    /// the URL of the tool, `scheme://host:port` and more; its origin is the destination that lanes
    /// and circuit breakers use
    pub address: fn(&Values) -> String,
    /// capability: delivers events
    pub deliver: Option<Deliver>,
    /// capability: issue tracker whose references in texts become links; a project has one active
    /// tracker at a time
    pub tracker: Option<fn(&Values) -> Tracker>,
    /// capability: the request that shows whether the tool is reachable, for an integration that
    /// delivers nothing
    pub probe: Option<fn(&Values) -> Request>,
    /// example values of settings, for its page and for the tests
    pub example: &'static [(&'static str, &'static str)],
    /// how the tool responds to success: status and body
    pub good_answer: (u16, &'static str),
}

impl Integration {
    /// What an entry need not declare.
    pub const DEFAULT: Self = Self {
        slug: "",
        other_slugs: &[],
        title: "",
        summary: "",
        category: Category::IssueTracker,
        levels: Levels::All,
        for_development: false,
        not_by_api: None,
        stays_on: false,
        source: "",
        docs_url: "",
        setup_url: "",
        settings: &[],
        triggers: &[],
        disabled_by_default: &[],
        own_triggers: &[],
        kinds: &[],
        validate: |_| Vec::new(),
        address: |_| String::new(),
        deliver: None,
        tracker: None,
        probe: None,
        example: &[],
        good_answer: (200, "ok"),
    };

    /// Its slug and the other spellings of it.
    pub fn slugs(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.slug).chain(self.other_slugs.iter().copied())
    }

    /// Whether it is a tracker in the sense that a project has only one at a time; an integration
    /// that merely links a tool to a tracker is not.
    pub fn is_issue_tracker(&self) -> bool {
        let category = self.category == Category::IssueTracker && self.not_by_api.is_none();
        category || self.tracker.is_some()
    }

    /// Whether a trigger is enabled while it was never set.
    pub fn is_enabled_by_default(&self, trigger: Trigger) -> bool {
        trigger.default_on() && !self.disabled_by_default.contains(&trigger)
    }
}

/// Where an integration can be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// projects, groups and the instance
    All,
    /// projects and groups
    ProjectAndGroup,
    /// only projects
    Project,
}

/// What an integration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// work on issues of a tracker
    IssueTracker,
    /// messages to people who talk
    Chat,
    /// builds
    Ci,
    /// mail and other notices
    Notification,
    /// pages that people write together
    Wiki,
    /// packages and images
    Registry,
    /// looking for what is wrong with code
    Security,
    /// all else
    Other,
}

impl Category {
    /// Its name for humans.
    pub fn title(self) -> &'static str {
        match self {
            Self::IssueTracker => "Issue tracker",
            Self::Chat => "Chat",
            Self::Ci => "Continuous integration",
            Self::Notification => "Notification",
            Self::Wiki => "Wiki",
            Self::Registry => "Registry",
            Self::Security => "Security",
            Self::Other => "Other",
        }
    }
}
