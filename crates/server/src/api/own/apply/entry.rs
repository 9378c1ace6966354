//! The entries of a settings document.

use catalogue::{Integration, Levels};
use engine::Declared;
use serde_json::{Map, Value};

/// An error and its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// the keys of the location
    pub(super) at: Vec<String>,
    /// the message, without the location
    pub(super) message: String,
}

/// Whose settings a section has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Instance,
    /// by full path
    Group(String),
    /// by full path
    Project(String),
}

impl Owner {
    /// `instance`, `group` or `project`.
    pub(super) fn level_name(&self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Group(_) => "group",
            Self::Project(_) => "project",
        }
    }

    /// The full path; nothing for the instance.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Instance => None,
            Self::Group(path) | Self::Project(path) => Some(path),
        }
    }

    /// The keys of its section.
    pub(super) fn at(&self) -> Vec<String> {
        match self {
            Self::Instance => vec!["instance".into()],
            Self::Group(path) => vec!["groups".into(), path.clone()],
            Self::Project(path) => vec!["projects".into(), path.clone()],
        }
    }

    pub(super) fn takes(&self, integration: &Integration) -> bool {
        match self {
            Self::Instance => integration.levels == Levels::All,
            Self::Group(_) => integration.levels != Levels::Project,
            Self::Project(_) => true,
        }
    }
}

/// The settings of one owner.
#[derive(Clone)]
pub(super) struct Section {
    pub(super) owner: Owner,
    /// the integrations, if it names any
    pub(super) integrations: Option<Vec<(&'static Integration, Declared)>>,
    /// the values of the source, if it names one
    pub(super) source: Option<Map<String, Value>>,
}

/// A value that changes; of a secret `old` and `new` say whether it is set.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) secret: bool,
    pub(super) old: Value,
    pub(super) new: Value,
}
