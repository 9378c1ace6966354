//! What a push changed, read out of the repository it went to.
//!
//! However large a push is, no more than the limits is read of it, and git itself is never asked to
//! open a file larger than [`FILE_BYTES`].

mod patch;

use super::commits;
use super::git::{Git, GitError};
use super::objects;
use super::target::Target;
use super::{refs, repository};
use async_trait::async_trait;
use engine::comparison::Repositories;
use model::event::{Commit, Person};
use model::{ChangedFile, Comparison};
use patch::Entry;
use std::path::Path;

/// Files whose changes are shown; with more of them none are.
const FILES: usize = 30;
/// Lines of all changes together; with more of them none are shown.
const LINES: usize = 5_000;
/// Bytes of all changes together; with more of them none are shown.
const PATCH_BYTES: usize = 500_000;
/// The largest file that git compares for us.
const FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Files that are listed.
const LISTED: usize = 1_000;
/// Commits that are read.
const COMMITS: usize = 100;
/// Bytes that are read of any other answer.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The repositories of this machine, through the program `git`.
pub(crate) struct LocalRepositories;

#[async_trait]
impl Repositories for LocalRepositories {
    async fn compare(
        &self,
        path: &str,
        project: &str,
        before: &str,
        after: &str,
    ) -> Result<Comparison, String> {
        let git_dir = reporting(Path::new(path), project).await?;
        let git = Git::new(&git_dir);
        compare(&git, before, after)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The git folder, if its hook reports to this project.
///
/// The path was typed by whoever manages the project. Without this look they could read any
/// repository of this machine.
async fn reporting(path: &Path, project: &str) -> Result<std::path::PathBuf, String> {
    let git_dir = repository::git_dir(path)
        .await
        .map_err(|error| format!("{error:#}"))?;
    let target = Target::load(&git_dir).map_err(|error| format!("{error:#}"))?;
    if target.project.eq_ignore_ascii_case(project) {
        Ok(git_dir)
    } else {
        Err(format!(
            "{} reports to another project, and so is not read for {project}",
            git_dir.display()
        ))
    }
}

/// What lies between two commits, within the limits.
pub(super) async fn compare(git: &Git, before: &str, after: &str) -> Result<Comparison, GitError> {
    let (before, after) = commits_of(git, before, after).await?;
    let (mut commits, mut commits_count) = history(git, &before, &after).await?;
    let is_reverse = commits_count == 0;
    if is_reverse {
        (commits, commits_count) = history(git, &after, &before).await?;
    }
    let (from, to) = if is_reverse {
        (after, before)
    } else {
        (before, after)
    };
    // What others did on the other side meanwhile is not this push's work.
    let from = merge_base(git, &from, &to).await.unwrap_or(from);
    let pair = format!("{to} {from}\n");
    let (listed, more_files) = list(git, &pair).await?;
    let mut comparison = Comparison {
        is_reverse,
        commits,
        commits_count,
        more_files: more_files || listed.len() > LISTED,
        too_large: true,
        files: Vec::new(),
    };
    if listed.len() <= FILES && !more_files && !has_large(git, &listed).await? {
        let patched = patches(git, &pair).await?;
        if let Some(files) = patched {
            comparison.files = files;
            comparison.too_large = false;
            return Ok(comparison);
        }
    }
    let files = listed.into_iter().take(LISTED).map(Entry::into_file);
    comparison.files = files.collect();
    Ok(comparison)
}

/// The commits that two hashes lead to, tags followed.
async fn commits_of(git: &Git, before: &str, after: &str) -> Result<(String, String), GitError> {
    let questions = format!("{before}^{{commit}}\n{after}^{{commit}}\n");
    let output = git
        .run(&["cat-file", "--batch-check"], questions.as_bytes())
        .await?;
    let mut found = objects::parse_names(&output).into_iter().flatten();
    match (found.next(), found.next()) {
        (Some(before), Some(after)) => Ok((before.id, after.id)),
        _ => Err(GitError::Failed {
            command: "cat-file".into(),
            why: "a commit of the push is no longer in the repository".into(),
        }),
    }
}

/// The newest commits that `to` has and `from` has not, oldest first, and how many there are.
async fn history(git: &Git, from: &str, to: &str) -> Result<(Vec<Commit>, u64), GitError> {
    let range = format!("{to}\n^{from}\n");
    let newest = format!("--max-count={COMMITS}");
    let args = [commits::LOG, &[&newest, "--stdin"]].concat();
    let log = git.run_up_to(&args, range.as_bytes(), ANSWER_BYTES).await?;
    let read = commits::parse(&log.bytes).ok_or(GitError::Form { command: "log" })?;
    let args = ["rev-list", "--count", "--stdin"];
    let output = git.run(&args, range.as_bytes()).await?;
    let count = String::from_utf8_lossy(&output).trim().parse();
    let count = count.map_err(|_| GitError::Form {
        command: "rev-list",
    })?;
    Ok((read.into_iter().rev().map(told).collect(), count))
}

fn told(commit: commits::Commit) -> Commit {
    Commit {
        id: commit.id,
        message: commit.message,
        timestamp: commit.timestamp,
        author: Person {
            name: commit.author_name,
            email: commit.author_email,
        },
        ..Commit::default()
    }
}

/// Where two commits parted; both are hashes, and so cannot be taken for options.
async fn merge_base(git: &Git, one: &str, other: &str) -> Option<String> {
    let output = git.run(&["merge-base", one, other], b"").await.ok()?;
    refs::hash(output.trim_ascii_end())
}

/// The files that differ, without a look into them, and whether there are more.
async fn list(git: &Git, pair: &str) -> Result<(Vec<Entry>, bool), GitError> {
    let args = [
        "diff-tree",
        "--stdin",
        "--no-commit-id",
        "-r",
        "-z",
        "--raw",
        "--no-abbrev",
        "--no-renames",
    ];
    let output = git.run_up_to(&args, pair.as_bytes(), ANSWER_BYTES).await?;
    let (entries, _) = patch::entries(&output.bytes);
    Ok((entries, !output.complete))
}

/// Whether one of the files, before or after, is larger than git is to open.
async fn has_large(git: &Git, entries: &[Entry]) -> Result<bool, GitError> {
    let blobs: Vec<&str> = entries.iter().flat_map(Entry::blobs).collect();
    let questions = blobs.join("\n") + "\n";
    let args = ["cat-file", "--batch-check=%(objectsize)"];
    let output = git.run(&args, questions.as_bytes()).await?;
    let text = String::from_utf8_lossy(&output);
    let mut sizes = text.lines().filter_map(|line| line.parse::<u64>().ok());
    Ok(sizes.any(|size| size > FILE_BYTES))
}

/// The files with their changes; `None` when these are too many.
async fn patches(git: &Git, pair: &str) -> Result<Option<Vec<ChangedFile>>, GitError> {
    let args = [
        "diff-tree",
        "--stdin",
        "--no-commit-id",
        "-r",
        "-z",
        "--raw",
        "--patch",
        "--no-abbrev",
        "--find-renames",
        "--unified=3",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    ];
    let output = git.run_up_to(&args, pair.as_bytes(), PATCH_BYTES).await?;
    if !output.complete {
        return Ok(None);
    }
    let (entries, patch) = patch::entries(&output.bytes);
    let files = patch::files(entries, patch);
    let lines: usize = files.iter().map(|file| file.hunks.lines().count()).sum();
    Ok((lines <= LINES).then_some(files))
}
