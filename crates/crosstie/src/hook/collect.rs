//! Asks the repository what a push brought.
//!
//! The number of git processes depends on the refs of a push, never on its commits.

use super::Pusher;
use super::changes::{self, Files};
use super::commits::{self, Commit};
use super::event::{Limits, Told};
use super::git::{Git, GitError};
use super::objects::{self, Annotation, Named};
use super::refs::{self, RefKind, RefUpdate};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

/// The largest answer of git that is read for one ref.
const ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// What holds for a whole push, asked once.
#[derive(Default)]
pub(super) struct Surroundings {
    /// the branch HEAD names
    default_branch: Option<String>,
    /// the default branch, if this push moved it
    default_update: Option<RefUpdate>,
    /// commits that were on some branch before the push
    earlier: Vec<String>,
    objects: Objects,
    annotations: HashMap<String, Annotation>,
}

/// What the old and new values of a push are.
#[derive(Default)]
struct Objects {
    /// old values that are no longer in the repository
    gone: HashSet<String>,
    /// what the new values lead to, tags followed
    peeled: HashMap<String, Named>,
}

/// Reads out of one repository, and keeps what it could not find out.
pub(super) struct Collector<'a> {
    pub(super) git: &'a Git,
    pub(super) project: &'a str,
    pub(super) pusher: &'a Pusher,
    pub(super) limits: Limits,
    /// one sentence for each gap in the events
    pub(super) gaps: Vec<String>,
}

impl<'a> Collector<'a> {
    /// Looks at the repository around a push. What fails becomes a gap, not an error:
    /// an event with less in it is better than none.
    pub(super) async fn look_around(&mut self, updates: &[RefUpdate]) -> Surroundings {
        let mut around = Surroundings {
            default_branch: self.default_branch().await,
            ..Surroundings::default()
        };
        around.default_update = around.default_branch.as_deref().and_then(|branch| {
            let name = format!("refs/heads/{branch}");
            let found = updates.iter().find(|update| update.name == name.as_bytes());
            found.filter(|update| !update.is_deletion()).cloned()
        });
        match self.objects(updates).await {
            Ok(objects) => around.objects = objects,
            Err(error) => self.gaps.push(error.to_string()),
        }
        let is_new = |update: &RefUpdate| {
            update.kind() == Some(RefKind::Branch)
                && !update.is_deletion()
                && starts_afresh(update, &around.objects.gone)
        };
        if updates.iter().any(is_new) {
            match self.earlier(updates).await {
                Ok(earlier) => around.earlier = earlier,
                Err(error) => self.gaps.push(error.to_string()),
            }
        }
        match self.annotations(updates, &around.objects.peeled).await {
            Ok(annotations) => around.annotations = annotations,
            Err(error) => self.gaps.push(error.to_string()),
        }
        around
    }

    /// All that is known of one ref.
    pub(super) async fn tell<'t>(
        &mut self,
        update: &'t RefUpdate,
        kind: RefKind,
        around: &'t Surroundings,
    ) -> Told<'t>
    where
        'a: 't,
    {
        let mut told = Told {
            update,
            kind,
            project: self.project,
            default_branch: around.default_branch.as_deref(),
            pusher: self.pusher,
            checkout_sha: None,
            message: None,
            tagger: None,
            commits: Vec::new(),
            total: 0,
        };
        if update.is_deletion() {
            return told;
        }
        told.checkout_sha = match around.objects.peeled.get(&update.new) {
            Some(named) if named.kind == "commit" => Some(named.id.clone()),
            // A tag may name a tree or a blob: there is nothing to check out.
            Some(_) => None,
            None => Some(update.new.clone()),
        };
        if let Some(annotation) = around.annotations.get(&update.new) {
            told.message = Some(annotation.message.clone());
            told.tagger.clone_from(&annotation.tagger);
        }
        if kind == RefKind::Branch {
            match self.history(update, around).await {
                Ok((commits, total)) => (told.commits, told.total) = (commits, total),
                Err(error) => self.gaps.push(format!(
                    "the commits of {} could not be listed ({error})",
                    update.shown_name()
                )),
            }
        }
        told
    }

    async fn default_branch(&self) -> Option<String> {
        // It fails where HEAD is a commit: then there is no default branch.
        let head = self
            .git
            .run(&["symbolic-ref", "--quiet", "HEAD"], b"")
            .await;
        let head = head.ok()?;
        let branch = head.trim_ascii_end().strip_prefix(b"refs/heads/")?;
        Some(String::from_utf8_lossy(branch).into_owned())
    }

    /// Which old values are gone, and what the new ones lead to.
    async fn objects(&self, updates: &[RefUpdate]) -> Result<Objects, GitError> {
        let olds: Vec<_> = updates
            .iter()
            .filter(|update| !update.is_creation())
            .collect();
        let news: Vec<_> = updates
            .iter()
            .filter(|update| !update.is_deletion())
            .collect();
        let mut questions = String::new();
        for update in &olds {
            let _ = writeln!(questions, "{}", update.old);
        }
        for update in &news {
            let _ = writeln!(questions, "{}^{{}}", update.new);
        }
        let output = self
            .git
            .run(&["cat-file", "--batch-check"], questions.as_bytes())
            .await?;
        let mut answers = objects::parse_names(&output).into_iter();
        let gone = olds
            .iter()
            .zip(answers.by_ref())
            .filter(|(_, answer)| answer.is_none())
            .map(|(update, _)| update.old.clone())
            .collect();
        let peeled = news
            .iter()
            .zip(answers)
            .filter_map(|(update, answer)| Some((update.new.clone(), answer?)))
            .collect();
        Ok(Objects { gone, peeled })
    }

    /// Where the branches stood before this push: those not in it, and its old values.
    ///
    /// The hook runs when the refs have been moved already.
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
            let blank = line.iter().position(|byte| *byte == b' ')?;
            let (id, name) = (&line[..blank], &line[blank + 1..]);
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
        let questions = tags.join("\n") + "\n";
        let args = ["cat-file", "--batch"];
        let output = self
            .git
            .run_up_to(&args, questions.as_bytes(), ANSWER_BYTES)
            .await?;
        Ok(objects::parse_tags(&output.bytes))
    }

    /// The newest commits a branch got, newest first, and how many it got in truth.
    async fn history(
        &mut self,
        update: &RefUpdate,
        around: &Surroundings,
    ) -> Result<(Vec<Commit>, u64), GitError> {
        let mut range = format!("{}\n", update.new);
        if starts_afresh(update, &around.objects.gone) {
            // What the default branch got by the same push is told with that one: else each
            // branch of a mirrored repository would come with the whole history.
            let default = around.default_update.iter();
            let told_elsewhere = default
                .filter(|default| default.name != update.name)
                .map(|default| &default.new);
            for id in around.earlier.iter().chain(told_elsewhere) {
                let _ = writeln!(range, "^{id}");
            }
        } else {
            let _ = writeln!(range, "^{}", update.old);
        }
        let newest = format!("--max-count={}", self.limits.commits);
        let args = [commits::LOG, &["--ignore-missing", &newest, "--stdin"]].concat();
        let log = self
            .git
            .run_up_to(&args, range.as_bytes(), ANSWER_BYTES)
            .await?;
        let mut commits = commits::parse(&log.bytes).ok_or(GitError::Form { command: "log" })?;
        let total = if log.complete && commits.len() < self.limits.commits {
            commits.len() as u64
        } else {
            self.count(&range).await?
        };
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

    async fn count(&self, range: &str) -> Result<u64, GitError> {
        let args = ["rev-list", "--count", "--ignore-missing", "--stdin"];
        let output = self.git.run(&args, range.as_bytes()).await?;
        String::from_utf8_lossy(&output)
            .trim()
            .parse()
            .map_err(|_| GitError::Form {
                command: "rev-list",
            })
    }

    /// The files of the newest commits; a merge is compared with its first parent.
    async fn files(&self, newest_first: &[Commit]) -> Result<HashMap<String, Files>, GitError> {
        let mut questions = String::new();
        for commit in newest_first.iter().take(self.limits.with_files) {
            let parent = commit.first_parent.as_deref().unwrap_or_default();
            let _ = writeln!(
                questions,
                "{}",
                format!("{} {parent}", commit.id).trim_end()
            );
        }
        if questions.is_empty() {
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
            .run_up_to(&args, questions.as_bytes(), ANSWER_BYTES)
            .await?;
        changes::parse(&output.bytes, output.complete).ok_or(GitError::Form {
            command: "diff-tree",
        })
    }
}

/// Whether a branch has no old value to count from.
fn starts_afresh(update: &RefUpdate, gone: &HashSet<String>) -> bool {
    update.is_creation() || gone.contains(&update.old)
}
