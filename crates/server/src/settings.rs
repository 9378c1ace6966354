//! Settings for a caller: which level a request may change, and its input.
//!
//! The API and pages resolve the level here and then call the engine's `save`, `inherit`, `reset` and
//! `test`, whose errors are data that each of them shows in its own form.

use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::lookup::{self, Key};
use crate::params::Params;
use catalogue::{Integration, Levels};
use engine::Change;
use model::Trigger;
use model::access::AccessLevel;
use serde_json::Value;
use store::settings::Level;

/// A kind of level that integrations are set up at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LevelKind {
    /// a project, by its Maintainers
    Project,
    /// a group, by its Owners
    Group,
    /// the instance, by administrators
    Instance,
}

impl LevelKind {
    /// Whether an integration can be set up there.
    pub(crate) fn allows(self, integration: &Integration) -> bool {
        match integration.levels {
            Levels::All => true,
            Levels::ProjectAndGroup => self != Self::Instance,
            Levels::Project => self == Self::Project,
        }
    }

    /// The level that a key names, if the caller may set up integrations there. The instance needs no
    /// key.
    pub(crate) async fn level(
        self,
        app: &App,
        caller: &Caller,
        key: Key,
    ) -> Result<Level, ApiError> {
        match self {
            Self::Project => {
                let project =
                    lookup::project_for(app, caller, key, AccessLevel::Maintainer).await?;
                Ok(Level::Project(project.row.id))
            }
            Self::Group => {
                let group = lookup::group_for(app, caller, key, AccessLevel::Owner).await?;
                Ok(Level::Namespace(group.row.id))
            }
            Self::Instance => {
                caller.require_admin()?;
                Ok(Level::Instance)
            }
        }
    }
}

/// The values of parameters, sorted into settings and triggers.
pub(crate) fn change(integration: &Integration, params: &Params) -> Change {
    let is_trigger = |name: &str| {
        Trigger::from_field(name).is_some_and(|trigger| integration.triggers.contains(&trigger))
    };
    let (triggers, fields) = params
        .all()
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .partition(|(name, _): &(String, Value)| is_trigger(name));
    Change { fields, triggers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integration_is_set_up_only_at_its_levels() {
        let cases = [
            (Levels::All, [true, true, true]),
            (Levels::ProjectAndGroup, [true, true, false]),
            (Levels::Project, [true, false, false]),
        ];
        for (levels, expected) in cases {
            let integration = Integration {
                levels,
                ..Integration::DEFAULT
            };
            let kinds = [LevelKind::Project, LevelKind::Group, LevelKind::Instance];
            let allowed = kinds.map(|kind| kind.allows(&integration));
            assert_eq!(allowed, expected, "{levels:?}");
        }
    }
}
