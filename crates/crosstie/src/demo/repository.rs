//! A bare repository, a clone of it, and commits that are really pushed.

use crate::ambient::{SystemBytes, SystemClock};
use crate::config;
use crate::hook::{self, HookCommand};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use tokio::process::Command;

/// The bare repository of the demo, and the clone that pushes to it.
pub(crate) struct Repository {
    bare: PathBuf,
    clone: PathBuf,
    origin: String,
    default_branch: String,
}

impl Repository {
    /// Makes both below `folder`, from the repository given or the one this folder is in;
    /// from nothing where there is neither.
    pub(crate) async fn make(folder: &Path, from: Option<PathBuf>) -> Result<Self> {
        let bare = folder.join("shop.git");
        let clone = folder.join("shop");
        let named = from.is_some();
        let from = from.unwrap_or_else(|| PathBuf::from("."));
        let has_commits = git(&from, &["rev-parse", "--verify", "--quiet", "HEAD"])
            .await
            .is_ok();
        if named && !has_commits {
            bail!(
                "{} is no Git repository with a commit in it",
                from.display()
            );
        }
        let origin = if has_commits {
            let top = git(&from, &["rev-parse", "--absolute-git-dir"]).await?;
            git(
                folder,
                &[
                    "clone",
                    "--quiet",
                    "--bare",
                    "--single-branch",
                    "--no-tags",
                    &top,
                    "shop.git",
                ],
            )
            .await?;
            top
        } else {
            git(
                folder,
                &[
                    "init",
                    "--quiet",
                    "--bare",
                    "--initial-branch=main",
                    "shop.git",
                ],
            )
            .await?;
            "nothing".to_owned()
        };
        // A detached HEAD has no branch.
        if git(&bare, &["symbolic-ref", "--quiet", "HEAD"])
            .await
            .is_err()
        {
            git(&bare, &["branch", "--force", "main", "HEAD"]).await?;
            git(&bare, &["symbolic-ref", "HEAD", "refs/heads/main"]).await?;
        }
        let default_branch = git(&bare, &["symbolic-ref", "--short", "HEAD"]).await?;
        git(folder, &["clone", "--quiet", "shop.git", "shop"]).await?;
        Ok(Self {
            bare,
            clone,
            origin,
            default_branch,
        })
    }

    /// Where it came from.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The bare repository's folder.
    pub(crate) fn bare(&self) -> &Path {
        &self.bare
    }

    /// Its default branch.
    pub(crate) fn default_branch(&self) -> &str {
        &self.default_branch
    }

    /// Puts Crosstie's hook into the bare repository.
    pub(crate) async fn install_hook(
        &self,
        server: &str,
        project: &str,
        secret: &str,
    ) -> Result<()> {
        let install = HookCommand::install(&self.bare, project, server, secret);
        hook::run(
            install,
            &config::pusher(),
            &SystemBytes::new(),
            &SystemClock,
        )
        .await
        .map(drop)
    }

    /// Commits on a new branch and pushes it; answers the branch's name.
    pub(crate) async fn commit_on_branch(&self, message: &str) -> Result<String> {
        let branch = "crosstie-demo";
        git(&self.clone, &["checkout", "--quiet", "-B", branch]).await?;
        self.commit_and_push(message, branch).await
    }

    /// Commits on the default branch and pushes it; answers the branch's name.
    pub(crate) async fn commit_on_default(&self, message: &str) -> Result<String> {
        let branch = &self.default_branch;
        git(&self.clone, &["checkout", "--quiet", "-B", branch]).await?;
        self.commit_and_push(message, branch).await
    }

    async fn commit_and_push(&self, message: &str, branch: &str) -> Result<String> {
        let identity = [
            "-c",
            "user.name=Ada Lovelace",
            "-c",
            "user.email=ada@example.com",
            "-c",
            "commit.gpgsign=false",
        ];
        let commit = [
            "commit",
            "--quiet",
            "--allow-empty",
            "--no-verify",
            "--message",
            message,
        ];
        git(&self.clone, &[&identity[..], &commit[..]].concat()).await?;
        git(&self.clone, &["push", "--quiet", "origin", branch]).await?;
        Ok(branch.to_owned())
    }
}

/// Runs git in a folder and answers what it printed; its complaint is the error.
async fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .current_dir(folder)
        // The demo may itself be started by a hook, whose repository is not meant.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .args(arguments)
        .output()
        .await
        .context("git cannot be started: is it installed?")?;
    if !output.status.success() {
        bail!(
            "git {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
