//! The parts that several kinds of events share.

use serde::{Deserialize, Deserializer};

/// Deserializes `null` as the type's default: hosts send it for absent values.
pub(super) fn or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The `project` of a body.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProjectPart {
    /// id on its host; absent in bodies of old hosts
    pub id: Option<i64>,
    /// display name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// page on its host
    #[serde(deserialize_with = "or_empty")]
    pub web_url: String,
    /// `group/project`
    #[serde(deserialize_with = "or_empty")]
    pub path_with_namespace: String,
    /// default branch; empty for an empty repository
    #[serde(deserialize_with = "or_empty")]
    pub default_branch: String,
}

/// The author of a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Person {
    /// full name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// mail address
    #[serde(deserialize_with = "or_empty")]
    pub email: String,
}

/// A user of the Git host.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct User {
    /// full name
    #[serde(deserialize_with = "or_empty")]
    pub name: String,
    /// user name
    #[serde(deserialize_with = "or_empty")]
    pub username: String,
    /// URL of the picture
    #[serde(deserialize_with = "or_empty")]
    pub avatar_url: String,
}

/// A label of an issue or merge request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Label {
    /// name
    #[serde(deserialize_with = "or_empty")]
    pub title: String,
}

/// A commit of a push, or the last one of a merge request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Commit {
    /// full hash
    #[serde(deserialize_with = "or_empty")]
    pub id: String,
    /// full message
    #[serde(deserialize_with = "or_empty")]
    pub message: String,
    /// page on its host
    #[serde(deserialize_with = "or_empty")]
    pub url: String,
    /// commit date, ISO 8601
    #[serde(deserialize_with = "or_empty")]
    pub timestamp: String,
    /// author
    #[serde(deserialize_with = "or_empty")]
    pub author: Person,
    /// paths of added files
    #[serde(deserialize_with = "or_empty")]
    pub added: Vec<String>,
    /// paths of modified files
    #[serde(deserialize_with = "or_empty")]
    pub modified: Vec<String>,
    /// paths of removed files
    #[serde(deserialize_with = "or_empty")]
    pub removed: Vec<String>,
}

impl Commit {
    /// The first line of the message that is not blank.
    pub fn title(&self) -> &str {
        self.message
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_absent_are_empty() {
        let commit: Commit = serde_json::from_str(r#"{"message":null,"author":null}"#).unwrap();
        assert_eq!(
            (commit.message.as_str(), commit.author.name.as_str()),
            ("", "")
        );
    }

    #[test]
    fn the_title_is_the_first_line_with_text() {
        let commit = Commit {
            message: "\n  Fix it \n\nmore".into(),
            ..Commit::default()
        };
        assert_eq!(commit.title(), "Fix it");
        assert_eq!(Commit::default().title(), "");
    }
}
