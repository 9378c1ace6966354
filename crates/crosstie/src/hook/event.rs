//! GitLab's push and tag push bodies, cut to the size that the server accepts
//! (<https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events>).

use super::changes::Files;
use super::commits::{self, Commit};
use super::pusher::Pusher;
use super::refs::{RefKind, RefUpdate};
use serde_json::{Value, json};

/// Limits of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// maximum of commits, the newest ones
    pub(super) commits: usize,
    /// maximum of commits with lists of files, the newest ones
    pub(super) with_files: usize,
    /// maximum size of the body, in bytes
    pub(super) body: usize,
}

/// Below the server's limit (25 MB), because proxies in front of it may have lower ones.
pub(super) const LIMITS: Limits = Limits {
    commits: 2_000,
    with_files: 100,
    body: 20 * 1024 * 1024,
};

/// The update of one ref, as read from the repository.
pub(super) struct RefEvent<'a> {
    /// the ref
    pub(super) update: &'a RefUpdate,
    /// branch or tag
    pub(super) kind: RefKind,
    /// `group/app`
    pub(super) project: &'a str,
    /// the branch of HEAD
    pub(super) default_branch: Option<&'a str>,
    /// who pushed
    pub(super) pusher: &'a Pusher,
    /// the commit of the ref
    pub(super) checkout_sha: Option<String>,
    /// an annotated tag's message
    pub(super) message: Option<String>,
    /// an annotated tag's tagger
    pub(super) tagger: Option<String>,
    /// newest first
    pub(super) commits: Vec<Commit>,
    /// the number of all commits
    pub(super) total: u64,
}

impl RefEvent<'_> {
    /// The value of `X-Gitlab-Event`.
    pub(super) fn header(&self) -> &'static str {
        match self.kind {
            RefKind::Branch => "Push Hook",
            RefKind::Tag => "Tag Push Hook",
        }
    }

    /// The body, of at most `limit` bytes: lists of files are omitted first, then the
    /// oldest commits; `total_commits_count` counts all.
    pub(super) fn body(&self, limit: usize) -> Value {
        let name = match self.kind {
            RefKind::Branch => "push",
            RefKind::Tag => "tag_push",
        };
        let mut body = json!({
            "object_kind": name,
            "event_name": name,
            "before": self.update.old,
            "after": self.update.new,
            "ref": self.update.shown_name(),
            "checkout_sha": self.checkout_sha,
            "message": self.message,
            "user_name": self.user_name(),
            "user_username": self.pusher.login.as_deref().unwrap_or_default(),
            "project": {
                "name": self.project.rsplit('/').next(),
                "path_with_namespace": self.project,
                "default_branch": self.default_branch,
            },
            "commits": [],
            "total_commits_count": self.total,
        });
        if body.to_string().len() > limit {
            // Only an annotation can be that long.
            body["message"] = "".into();
        }
        let room = limit.saturating_sub(body.to_string().len());
        body["commits"] = fit(&self.commits, room).into();
        body
    }

    /// The best known name of the pusher.
    fn user_name(&self) -> &str {
        let newest = self.commits.first();
        [self.pusher.name.as_deref(), self.pusher.login.as_deref()]
            .into_iter()
            .chain([self.tagger.as_deref()])
            .chain([newest.map(|commit| commit.author_name.as_str())])
            .flatten()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
    }
}

/// As many of the newest commits as fit, oldest first, with lists of files as far as they fit.
fn fit(newest_first: &[Commit], mut room: usize) -> Vec<Value> {
    let mut chosen = Vec::new();
    for commit in newest_first {
        let bare = commit_body(commit, &Files::default());
        let size = bare.to_string().len();
        // One more byte for the comma between two commits.
        let Some(left) = room.checked_sub(size + 1) else {
            break;
        };
        room = left;
        chosen.push((bare, size));
    }
    for ((body, size), commit) in chosen.iter_mut().zip(newest_first) {
        let full = commit_body(commit, &commit.files);
        // Once a list does not fit, those of older commits are omitted too: no gaps.
        let Some(left) = room.checked_sub(full.to_string().len() - *size) else {
            break;
        };
        room = left;
        *body = full;
    }
    chosen.into_iter().rev().map(|(body, _)| body).collect()
}

fn commit_body(commit: &Commit, files: &Files) -> Value {
    json!({
        "id": commit.id,
        "message": commit.message,
        "title": commits::title(&commit.message),
        "timestamp": commit.timestamp,
        "author": { "name": commit.author_name, "email": commit.author_email },
        "added": files.added,
        "modified": files.modified,
        "removed": files.removed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(number: usize, files: usize) -> Commit {
        Commit {
            id: format!("{number:040}"),
            message: format!("Message {number}\n"),
            timestamp: "2026-02-03T04:05:06+01:00".into(),
            author_name: "Ada".into(),
            author_email: "ada@git.test".into(),
            files: Files {
                modified: (0..files).map(|file| format!("file-{file}")).collect(),
                ..Files::default()
            },
            ..Commit::default()
        }
    }

    fn body(
        kind: RefKind,
        name: &str,
        pusher: &Pusher,
        commits: Vec<Commit>,
        limit: usize,
    ) -> Value {
        let event = RefEvent {
            update: &RefUpdate {
                old: "0".repeat(40),
                new: "1".repeat(40),
                name: name.as_bytes().to_vec(),
            },
            kind,
            project: "group/sub/app",
            default_branch: Some("main"),
            pusher,
            checkout_sha: Some("2".repeat(40)),
            message: None,
            tagger: None,
            total: commits.len() as u64,
            commits,
        };
        let body = event.body(limit);
        assert!(body.to_string().len() <= limit);
        body
    }

    #[test]
    fn the_body_is_gitlabs_with_the_oldest_commit_first() {
        let pusher = Pusher {
            login: Some("ada".into()),
            name: Some("Ada L".into()),
        };
        let commits = vec![commit(2, 1), commit(1, 0)];
        let body = body(RefKind::Branch, "refs/heads/x", &pusher, commits, 99_999);
        assert_eq!(
            body,
            json!({
                "object_kind": "push", "event_name": "push",
                "before": "0".repeat(40), "after": "1".repeat(40), "ref": "refs/heads/x",
                "checkout_sha": "2".repeat(40), "message": null,
                "user_name": "Ada L", "user_username": "ada",
                "project": {"name": "app", "path_with_namespace": "group/sub/app", "default_branch": "main"},
                "commits": [
                    {"id": format!("{:040}", 1), "message": "Message 1\n", "title": "Message 1",
                     "timestamp": "2026-02-03T04:05:06+01:00", "author": {"name": "Ada", "email": "ada@git.test"},
                     "added": [], "modified": [], "removed": []},
                    {"id": format!("{:040}", 2), "message": "Message 2\n", "title": "Message 2",
                     "timestamp": "2026-02-03T04:05:06+01:00", "author": {"name": "Ada", "email": "ada@git.test"},
                     "added": [], "modified": ["file-0"], "removed": []},
                ],
                "total_commits_count": 2,
            })
        );
    }

    #[test]
    fn a_pusher_without_a_name_has_the_user_name_or_that_of_the_newest_author() {
        let name = |login: Option<&str>| {
            let pusher = Pusher {
                login: login.map(str::to_owned),
                name: None,
            };
            let body = body(
                RefKind::Tag,
                "refs/tags/v1",
                &pusher,
                vec![commit(1, 0)],
                9_999,
            );
            assert_eq!(body["object_kind"], "tag_push");
            (body["user_name"].clone(), body["user_username"].clone())
        };
        assert_eq!(name(Some("grace")), (json!("grace"), json!("grace")));
        assert_eq!(name(None), (json!("Ada"), json!("")));
    }

    #[test]
    fn lists_of_files_are_omitted_first_and_then_the_oldest_commits() {
        let pusher = Pusher::default();
        let build = |limit| {
            let commits: Vec<_> = (0..50).rev().map(|number| commit(number, 40)).collect();
            let body = body(RefKind::Branch, "refs/heads/x", &pusher, commits, limit);
            assert_eq!(body["total_commits_count"], 50);
            let commits = body["commits"].as_array().unwrap().clone();
            let listed = commits
                .iter()
                .filter(|commit| commit["modified"] != json!([]))
                .count();
            assert!(
                commits
                    .iter()
                    .rev()
                    .take(listed)
                    .all(|commit| commit["modified"] != json!([]))
            );
            (commits.len(), listed)
        };
        assert_eq!(build(1_000_000), (50, 50));
        let (commits, listed) = build(20_000);
        assert_eq!(commits, 50);
        assert!((1..50).contains(&listed), "{listed}");
        let (commits, listed) = build(5_000);
        assert!(
            (1..50).contains(&commits) && listed <= 1,
            "{commits} {listed}"
        );
        assert_eq!(build(500), (0, 0));
    }
}
