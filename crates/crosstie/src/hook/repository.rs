//! Finds a repository's folders.

use super::git::Git;
use anyhow::{Context as _, bail};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The git folder of what a person named: a bare repository, or one with files.
///
/// The folder is looked for by hand and told to git by name, since git by itself
/// declines to look into another user's repository, and `root` may well install
/// for `git`.
pub(super) async fn git_dir(named: &Path) -> anyhow::Result<PathBuf> {
    let shown = named.display();
    let folder = fs::canonicalize(named).with_context(|| format!("cannot open {shown}"))?;
    let candidate = if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
        folder
    } else if folder.join(".git").exists() {
        folder.join(".git")
    } else {
        bail!("{shown} is not a git repository (there is neither HEAD nor .git in it)");
    };
    // A linked work tree shares refs and hooks with its repository.
    let standing = named_by_file(&candidate)?;
    let common = Git::new(&standing)
        .run(&["rev-parse", "--git-common-dir"], b"")
        .await;
    let common = common.with_context(|| format!("{shown} is not a git repository"))?;
    absolute(&standing, &common)
}

/// The hooks folder, as `core.hooksPath` has it.
pub(super) async fn hooks(git_dir: &Path) -> anyhow::Result<PathBuf> {
    let path = Git::new(git_dir)
        .run(&["rev-parse", "--git-path", "hooks"], b"")
        .await?;
    // Git runs the hooks of a push in the git folder, so a relative path counts from there.
    Ok(git_dir.join(trimmed(&path)))
}

/// Follows a `.git` that is a file and names the folder.
fn named_by_file(path: &Path) -> anyhow::Result<PathBuf> {
    if !path.is_file() {
        return Ok(path.to_owned());
    }
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let Some(named) = text.strip_prefix(b"gitdir: ") else {
        bail!("{} does not name a git folder", path.display());
    };
    absolute(path.parent().unwrap_or(path), named)
}

fn absolute(base: &Path, answer: &[u8]) -> anyhow::Result<PathBuf> {
    let path = base.join(trimmed(answer));
    fs::canonicalize(&path).with_context(|| format!("cannot open {}", path.display()))
}

fn trimmed(line: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(line.strip_suffix(b"\n").unwrap_or(line)))
}
