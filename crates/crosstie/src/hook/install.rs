//! Puts the hook into a repository, and takes it away again.

use super::script;
use super::spool::Spool;
use super::target::{self, Target};
use super::{durable, line, repository};
use anyhow::{Context as _, bail};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Installs the hook, or renews one that is there. Gives what to tell the person.
pub(super) async fn install(
    named: &Path,
    target: &Target,
    binary: &Path,
) -> anyhow::Result<String> {
    let git_dir = repository::git_dir(named).await?;
    let place = Place::of(&git_dir).await?;
    let foreign = place.foreign_hook()?;
    if foreign && place.earlier.symlink_metadata().is_ok() {
        bail!(
            "both {} and {} are hooks of somebody else; remove one of them, then install again",
            place.hook.display(),
            place.earlier.display()
        );
    }
    target.save(&git_dir)?;
    let spool = Spool::of(&git_dir);
    spool
        .create()
        .with_context(|| format!("cannot make the folder {}", spool.folder().display()))?;
    place.put(
        &script::text(binary, place.own.then_some(&git_dir)),
        foreign,
    )?;
    let mut told = vec![format!(
        "pushes to {} are reported to {} as {}",
        git_dir.display(),
        target.server,
        target.project
    )];
    if place.earlier.symlink_metadata().is_ok() {
        told.push(format!(
            "the earlier hook is kept as {} and runs first",
            place.earlier.display()
        ));
    }
    Ok(line::one_line(&told))
}

/// Takes the hook away and puts the earlier one back. Gives what to tell the person.
pub(super) async fn uninstall(named: &Path) -> anyhow::Result<String> {
    let git_dir = repository::git_dir(named).await?;
    let place = Place::of(&git_dir).await?;
    let mut told = Vec::new();
    let config = target::file(&git_dir);
    let was_configured = match fs::remove_file(&config) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot remove {}", config.display()));
        }
    };
    let is_ours = place
        .present()?
        .is_some_and(|script| script::is_ours(&script));
    if !(was_configured || is_ours && place.own) {
        bail!("no hook is installed in {}", git_dir.display());
    }
    if is_ours && place.own {
        told.push(place.take_away()?.to_owned());
    } else if is_ours {
        told.push(format!(
            "{} stays, since other repositories may share it; it passes this one over",
            place.hook.display()
        ));
    } else {
        told.push(format!("{} is not ours and stays", place.hook.display()));
    }
    told.extend(leave_spool(&git_dir)?);
    Ok(line::one_line(&told))
}

/// Removes our folder unless events are left in it.
fn leave_spool(git_dir: &Path) -> anyhow::Result<Option<String>> {
    let spool = Spool::of(git_dir);
    let left = spool.list()?.len() + spool.refused()?.len();
    let folder = target::folder(git_dir);
    if left > 0 {
        return Ok(Some(format!(
            "{} not sent, kept in {}",
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

/// Where the hook stands.
struct Place {
    folder: PathBuf,
    hook: PathBuf,
    earlier: PathBuf,
    /// whether the hooks folder belongs to this repository alone
    own: bool,
}

impl Place {
    async fn of(git_dir: &Path) -> anyhow::Result<Self> {
        let folder = repository::hooks(git_dir).await?;
        // What does not exist yet belongs to where it will be made.
        let real = fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        Ok(Self {
            hook: folder.join("post-receive"),
            earlier: folder.join(script::EARLIER),
            own: real.starts_with(git_dir),
            folder,
        })
    }

    /// What stands at the hook's place.
    fn present(&self) -> anyhow::Result<Option<Vec<u8>>> {
        match fs::read(&self.hook) {
            Ok(script) => Ok(Some(script)),
            // A link that leads nowhere is somebody's hook too.
            Err(_) if self.hook.is_symlink() => Ok(Some(Vec::new())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                Err(error).with_context(|| format!("cannot read {}", self.hook.display()))
            }
        }
    }

    fn foreign_hook(&self) -> anyhow::Result<bool> {
        Ok(self
            .present()?
            .is_some_and(|script| !script::is_ours(&script)))
    }

    fn put(&self, script: &[u8], foreign: bool) -> anyhow::Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {}", self.folder.display()))?;
        if foreign {
            fs::rename(&self.hook, &self.earlier).with_context(|| {
                format!(
                    "cannot rename {} to {}",
                    self.hook.display(),
                    self.earlier.display()
                )
            })?;
        }
        let written = durable::write(&self.hook, script, 0o755);
        if written.is_err() && foreign {
            // Better their hook without ours than neither.
            let _ = fs::rename(&self.earlier, &self.hook);
        }
        written.with_context(|| format!("cannot write {}", self.hook.display()))
    }

    fn take_away(&self) -> anyhow::Result<&'static str> {
        let (done, told) = if self.earlier.symlink_metadata().is_ok() {
            let back = fs::rename(&self.earlier, &self.hook);
            (
                back,
                "the hook is removed, the earlier one is back in its place",
            )
        } else {
            (fs::remove_file(&self.hook), "the hook is removed")
        };
        done.with_context(|| format!("cannot remove {}", self.hook.display()))?;
        Ok(told)
    }
}
