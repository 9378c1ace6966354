//! The hook against the real git and a server on this machine.

mod compare;
mod delivery;
mod install;
mod intake;
mod push;
mod shapes;

use super::Pusher;
use super::collect::Collector;
use super::event::{LIMITS, Limits};
use super::git::Git;
use super::refs;
use jiff::Timestamp;
use model::{Clock, Random};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use tempfile::TempDir;

/// A clock that goes on by a second each time it is looked at.
#[derive(Default)]
struct Ticking(AtomicU8);
impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + i64::from(self.0.fetch_add(1, Ordering::Relaxed)))
            .unwrap()
    }
}

/// Randomness that counts, so that no key comes twice.
#[derive(Default)]
struct Counter(AtomicU8);
impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// Git with a configuration of its own, whatever this machine's is.
fn git_command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada Lovelace")
        .env("GIT_AUTHOR_EMAIL", "ada@git.test")
        .env("GIT_AUTHOR_DATE", "2026-01-01T10:00:00+01:00")
        .env("GIT_COMMITTER_NAME", "Grace Hopper")
        .env("GIT_COMMITTER_EMAIL", "grace@git.test")
        .env("GIT_COMMITTER_DATE", "2026-01-02T10:00:00+01:00");
    command
}

fn checked(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {stderr}");
    output
}

fn write_script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A bare repository, whose name needs quoting, and a clone of it.
struct Repo {
    dir: TempDir,
    bare: PathBuf,
    work: PathBuf,
}

impl Repo {
    fn new() -> Self {
        Self::with_format("sha1")
    }

    fn with_format(format: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (bare, work) = (root.join("ada's \"$b\".git"), root.join("work"));
        let object_format = format!("--object-format={format}");
        for folder in [&bare, &work] {
            let mut init = git_command(&root);
            init.args(["init", "-q", "-b", "main", &object_format])
                .arg(folder);
            if folder == &bare {
                init.arg("--bare");
            }
            checked(&mut init);
        }
        checked(
            git_command(&work)
                .args(["remote", "add", "origin"])
                .arg(&bare),
        );
        Self { dir, bare, work }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Git in the clone.
    fn git<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        let output = checked(git_command(&self.work).args(args));
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Git in the bare repository.
    fn git_bare(&self, args: &[&str]) -> String {
        let output = checked(git_command(&self.bare).args(args));
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// A commit without files; gives its hash.
    fn commit(&self, message: &str) -> String {
        self.git(&[
            "commit",
            "-q",
            "--allow-empty",
            "--allow-empty-message",
            "-m",
            message,
        ]);
        self.head()
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Pushes, and gives what git wrote to the hook.
    fn push<S: AsRef<OsStr>>(&self, refs: &[S]) -> Vec<u8> {
        write_script(&self.bare.join("hooks/post-receive"), "cat > received");
        let mut push = git_command(&self.work);
        checked(push.args(["push", "-q", "-f", "origin"]).args(refs));
        fs::read(self.bare.join("received")).unwrap()
    }

    /// Pushes with a git that runs the hook, and returns its output.
    fn push_and_see(&self, reference: &str) -> String {
        let output = checked(git_command(&self.work).args(["push", "-q", "origin", reference]));
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    async fn events(&self, input: &[u8]) -> Vec<Value> {
        events_by(&Git::new(&self.bare), input, LIMITS).await
    }

    /// The events of one push of these refs.
    async fn pushed<S: AsRef<OsStr>>(&self, refs: &[S]) -> Vec<Value> {
        let input = self.push(refs);
        self.events(&input).await
    }
}

/// The bodies of a push; nothing may have gone wrong.
async fn events_by(git: &Git, input: &[u8], limits: Limits) -> Vec<Value> {
    let (updates, strange) = refs::parse(input);
    assert_eq!(strange, 0);
    let pusher = Pusher::default();
    let mut collector = Collector {
        git,
        project: "group/app",
        pusher: &pusher,
        limits,
        gaps: Vec::new(),
    };
    let around = collector.read_context(&updates).await;
    let mut bodies = Vec::new();
    for update in &updates {
        let event = collector
            .ref_event(update, update.kind().unwrap(), &around)
            .await;
        bodies.push(event.body(limits.body));
    }
    assert_eq!(collector.gaps, Vec::<String>::new());
    bodies
}

/// The ids of a body's commits.
fn ids(body: &Value) -> Vec<&str> {
    let commits = body["commits"].as_array().unwrap();
    commits
        .iter()
        .map(|commit| commit["id"].as_str().unwrap())
        .collect()
}

/// Runs a program with this input and returns its output.
fn fed(command: &mut Command, input: &[u8]) -> String {
    use std::io::Write as _;
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = spawned(command);
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

/// Starts a program. Another test's child may have a script open that was just written.
fn spawned(command: &mut Command) -> std::process::Child {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
            spawned => return spawned.unwrap(),
        }
    }
}
