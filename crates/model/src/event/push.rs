//! Pushes of branches and tags.

use super::parts::{Commit, ProjectPart, or_empty};
use serde::Deserialize;

/// A push of one ref (`object_kind` `push` or `tag_push`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Push {
    /// commit before; all zeros for a new ref
    #[serde(deserialize_with = "or_empty")]
    pub before: String,
    /// commit after; all zeros for a deleted ref
    #[serde(deserialize_with = "or_empty")]
    pub after: String,
    /// `refs/heads/…` or `refs/tags/…`
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
    /// full name of the pusher
    #[serde(deserialize_with = "or_empty")]
    pub user_name: String,
    /// user name of the pusher
    #[serde(deserialize_with = "or_empty")]
    pub user_username: String,
    /// mail address of the pusher
    #[serde(deserialize_with = "or_empty")]
    pub user_email: String,
    /// URL of the pusher's picture
    #[serde(deserialize_with = "or_empty")]
    pub user_avatar: String,
    /// whether the ref is protected on its host; absent from old hosts
    pub ref_protected: Option<bool>,
    /// the project
    pub project: Option<ProjectPart>,
    /// commits, oldest first; GitLab sends only the newest 20
    #[serde(deserialize_with = "or_empty")]
    pub commits: Vec<Commit>,
    /// number of all commits
    #[serde(deserialize_with = "or_empty")]
    pub total_commits_count: u64,
}

impl Push {
    /// The branch's name, if a branch was pushed.
    pub fn branch(&self) -> Option<&str> {
        self.reference.strip_prefix("refs/heads/")
    }

    /// The name of the branch or tag, without `refs/heads/` or `refs/tags/`.
    pub fn ref_name(&self) -> &str {
        let name = self.reference.strip_prefix("refs/tags/");
        name.or(self.branch()).unwrap_or(&self.reference)
    }

    /// Whether a tag was pushed.
    pub fn is_tag(&self) -> bool {
        self.reference.starts_with("refs/tags/")
    }

    /// Whether the ref is new.
    pub fn is_creation(&self) -> bool {
        is_zeros(&self.before)
    }

    /// Whether the ref was deleted.
    pub fn is_deletion(&self) -> bool {
        is_zeros(&self.after)
    }
}

/// The null hash, of SHA-1 and SHA-256 repositories alike.
fn is_zeros(sha: &str) -> bool {
    !sha.is_empty() && sha.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_tags_and_deletions_are_distinguished() {
        let push = |reference: &str, after: &str| Push {
            reference: reference.into(),
            after: after.into(),
            ..Push::default()
        };
        assert_eq!(push("refs/heads/a/b", "1").branch(), Some("a/b"));
        assert_eq!(push("refs/tags/v1", "1").branch(), None);
        assert!(push("refs/heads/x", &"0".repeat(40)).is_deletion());
        assert!(push("refs/heads/x", &"0".repeat(64)).is_deletion());
        assert!(!push("refs/heads/x", "00a").is_deletion());
    }
}
