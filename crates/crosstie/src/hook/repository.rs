//! Finding a repository's folders.

use super::git::Git;
use anyhow::{Context as _, bail};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The git folder of a repository, bare or not.
///
/// The folder is found here and passed to git, because git refuses to discover another
/// user's repository (`safe.directory`), and `root` may install the hook for `git`.
pub(super) async fn git_dir(named: &Path) -> anyhow::Result<PathBuf> {
    let shown = named.display();
    let folder = fs::canonicalize(named).with_context(|| format!("cannot open {shown}"))?;
    let candidate = if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
        folder
    } else if folder.join(".git").exists() {
        folder.join(".git")
    } else {
        bail!("{shown} is not a git repository (it contains neither HEAD nor .git)");
    };
    // A linked worktree shares refs and hooks with its repository.
    let git_dir = resolve_git_file(&candidate)?;
    let common = Git::new(&git_dir)
        .run(&["rev-parse", "--git-common-dir"], b"")
        .await;
    let common = common.with_context(|| format!("{shown} is not a git repository"))?;
    absolute(&git_dir, &common)
}

/// The hooks folder, from `core.hooksPath`.
pub(super) async fn hooks(git_dir: &Path) -> anyhow::Result<PathBuf> {
    let path = Git::new(git_dir)
        .run(&["rev-parse", "--git-path", "hooks"], b"")
        .await?;
    // Git runs the hooks of a push in the git folder: a relative path is relative to it.
    Ok(git_dir.join(trimmed(&path)))
}

/// Resolves a `.git` that is a file with the path of the folder.
fn resolve_git_file(path: &Path) -> anyhow::Result<PathBuf> {
    if !path.is_file() {
        return Ok(path.to_owned());
    }
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let Some(named) = text.strip_prefix(b"gitdir: ") else {
        bail!(
            "{} does not contain the path of a git folder",
            path.display()
        );
    };
    absolute(path.parent().unwrap_or(path), named)
}

fn absolute(base: &Path, output: &[u8]) -> anyhow::Result<PathBuf> {
    let path = base.join(trimmed(output));
    fs::canonicalize(&path).with_context(|| format!("cannot open {}", path.display()))
}

fn trimmed(line: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(line.strip_suffix(b"\n").unwrap_or(line)))
}
