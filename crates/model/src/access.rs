//! GitLab's roles, token scopes and visibility levels.

use serde::{Deserialize, Serialize};

/// A member's role (<https://docs.gitlab.com/api/access_requests/#valid-access-levels>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum AccessLevel {
    /// 0: no rights
    NoAccess,
    /// 5
    Minimal,
    /// 10
    Guest,
    /// 15
    Planner,
    /// 20
    Reporter,
    /// 30
    Developer,
    /// 40: may change a project's integrations
    Maintainer,
    /// 50: may change a group's integrations
    Owner,
}

impl AccessLevel {
    /// All levels with GitLab's number and description.
    pub const ALL: [(Self, i64, &'static str); 8] = [
        (Self::NoAccess, 0, "No access"),
        (Self::Minimal, 5, "Minimal Access"),
        (Self::Guest, 10, "Guest"),
        (Self::Planner, 15, "Planner"),
        (Self::Reporter, 20, "Reporter"),
        (Self::Developer, 30, "Developers + Maintainers"),
        (Self::Maintainer, 40, "Maintainers"),
        (Self::Owner, 50, "Owner"),
    ];

    /// The number in GitLab's API.
    pub fn number(self) -> i64 {
        Self::ALL
            .iter()
            .find(|row| row.0 == self)
            .map_or(0, |row| row.1)
    }

    /// GitLab's description.
    pub fn description(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.2)
    }
}

impl From<AccessLevel> for i64 {
    fn from(level: AccessLevel) -> Self {
        level.number()
    }
}

impl TryFrom<i64> for AccessLevel {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, Self::Error> {
        Self::ALL
            .iter()
            .find(|row| row.1 == number)
            .map(|row| row.0)
            .ok_or_else(|| format!("{number} is not an access level"))
    }
}

/// What an access token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// everything its owner may do
    Api,
    /// reading everything its owner may read
    ReadApi,
    /// reading its owner's profile
    ReadUser,
}

impl Scope {
    /// All scopes with their names in the API.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Api, "api"),
        (Self::ReadApi, "read_api"),
        (Self::ReadUser, "read_user"),
    ];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.1)
    }

    /// The scope with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

/// Who may see a project or group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// members only
    #[default]
    Private,
    /// all signed-in users
    Internal,
    /// everyone
    Public,
}

impl Visibility {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }

    /// The number in GitLab's webhook bodies: 0, 10 or 20.
    pub fn level(self) -> i64 {
        match self {
            Self::Private => 0,
            Self::Internal => 10,
            Self::Public => 20,
        }
    }

    /// The visibility with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Private, Self::Internal, Self::Public]
            .into_iter()
            .find(|visibility| visibility.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_levels_agree_both_ways() {
        for (level, number, _) in AccessLevel::ALL {
            assert_eq!(AccessLevel::try_from(number), Ok(level));
            assert_eq!(i64::from(level), number);
        }
        assert!(AccessLevel::try_from(41).is_err());
        assert!(AccessLevel::Maintainer < AccessLevel::Owner);
    }
}
