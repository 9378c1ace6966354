//! Events that are stored in the repository until the server accepts them.

use super::durable;
use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// The interval between attempts to lock.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// An event to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SpooledEvent {
    /// idempotency key, the same at each attempt
    pub(super) key: String,
    /// value of `X-Gitlab-Event`
    #[serde(rename = "event")]
    pub(super) kind: String,
    /// body
    pub(super) body: Value,
}

/// The folder of unsent events. File names sort by age.
#[derive(Clone, Debug)]
pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The spool of a repository, which may not exist yet.
    pub(super) fn of(git_dir: &Path) -> Self {
        Self {
            folder: super::target::folder(git_dir).join("spool"),
        }
    }

    /// Its path.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of events that the server rejected.
    pub(super) fn refused_folder(&self) -> PathBuf {
        self.folder.join("refused")
    }

    /// Creates the folder.
    pub(super) fn create(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        durable::private_folder(&self.folder)?;
        durable::sync_folder(self.parent())?;
        self.chown(&self.folder)
    }

    fn parent(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// The repository's owner must have access to what `root` creates.
    fn chown(&self, path: &Path) -> io::Result<()> {
        durable::chown_like(self.parent(), path)
    }

    /// Stores the `number`th event of a push durably.
    pub(super) fn add(
        &self,
        event: &SpooledEvent,
        time: Timestamp,
        number: usize,
    ) -> io::Result<()> {
        self.create()?;
        let time = time.strftime("%Y%m%dT%H%M%S.%6fZ");
        let name = format!("{time}-{number:06}-{}.json", event.key);
        durable::write(&self.folder.join(name), &serde_json::to_vec(event)?, 0o600)
    }

    /// The names of the unsent events, oldest first.
    pub(super) fn list(&self) -> io::Result<Vec<String>> {
        names(&self.folder)
    }

    /// The names of the rejected events.
    pub(super) fn refused(&self) -> io::Result<Vec<String>> {
        names(&self.refused_folder())
    }

    /// One event; `None` if the file is damaged.
    pub(super) fn load(&self, name: &str) -> io::Result<Option<SpooledEvent>> {
        let bytes = fs::read(self.folder.join(name))?;
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// Removes a sent event.
    pub(super) fn discard(&self, name: &str) -> io::Result<()> {
        // Not synced: if it reappears after a power failure, the server recognizes its key.
        fs::remove_file(self.folder.join(name))
    }

    /// Moves an event to the rejected ones, with the reason in a file of the same name.
    pub(super) fn refuse(&self, name: &str, why: &str) -> io::Result<()> {
        let refused = self.refused_folder();
        durable::private_folder(&refused)?;
        self.chown(&refused)?;
        let reason = refused.join(format!("{}.why", name.trim_end_matches(".json")));
        durable::write(&reason, format!("{why}\n").as_bytes(), 0o600)?;
        self.chown(&reason)?;
        fs::rename(self.folder.join(name), refused.join(name))?;
        durable::sync_folder(&self.folder)
    }

    /// Waits for the exclusive right to send. `None` if another process still has it at the deadline.
    ///
    /// Dropping the file releases the lock, as does the end of the process.
    pub(super) async fn lock(&self, deadline: Instant) -> anyhow::Result<Option<File>> {
        let path = self.folder.join(".lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        let _ = self.chown(&path);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(LOCK_PAUSE).await;
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }
}

/// The names of the events in a folder, which may not exist.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        if let Ok(name) = entry?.file_name().into_string()
            && Path::new(&name).extension() == Some("json".as_ref())
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(key: &str) -> SpooledEvent {
        SpooledEvent {
            key: key.into(),
            kind: "Push Hook".into(),
            body: json!({"z": 1, "a": "ä"}),
        }
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn events_are_loaded_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::of(dir.path());
        assert_eq!(spool.list().unwrap(), Vec::<String>::new());
        spool
            .add(&event("c"), time("2026-02-03T04:05:06.1Z"), 0)
            .unwrap();
        spool
            .add(&event("b"), time("2026-02-03T04:05:06Z"), 10)
            .unwrap();
        spool
            .add(&event("a"), time("2026-02-03T04:05:06Z"), 9)
            .unwrap();
        fs::write(spool.folder().join(".half.json.tmp"), "x").unwrap();
        let names = spool.list().unwrap();
        assert_eq!(names[2], "20260203T040506.100000Z-000000-c.json");
        let keys = names
            .iter()
            .map(|name| spool.load(name).unwrap().unwrap().key);
        assert_eq!(keys.collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(spool.load(&names[0]).unwrap().unwrap(), event("a"));
        spool.discard(&names[0]).unwrap();
        assert_eq!(spool.list().unwrap().len(), 2);
    }

    #[test]
    fn a_rejected_event_is_moved_with_its_reason() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::of(dir.path());
        spool
            .add(&event("a"), time("2026-02-03T04:05:06Z"), 0)
            .unwrap();
        let name = spool.list().unwrap().remove(0);
        spool.refuse(&name, "too large").unwrap();
        assert_eq!(spool.list().unwrap(), Vec::<String>::new());
        assert_eq!(spool.refused().unwrap(), [name.as_str()]);
        let why = spool.refused_folder().join(name.replace(".json", ".why"));
        assert_eq!(fs::read_to_string(why).unwrap(), "too large\n");
    }

    #[test]
    fn a_damaged_file_is_no_event() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::of(dir.path());
        spool.create().unwrap();
        fs::write(spool.folder().join("x.json"), "{").unwrap();
        assert_eq!(spool.load("x.json").unwrap(), None);
    }

    #[tokio::test]
    async fn the_lock_is_exclusive() {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::of(dir.path());
        spool.create().unwrap();
        let soon = || Instant::now() + Duration::from_millis(60);
        let lock = spool.lock(soon()).await.unwrap();
        assert!(lock.is_some());
        assert!(spool.lock(soon()).await.unwrap().is_none());
        drop(lock);
        assert!(spool.lock(soon()).await.unwrap().is_some());
    }
}
