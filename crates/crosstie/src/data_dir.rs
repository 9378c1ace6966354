//! The data folder: who may use it, and the keys and first credentials in it.

use crate::hook::durable;
use anyhow::{Context, Result, bail};
use model::Random;
use model::ambient::token_text;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Only the owner may read.
const PRIVATE_FILE: u32 = 0o600;
const PRIVATE_FOLDER: u32 = 0o700;

/// The folder, locked by this process until dropped.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// A value that is in a file, and whether it was made just now.
pub(crate) struct StoredSecret {
    /// the value
    pub value: String,
    /// the file it was just written to
    pub made: Option<PathBuf>,
}

impl DataDir {
    /// Opens the folder, creates it if it is missing, and locks it.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(PRIVATE_FOLDER)
            .create(path)
            .with_context(|| {
                format!(
                    "the data folder {} cannot be made: name a folder that this user may write with --data",
                    path.display()
                )
            })?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(PRIVATE_FILE)
            .open(&lock_path)
            .with_context(|| {
                format!(
                    "{} cannot be written: the data folder must be writable",
                    lock_path.display()
                )
            })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "another Crosstie is using the data folder {}: stop it first",
                    path.display()
                )
            }
            Err(TryLockError::Error(error)) => {
                return Err(error)
                    .with_context(|| format!("{} cannot be locked", lock_path.display()));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("crosstie.db")
    }

    /// The value in a file of the folder, if the file is there.
    pub(crate) fn read(&self, name: &str) -> Result<Option<String>> {
        let path = self.path.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// Puts a value into a file, over what is in it; durable when this returns.
    pub(crate) fn write(&self, name: &str, value: &str) -> Result<()> {
        let path = self.path.join(name);
        durable::write(&path, format!("{value}\n").as_bytes(), PRIVATE_FILE)
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// Puts the file `next` into the place of another in one step; durable when this returns.
    pub(crate) fn replace(&self, name: &str, next: &str) -> Result<()> {
        let (path, next) = (self.path.join(name), self.path.join(next));
        fs::rename(&next, &path)
            .and_then(|()| durable::sync_folder(&self.path))
            .with_context(|| format!("{} cannot be put into its place", next.display()))
    }

    /// The value of a file; made of `length` random characters if the file is missing.
    pub(crate) fn read_or_make(
        &self,
        name: &str,
        prefix: &str,
        length: usize,
        random: &dyn Random,
    ) -> Result<StoredSecret> {
        if let Some(value) = self.read(name)? {
            return Ok(StoredSecret { value, made: None });
        }
        let value = format!("{prefix}{}", token_text(random, length));
        let path = self.path.join(name);
        let write = || {
            let mut file = OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(PRIVATE_FILE)
                .open(&path)?;
            writeln!(file, "{value}")?;
            file.sync_all()
        };
        write().with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(StoredSecret {
            value,
            made: Some(path),
        })
    }
}

/// Says once in which file a value was put.
pub(crate) fn announced(secret: StoredSecret, what: &str) -> String {
    if let Some(path) = &secret.made {
        // Without a terminal nobody could read it; the file is there all the same.
        let _ = writeln!(
            std::io::stderr(),
            "crosstie: {what} was made and is in {}",
            path.display()
        );
    }
    secret.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemBytes;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_value_is_made_once_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("a/b")).unwrap();
        let first = data
            .read_or_make("root_token", "glpat-", 20, &SystemBytes::new())
            .unwrap();
        let path = first.made.unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            PRIVATE_FILE
        );
        let second = data
            .read_or_make("root_token", "glpat-", 20, &SystemBytes::new())
            .unwrap();
        assert!(second.made.is_none());
        assert_eq!(first.value, second.value);
        assert_eq!(first.value.len(), 26);
    }

    #[test]
    fn a_folder_in_use_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let _held = DataDir::open(dir.path()).unwrap();
        let message = DataDir::open(dir.path()).err().unwrap().to_string();
        assert!(message.contains("another Crosstie"), "{message}");
    }
}
