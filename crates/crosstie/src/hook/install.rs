//! Installs the hook in a repository, and removes it.

use super::script;
use super::spool::Spool;
use super::target::{self, Target};
use super::{durable, line, repository};
use anyhow::{Context as _, bail};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Installs the hook, or updates an installed one. Returns a message for the user.
pub(super) async fn install(
    named: &Path,
    target: &Target,
    binary: &Path,
) -> anyhow::Result<String> {
    let git_dir = repository::git_dir(named).await?;
    let files = HookFiles::of(&git_dir).await?;
    let has_other = files.has_other_hook()?;
    if has_other && files.previous.symlink_metadata().is_ok() {
        bail!(
            "neither {} nor {} is a Crosstie hook: remove one of them, then install again",
            files.hook.display(),
            files.previous.display()
        );
    }
    target.save(&git_dir)?;
    let spool = Spool::of(&git_dir);
    spool
        .create()
        .with_context(|| format!("cannot create the folder {}", spool.folder().display()))?;
    files.write(
        &script::text(binary, files.own.then_some(&git_dir)),
        has_other,
    )?;
    let mut messages = vec![format!(
        "pushes to {} are reported to {} as {}",
        git_dir.display(),
        target.server,
        target.project
    )];
    if files.previous.symlink_metadata().is_ok() {
        messages.push(format!(
            "the previous hook was renamed to {} and runs first",
            files.previous.display()
        ));
    }
    Ok(line::one_line(&messages))
}

/// Removes the hook and restores the previous one. Returns a message for the user.
pub(super) async fn uninstall(named: &Path) -> anyhow::Result<String> {
    let git_dir = repository::git_dir(named).await?;
    let files = HookFiles::of(&git_dir).await?;
    let mut messages = Vec::new();
    let config = target::file(&git_dir);
    let was_configured = match fs::remove_file(&config) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot remove {}", config.display()));
        }
    };
    let is_crosstie_hook = files
        .current()?
        .is_some_and(|script| script::is_crosstie_hook(&script));
    if !(was_configured || is_crosstie_hook && files.own) {
        bail!("no hook is installed in {}", git_dir.display());
    }
    if is_crosstie_hook && files.own {
        messages.push(files.remove()?.to_owned());
    } else if is_crosstie_hook {
        messages.push(format!(
            "{} was not removed, because other repositories may share it; it ignores this repository now",
            files.hook.display()
        ));
    } else {
        messages.push(format!(
            "{} is not a Crosstie hook and was not removed",
            files.hook.display()
        ));
    }
    messages.extend(remove_folder(&git_dir)?);
    Ok(line::one_line(&messages))
}

/// Removes Crosstie's folder unless it has unsent events.
fn remove_folder(git_dir: &Path) -> anyhow::Result<Option<String>> {
    let spool = Spool::of(git_dir);
    let left = spool.list()?.len() + spool.refused()?.len();
    let folder = target::folder(git_dir);
    if left > 0 {
        return Ok(Some(format!(
            "{} not sent and left in {}",
            line::events(left),
            spool.folder().display()
        )));
    }
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(None),
    }
}

/// The paths of the hook.
struct HookFiles {
    folder: PathBuf,
    hook: PathBuf,
    previous: PathBuf,
    /// whether only this repository uses the hooks folder
    own: bool,
}

impl HookFiles {
    async fn of(git_dir: &Path) -> anyhow::Result<Self> {
        let folder = repository::hooks(git_dir).await?;
        // A folder that does not exist yet has no other path.
        let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        Ok(Self {
            hook: folder.join("post-receive"),
            previous: folder.join(script::PREVIOUS),
            own: real.starts_with(git_dir),
            folder,
        })
    }

    /// The content of the installed hook.
    fn current(&self) -> anyhow::Result<Option<Vec<u8>>> {
        match fs::read(&self.hook) {
            Ok(script) => Ok(Some(script)),
            // A dangling link is a hook too.
            Err(_) if self.hook.is_symlink() => Ok(Some(Vec::new())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("cannot read {}", self.hook.display()))
            }
        }
    }

    fn has_other_hook(&self) -> anyhow::Result<bool> {
        Ok(self
            .current()?
            .is_some_and(|script| !script::is_crosstie_hook(&script)))
    }

    fn write(&self, script: &[u8], has_other: bool) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot create the folder {}", self.folder.display()))?;
        if has_other {
            fs::rename(&self.hook, &self.previous).with_context(|| {
                format!(
                    "cannot rename {} to {}",
                    self.hook.display(),
                    self.previous.display()
                )
            })?;
        }
        let written = durable::write(&self.hook, script, 0o755);
        if written.is_err() && has_other {
            // The previous hook alone is better than none.
            let _ = fs::rename(&self.previous, &self.hook);
        }
        written.with_context(|| format!("cannot write {}", self.hook.display()))
    }

    fn remove(&self) -> anyhow::Result<&'static str> {
        let (result, message) = if self.previous.symlink_metadata().is_ok() {
            let restored = fs::rename(&self.previous, &self.hook);
            (
                restored,
                "the hook was removed and the previous one restored",
            )
        } else {
            (fs::remove_file(&self.hook), "the hook was removed")
        };
        result.with_context(|| format!("cannot remove {}", self.hook.display()))?;
        Ok(message)
    }
}
