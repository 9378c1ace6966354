//! What an integration is.

use crate::{Context, FieldError, Plan, Setting, Tracker, Values};
use async_trait::async_trait;
use model::{Event, Kind, Trigger};
use outbound::{Answer, Net, Request, SendError};
use serde_json::{Map, Value};
use std::time::Duration;

/// One entry of the catalogue: plain data and the functions that make it act.
pub struct Integration {
    /// its name in paths, GitLab's
    pub slug: &'static str,
    /// other spellings of its name that paths may have
    pub other_slugs: &'static [&'static str],
    /// its name for humans
    pub title: &'static str,
    /// what it does, in one line
    pub summary: &'static str,
    /// what it is for
    pub category: Category,
    /// where it can be set up
    pub levels: Levels,
    /// whether it is there on servers that developers try things on alone
    pub for_development: bool,
    /// why it cannot be set up by the API alone, if it cannot
    pub not_by_api: Option<&'static str>,
    /// whether the API cannot switch it off either
    pub stays_on: bool,
    /// the text of its file, whose module documentation is its page
    pub source: &'static str,
    /// its settings, in the order shown
    pub settings: &'static [Setting],
    /// the event switches it has
    pub triggers: &'static [Trigger],
    /// those of its switches that are off until set, though others of the name are on
    pub off_at_first: &'static [Trigger],
    /// the kinds of events it acts on
    pub kinds: &'static [Kind],
    /// rules that concern several settings at once; called when it is active
    pub validate: fn(&Values) -> Vec<FieldError>,
    /// the address of the tool, `scheme://host:port` and more; names the queue and the breaker
    pub address: fn(&Values, &Context) -> String,
    /// whether it wants to know what a push changed ([`Context::comparison`])
    pub wants_comparison: bool,
    /// how its issues are named in text, if it is an issue tracker that a project's texts refer
    /// to; a project has one such integration at a time
    pub tracker: Option<fn(&Values) -> Tracker>,
    /// how it acts
    pub form: Form,
    /// values of settings as an example shows them, and as tests set it up
    pub example: &'static [(&'static str, &'static str)],
    /// what the tool answers when it has taken something: status and body
    pub good_answer: (u16, &'static str),
}

impl Integration {
    /// What an entry need not say.
    pub const BLANK: Self = Self {
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
        settings: &[],
        triggers: &[],
        off_at_first: &[],
        kinds: &[],
        validate: |_| Vec::new(),
        address: |_, _| String::new(),
        wants_comparison: false,
        tracker: None,
        form: Form::Passive(None),
        example: &[],
        good_answer: (200, "ok"),
    };
}

impl Integration {
    /// Its name in paths, and the other spellings of it.
    pub fn slugs(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.slug).chain(self.other_slugs.iter().copied())
    }

    /// Whether it is where a project's issues are kept, of which a project has one at a time. What
    /// only links a tool to a tracker is none.
    pub fn is_issue_tracker(&self) -> bool {
        let category = self.category == Category::IssueTracker && self.not_by_api.is_none();
        category || self.tracker.is_some()
    }

    /// Whether an event switch is on while it was never set.
    pub fn is_on_at_first(&self, trigger: Trigger) -> bool {
        trigger.default_on() && !self.off_at_first.contains(&trigger)
    }
}

/// How an integration acts.
#[derive(Clone, Copy)]
pub enum Form {
    /// by being looked up: it makes no deliveries. The request that shows whether its address
    /// works, if there is one.
    Passive(Option<fn(&Values) -> Request>),
    /// by sending what follows from event and settings
    Plan(&'static dyn Plan),
    /// by talking to the tool
    Conversation(&'static dyn Conversation),
}

/// Where an integration can be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// projects, groups and the instance
    All,
    /// projects and groups
    ProjectAndGroup,
    /// projects alone
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

/// Whether an event is worth a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// there is something to do
    Deliver,
    /// there is not; the reason, for a human
    Skip(String),
}

/// How a delivery ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// what became of it
    pub end: End,
    /// what was found out about the tool, to be given back in [`Values`] next time
    pub learned: Option<Map<String, Value>>,
}

/// What became of a delivery that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// the tool has it; a note for the log, if there is something to say
    Delivered(Option<String>),
    /// the tool was asked and there was nothing to do; the reason
    Skipped(String),
}

/// How a delivery failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// it may succeed later
    Again {
        /// what went wrong, for a human
        why: String,
        /// how long the tool asks to wait
        after: Option<Duration>,
        /// whether the tool itself seems down, so that others need not knock
        down: bool,
    },
    /// it will not succeed until somebody changes something
    Never {
        /// what went wrong and what to do, for a human
        why: String,
    },
    /// the tool refused the credentials: they are not shown to it again until the settings are
    /// saved or a test succeeds, since a tool that is shown wrong ones too often locks the account
    Refused {
        /// what the tool said and what to do, for a human
        why: String,
    },
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        let why = error.to_string();
        if error.is_temporary() {
            Self::Again {
                why,
                after: None,
                down: true,
            }
        } else {
            Self::Never { why }
        }
    }
}

impl Failure {
    /// What went wrong, for a human.
    pub fn why(&self) -> &str {
        match self {
            Self::Again { why, .. } | Self::Never { why } | Self::Refused { why } => why,
        }
    }
}

/// An integration that must read an answer before it speaks again.
#[async_trait]
pub trait Conversation: Send + Sync {
    /// Whether it has something to do for this event; pure.
    fn decide(&self, event: &Event, values: &Values, context: &Context) -> Decision;

    /// Delivers an event. The settings may have changed since the event was matched: what is no
    /// longer wanted ends as skipped. Run again after a crash or a failure, it must find what it
    /// has already done and not do it twice.
    async fn run(
        &self,
        event: &Event,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
    ) -> Result<Done, Failure>;

    /// Checks the settings against the tool without changing anything there.
    ///
    /// Answers what the tool says of itself.
    async fn test(
        &self,
        values: &Values,
        context: &Context,
        net: &mut dyn Net,
    ) -> Result<Value, Failure>;

    /// What the tool would answer, for a preview that sends nothing.
    fn example(&self, request: &Request, values: &Values) -> Answer;
}
