//! Commits on a branch, or a tag.

use super::parts::{Commit, ProjectPart, or_empty};
use serde::Deserialize;

/// A push of one ref (`object_kind` `push` or `tag_push`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Push {
    /// where the ref pointed; all zeros when it is new
    #[serde(deserialize_with = "or_empty")]
    pub before: String,
    /// where it points now; all zeros when it is gone
    #[serde(deserialize_with = "or_empty")]
    pub after: String,
    /// `refs/heads/…` or `refs/tags/…`
    #[serde(rename = "ref", deserialize_with = "or_empty")]
    pub reference: String,
    /// full name of who pushed
    #[serde(deserialize_with = "or_empty")]
    pub user_name: String,
    /// log-in name of who pushed
    #[serde(deserialize_with = "or_empty")]
    pub user_username: String,
    /// mail address of who pushed
    #[serde(deserialize_with = "or_empty")]
    pub user_email: String,
    /// picture of who pushed
    #[serde(deserialize_with = "or_empty")]
    pub user_avatar: String,
    /// whether the ref is protected on its host; old hosts do not say
    pub ref_protected: Option<bool>,
    /// the project
    pub project: Option<ProjectPart>,
    /// oldest first; GitLab sends the newest 20 alone
    #[serde(deserialize_with = "or_empty")]
    pub commits: Vec<Commit>,
    /// how many commits there were in truth
    #[serde(deserialize_with = "or_empty")]
    pub total_commits_count: u64,
}

impl Push {
    /// The branch's name, when a branch was pushed.
    pub fn branch(&self) -> Option<&str> {
        self.reference.strip_prefix("refs/heads/")
    }

    /// The name of the branch or tag, without what stands before it.
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

/// The hash that stands for "nothing", for SHA-1 and SHA-256 repositories alike.
fn is_zeros(sha: &str) -> bool {
    !sha.is_empty() && sha.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_told_from_a_tag_and_a_deletion_from_a_push() {
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
