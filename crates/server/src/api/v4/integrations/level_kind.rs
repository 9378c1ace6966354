//! The three levels: who may set up what there.

use crate::call::Call;
use crate::error::ApiError;
use catalogue::{Integration, Levels};
use model::access::AccessLevel;
use store::settings::Level;

/// A kind of level that integrations are set up at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum LevelKind {
    /// a project, by its Maintainers
    Project,
    /// a group, by its Owners
    Group,
    /// the instance, by administrators
    Instance,
}

impl LevelKind {
    /// What its list is, in one line.
    pub(super) fn summary(self) -> &'static str {
        match self {
            Self::Project => "List the active integrations of a project",
            Self::Group => "List the active integrations of a group",
            Self::Instance => "List the active integrations of the instance",
        }
    }

    /// Whether an integration can be set up there.
    pub(super) fn allows(self, integration: &Integration) -> bool {
        match integration.levels {
            Levels::All => true,
            Levels::ProjectAndGroup => self != Self::Instance,
            Levels::Project => self == Self::Project,
        }
    }

    /// The level that a path names, if the caller may set integrations up there.
    pub(in crate::api) async fn level(self, call: &Call) -> Result<Level, ApiError> {
        match self {
            Self::Project => {
                let project = call.project(AccessLevel::Maintainer).await?;
                Ok(Level::Project(project.row.id))
            }
            Self::Group => {
                let group = call.group(AccessLevel::Owner).await?;
                Ok(Level::Namespace(group.row.id))
            }
            Self::Instance => {
                call.admin()?;
                Ok(Level::Instance)
            }
        }
    }

    /// The same, if that integration can be set up there.
    pub(super) async fn level_for(
        self,
        call: &Call,
        integration: &Integration,
    ) -> Result<Level, ApiError> {
        let level = self.level(call).await?;
        self.check(integration)?;
        Ok(level)
    }

    /// Fails if an integration cannot be set up there.
    pub(in crate::api) fn check(self, integration: &Integration) -> Result<(), ApiError> {
        if self.allows(integration) {
            Ok(())
        } else {
            Err(ApiError::Refused("400 Integration not available".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integration_stays_where_it_can_be_set_up() {
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
