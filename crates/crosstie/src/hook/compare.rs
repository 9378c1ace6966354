//! The changes of a push, read from its repository, for integrations that show them.
//!
//! A push of any size is read only up to the limits, and git never has to open a file larger
//! than [`MAX_FILE`].

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

/// The maximum of changed files; with more, no hunks are read.
const MAX_FILES: usize = 30;
/// The maximum of lines in all hunks; with more, none are returned.
const MAX_LINES: usize = 5_000;
/// The maximum size of all hunks, in bytes; with more, none are returned.
const MAX_PATCH: usize = 500_000;
/// The maximum size of a file that git compares, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// The maximum of files listed.
const MAX_LISTED: usize = 1_000;
/// The maximum of commits read.
const MAX_COMMITS: usize = 100;
/// The maximum of any other output of git, in bytes.
const MAX_OUTPUT: usize = 4 * 1024 * 1024;

/// The command for [`patch::entries`].
const DIFF_TREE: &[&str] = &[
    "diff-tree",
    "--stdin",
    "--no-commit-id",
    "-r",
    "-z",
    "--raw",
    "--no-abbrev",
];

/// Local repositories, read with the program `git`.
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
        let git_dir = checked_git_dir(Path::new(path), project).await?;
        let git = Git::new(&git_dir);
        compare(&git, before, after)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The git folder, if its hook reports to this project.
///
/// The path is a setting of the project. Without this check its maintainers could read any
/// repository of this machine.
async fn checked_git_dir(path: &Path, project: &str) -> Result<std::path::PathBuf, String> {
    let git_dir = repository::git_dir(path)
        .await
        .map_err(|error| format!("{error:#}"))?;
    let target = Target::load(&git_dir).map_err(|error| format!("{error:#}"))?;
    if target.project.eq_ignore_ascii_case(project) {
        Ok(git_dir)
    } else {
        Err(format!(
            "{} reports to another project, not to {project}",
            git_dir.display()
        ))
    }
}

/// The changes between two commits, within the limits.
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
    // Commits on the other side are not part of this push.
    let from = merge_base(git, &from, &to).await.unwrap_or(from);
    let pair = format!("{to} {from}\n");
    let (listed, more_files) = list(git, &pair).await?;
    let mut comparison = Comparison {
        is_reverse,
        commits,
        commits_count,
        more_files: more_files || listed.len() > MAX_LISTED,
        too_large: true,
        files: Vec::new(),
    };
    if listed.len() <= MAX_FILES && !more_files && !has_large(git, &listed).await? {
        let patched = patches(git, &pair).await?;
        if let Some(files) = patched {
            comparison.files = files;
            comparison.too_large = false;
            return Ok(comparison);
        }
    }
    let files = listed.into_iter().take(MAX_LISTED).map(Entry::into_file);
    comparison.files = files.collect();
    Ok(comparison)
}

/// The commits of two hashes, with tags dereferenced.
async fn commits_of(git: &Git, before: &str, after: &str) -> Result<(String, String), GitError> {
    let input = format!("{before}^{{commit}}\n{after}^{{commit}}\n");
    let output = git
        .run(&["cat-file", "--batch-check"], input.as_bytes())
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

/// The newest commits in `to` but not in `from`, oldest first, and the number of all.
async fn history(git: &Git, from: &str, to: &str) -> Result<(Vec<Commit>, u64), GitError> {
    let range = format!("{to}\n^{from}\n");
    let (newest, count) = commits::newest(git, &range, MAX_COMMITS, MAX_OUTPUT).await?;
    Ok((newest.into_iter().rev().map(to_model).collect(), count))
}

fn to_model(commit: commits::Commit) -> Commit {
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

/// The merge base of two commits; both are hashes, so git cannot take them for options.
async fn merge_base(git: &Git, one: &str, other: &str) -> Option<String> {
    let output = git.run(&["merge-base", one, other], b"").await.ok()?;
    refs::hash(output.trim_ascii_end())
}

/// The files that differ, without their content, and whether there are more.
async fn list(git: &Git, pair: &str) -> Result<(Vec<Entry>, bool), GitError> {
    let args = [DIFF_TREE, &["--no-renames"]].concat();
    let output = git.run_up_to(&args, pair.as_bytes(), MAX_OUTPUT).await?;
    let (entries, _) = patch::entries(&output.bytes);
    Ok((entries, !output.complete))
}

/// Whether one of the files, before or after, exceeds [`MAX_FILE`].
async fn has_large(git: &Git, entries: &[Entry]) -> Result<bool, GitError> {
    let blobs: Vec<&str> = entries.iter().flat_map(Entry::blobs).collect();
    let input = blobs.join("\n") + "\n";
    let args = ["cat-file", "--batch-check=%(objectsize)"];
    let output = git.run(&args, input.as_bytes()).await?;
    let text = String::from_utf8_lossy(&output);
    let mut sizes = text.lines().filter_map(|line| line.parse::<u64>().ok());
    Ok(sizes.any(|size| size > MAX_FILE))
}

/// The files with their hunks; `None` if these are too large.
async fn patches(git: &Git, pair: &str) -> Result<Option<Vec<ChangedFile>>, GitError> {
    let options: &[&str] = &[
        "--patch",
        "--find-renames",
        "--unified=3",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    ];
    let args = [DIFF_TREE, options].concat();
    let output = git.run_up_to(&args, pair.as_bytes(), MAX_PATCH).await?;
    if !output.complete {
        return Ok(None);
    }
    let (entries, patch) = patch::entries(&output.bytes);
    let files = patch::files(entries, patch);
    let lines: usize = files.iter().map(|file| file.hunks.lines().count()).sum();
    Ok((lines <= MAX_LINES).then_some(files))
}
