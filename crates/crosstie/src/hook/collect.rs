//! Reads from the repository what a push changed.
//!
//! The number of git processes depends on the refs of a push, never on its commits.

use super::changes::{self, Files};
use super::commits::{self, Commit};
use super::event::{Limits, RefEvent};
use super::git::{Git, GitError};
use super::objects::{self, Annotation, Named};
use super::pusher::Pusher;
use super::refs::{self, RefKind, RefUpdate};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// The maximum of git's output read for one ref, in bytes.
const MAX_OUTPUT: usize = 32 * 1024 * 1024;

/// What is common to all refs of a push, read once.
#[derive(Default)]
pub(super) struct PushContext {
    /// the branch of HEAD
    default_branch: Option<String>,
    /// the update of the default branch, if this push has one
    default_update: Option<RefUpdate>,
    /// the heads of all branches before the push
    earlier: Vec<String>,
    objects: Objects,
    annotations: HashMap<String, Annotation>,
}

/// The objects of a push.
#[derive(Default)]
struct Objects {
    /// old values that the repository no longer has
    gone: HashSet<String>,
    /// the objects of the new values, with tags dereferenced
    peeled: HashMap<String, Named>,
}

/// Reads one repository, and collects errors.
pub(super) struct Collector<'a> {
    pub(super) git: &'a Git,
    pub(super) project: &'a str,
    pub(super) pusher: &'a Pusher,
    pub(super) limits: Limits,
    /// one message for each part that could not be read
    pub(super) gaps: Vec<String>,
}

impl<'a> Collector<'a> {
    /// Reads what is common to all refs of a push. A failure becomes a gap, not an error:
    /// an incomplete event is better than none.
    pub(super) async fn read_context(&mut self, updates: &[RefUpdate]) -> PushContext {
        let mut context = PushContext {
            default_branch: self.default_branch().await,
            ..PushContext::default()
        };
        context.default_update = context.default_branch.as_deref().and_then(|branch| {
            let name = format!("refs/heads/{branch}");
            let found = updates.iter().find(|update| update.name == name.as_bytes());
            found.filter(|update| !update.is_deletion()).cloned()
        });
        match self.objects(updates).await {
            Ok(objects) => context.objects = objects,
            Err(error) => self.gaps.push(error.to_string()),
        }
        let is_new = |update: &RefUpdate| {
            update.kind() == Some(RefKind::Branch)
                && !update.is_deletion()
                && has_no_base(update, &context.objects.gone)
        };
        if updates.iter().any(is_new) {
            match self.earlier(updates).await {
                Ok(earlier) => context.earlier = earlier,
                Err(error) => self.gaps.push(error.to_string()),
            }
        }
        match self.annotations(updates, &context.objects.peeled).await {
            Ok(annotations) => context.annotations = annotations,
            Err(error) => self.gaps.push(error.to_string()),
        }
        context
    }

    /// The event of one ref.
    pub(super) async fn ref_event<'e>(
        &mut self,
        update: &'e RefUpdate,
        kind: RefKind,
        context: &'e PushContext,
    ) -> RefEvent<'e>
    where
        'a: 'e,
    {
        let mut event = RefEvent {
            update,
            kind,
            project: self.project,
            default_branch: context.default_branch.as_deref(),
            pusher: self.pusher,
            checkout_sha: None,
            message: None,
            tagger: None,
            commits: Vec::new(),
            total: 0,
        };
        if update.is_deletion() {
            return event;
        }
        event.checkout_sha = match context.objects.peeled.get(&update.new) {
            Some(named) if named.kind == "commit" => Some(named.id.clone()),
            // A tag may name a tree or a blob: there is nothing to check out.
            Some(_) => None,
            None => Some(update.new.clone()),
        };
        if let Some(annotation) = context.annotations.get(&update.new) {
            event.message = Some(annotation.message.clone());
            event.tagger.clone_from(&annotation.tagger);
        }
        if kind == RefKind::Branch {
            match self.history(update, context).await {
                Ok((commits, total)) => (event.commits, event.total) = (commits, total),
                Err(error) => self.gaps.push(format!(
                    "the commits of {} could not be listed ({error})",
                    update.shown_name()
                )),
            }
        }
        event
    }

    async fn default_branch(&self) -> Option<String> {
        // It fails if HEAD is detached: then there is no default branch.
        let head = self
            .git
            .run(&["symbolic-ref", "--quiet", "HEAD"], b"")
            .await;
        let head = head.ok()?;
        let branch = head.trim_ascii_end().strip_prefix(b"refs/heads/")?;
        Some(String::from_utf8_lossy(branch).into_owned())
    }

    /// The objects of the old and new values.
    async fn objects(&self, updates: &[RefUpdate]) -> Result<Objects, GitError> {
        let olds: Vec<_> = updates
            .iter()
            .filter(|update| !update.is_creation())
            .collect();
        let news: Vec<_> = updates
            .iter()
            .filter(|update| !update.is_deletion())
            .collect();
        let mut input = String::new();
        for update in &olds {
            let _ = writeln!(input, "{}", update.old);
        }
        for update in &news {
            let _ = writeln!(input, "{}^{{}}", update.new);
        }
        let output = self
            .git
            .run(&["cat-file", "--batch-check"], input.as_bytes())
            .await?;
        let mut names = objects::parse_names(&output).into_iter();
        let gone = olds
            .iter()
            .zip(names.by_ref())
            .filter(|(_, name)| name.is_none())
            .map(|(update, _)| update.old.clone())
            .collect();
        let peeled = news
            .iter()
            .zip(names)
            .filter_map(|(update, name)| Some((update.new.clone(), name?)))
            .collect();
        Ok(Objects { gone, peeled })
    }

    /// The heads of all branches before this push: those not in it, and its old values.
    ///
    /// The hook runs after the refs were updated.
    async fn earlier(&self, updates: &[RefUpdate]) -> Result<Vec<String>, GitError> {
        let args = [
            "for-each-ref",
            "--format=%(objectname) %(refname)",
            "refs/heads/",
        ];
        let listing = self.git.run(&args, b"").await?;
        let pushed: HashSet<&[u8]> = updates
            .iter()
            .map(|update| update.name.as_slice())
            .collect();
        let others = listing.split(|byte| *byte == b'\n').filter_map(|line| {
            let space = line.iter().position(|byte| *byte == b' ')?;
            let (id, name) = (&line[..space], &line[space + 1..]);
            (!pushed.contains(name)).then(|| refs::hash(id)).flatten()
        });
        let olds = updates
            .iter()
            .filter(|update| update.kind() == Some(RefKind::Branch) && !update.is_creation())
            .map(|update| update.old.clone());
        let earlier: HashSet<String> = others.chain(olds).collect();
        Ok(earlier.into_iter().collect())
    }

    async fn annotations(
        &self,
        updates: &[RefUpdate],
        peeled: &HashMap<String, Named>,
    ) -> Result<HashMap<String, Annotation>, GitError> {
        let annotated = |update: &&RefUpdate| {
            update.kind() == Some(RefKind::Tag)
                && peeled
                    .get(&update.new)
                    .is_some_and(|named| named.id != update.new)
        };
        let tags: Vec<_> = updates
            .iter()
            .filter(annotated)
            .map(|update| update.new.as_str())
            .collect();
        if tags.is_empty() {
            return Ok(HashMap::new());
        }
        let input = tags.join("\n") + "\n";
        let args = ["cat-file", "--batch"];
        let output = self
            .git
            .run_up_to(&args, input.as_bytes(), MAX_OUTPUT)
            .await?;
        Ok(objects::parse_tags(&output.bytes))
    }

    /// The newest commits that were pushed to a branch, newest first, and the number of all.
    async fn history(
        &mut self,
        update: &RefUpdate,
        context: &PushContext,
    ) -> Result<(Vec<Commit>, u64), GitError> {
        let mut range = format!("{}\n", update.new);
        if has_no_base(update, &context.objects.gone) {
            // Commits that the same push adds to the default branch are reported only there: otherwise
            // each branch of a mirrored repository would be reported with the whole history.
            let default = context.default_update.iter();
            let reported_there = default
                .filter(|default| default.name != update.name)
                .map(|default| &default.new);
            for id in context.earlier.iter().chain(reported_there) {
                let _ = writeln!(range, "^{id}");
            }
        } else {
            let _ = writeln!(range, "^{}", update.old);
        }
        let (mut commits, total) =
            commits::newest(self.git, &range, self.limits.commits, MAX_OUTPUT).await?;
        match self.files(&commits).await {
            Ok(mut lists) => {
                for commit in &mut commits {
                    commit.files = lists.remove(&commit.id).unwrap_or_default();
                }
            }
            Err(error) => self.gaps.push(format!(
                "the changed files of {} could not be listed ({error})",
                update.shown_name()
            )),
        }
        Ok((commits, total))
    }

    /// The files of the newest commits; a merge is compared with its first parent.
    async fn files(&self, newest_first: &[Commit]) -> Result<HashMap<String, Files>, GitError> {
        let mut input = String::new();
        for commit in newest_first.iter().take(self.limits.with_files) {
            let parent = commit.first_parent.as_deref().unwrap_or_default();
            let _ = writeln!(input, "{}", format!("{} {parent}", commit.id).trim_end());
        }
        if input.is_empty() {
            return Ok(HashMap::new());
        }
        let args = [
            "diff-tree",
            "--stdin",
            "-r",
            "-z",
            "--name-status",
            "--no-renames",
            "--root",
            "--ignore-submodules=none",
        ];
        let output = self
            .git
            .run_up_to(&args, input.as_bytes(), MAX_OUTPUT)
            .await?;
        changes::parse(&output.bytes, output.complete).ok_or(GitError::Format {
            command: "diff-tree",
        })
    }
}

/// Whether a branch has no old value to compare with.
fn has_no_base(update: &RefUpdate, gone: &HashSet<String>) -> bool {
    update.is_creation() || gone.contains(&update.old)
}
