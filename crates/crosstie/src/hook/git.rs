//! Runs `git` with limits for its time and output.
//!
//! No input of a pusher becomes an argument: only hashes are passed, on stdin.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// The maximum time of one git process.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The maximum read of git's stderr, in bytes.
const MAX_STDERR: u64 = 4096;
/// Environment variables that change git's output; the pusher's shell may set them.
///
/// All others are inherited: `PATH`, `HOME`, the object directories.
const REMOVED_VARIABLES: &[&str] = &[
    "GIT_ATTR_SOURCE",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_PAGER",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_TRACE",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_TRACE_PACKET",
    "GIT_TRACE_PERFORMANCE",
    "GIT_TRACE_SETUP",
    "GIT_WORK_TREE",
];

/// Why git produced no output.
#[derive(Debug, thiserror::Error)]
pub(super) enum GitError {
    /// the program did not start
    #[error("git cannot be run: {0}")]
    Start(#[source] io::Error),
    /// it ended with an error
    #[error("git {command}: {why}")]
    Failed {
        /// the subcommand
        command: String,
        /// its first line on stderr
        why: String,
    },
    /// it did not end in time
    #[error("git {command} timed out after {} s", .after.as_secs_f32())]
    Timeout {
        /// the subcommand
        command: String,
        /// the limit
        after: Duration,
    },
    /// its output does not have the documented format
    #[error("git {command} printed an unknown format")]
    Format {
        /// the subcommand
        command: &'static str,
    },
}

/// The standard output of git.
pub(super) struct Output {
    /// the output, up to the limit
    pub(super) bytes: Vec<u8>,
    /// whether this is all of it
    pub(super) complete: bool,
}

/// Git for one repository.
#[derive(Clone, Debug)]
pub(super) struct Git {
    program: PathBuf,
    dir: PathBuf,
    timeout: Duration,
}

impl Git {
    /// The git found by `PATH`, for the repository whose git folder is `dir`.
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            program: "git".into(),
            dir: dir.to_owned(),
            timeout: TIMEOUT,
        }
    }

    /// Uses another program and time limit.
    #[cfg(test)]
    pub(super) fn with_program(mut self, program: &Path, timeout: Duration) -> Self {
        self.program = program.to_owned();
        self.timeout = timeout;
        self
    }

    /// The repository's git folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs a subcommand and returns its output.
    pub(super) async fn run(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        Ok(self.run_up_to(args, input, usize::MAX).await?.bytes)
    }

    /// Runs a subcommand and stops it after `limit` bytes of output.
    pub(super) async fn run_up_to(
        &self,
        args: &[&str],
        input: &[u8],
        limit: usize,
    ) -> Result<Output, GitError> {
        let mut command = Command::new(&self.program);
        command
            .arg("--no-replace-objects")
            .arg("--git-dir")
            .arg(&self.dir)
            .args(args)
            .current_dir(&self.dir)
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in REMOVED_VARIABLES {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(GitError::Start)?;
        let name = || args.first().copied().unwrap_or_default().to_owned();
        match tokio::time::timeout(self.timeout, communicate(&mut child, input, limit)).await {
            Ok(Ok(Ok(output))) => Ok(output),
            Ok(Ok(Err(why))) => Err(GitError::Failed {
                command: name(),
                why,
            }),
            Ok(Err(error)) => Err(GitError::Failed {
                command: name(),
                why: error.to_string(),
            }),
            Err(_) => Err(GitError::Timeout {
                command: name(),
                after: self.timeout,
            }),
        }
    }
}

/// Writes, reads and waits concurrently, so that a full pipe cannot block the others. Returns the
/// first line of stderr as an error if git fails.
async fn communicate(
    child: &mut Child,
    input: &[u8],
    limit: usize,
) -> io::Result<Result<Output, String>> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // If git stops reading, its exit status has the reason.
            let _ = stdin.write_all(input).await;
        }
    };
    let read = async {
        let output = read_up_to(stdout, limit).await?;
        if !output.complete {
            child.start_kill()?;
        }
        Ok::<_, io::Error>(output)
    };
    let ((), output, message) = tokio::join!(feed, read, first_line(stderr));
    let output = output?;
    let status = child.wait().await?;
    if status.success() || !output.complete {
        return Ok(Ok(output));
    }
    let why = if message.is_empty() {
        status.to_string()
    } else {
        message
    };
    Ok(Err(why))
}

async fn read_up_to(source: Option<impl AsyncRead + Unpin>, limit: usize) -> io::Result<Output> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        let one_more = (limit as u64).saturating_add(1);
        source.take(one_more).read_to_end(&mut bytes).await?;
    }
    let complete = bytes.len() <= limit;
    bytes.truncate(limit);
    Ok(Output { bytes, complete })
}

/// The first line of stderr; the rest is read and discarded.
async fn first_line(source: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut source) = source else {
        return String::new();
    };
    let mut bytes = Vec::new();
    let _ = (&mut source).take(MAX_STDERR).read_to_end(&mut bytes).await;
    let _ = tokio::io::copy(&mut source, &mut tokio::io::sink()).await;
    let text = String::from_utf8_lossy(&bytes);
    let first = text.lines().next().unwrap_or_default();
    first.trim_start_matches("fatal: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    fn fake(script: &str, timeout: Duration) -> (tempfile::TempDir, Git) {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("git");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let git = Git::new(dir.path()).with_program(&program, timeout);
        (dir, git)
    }

    #[tokio::test]
    async fn a_git_that_hangs_is_stopped() {
        let (_dir, git) = fake("exec sleep 60", Duration::from_millis(100));
        let error = git.run(&["log"], b"").await.unwrap_err();
        assert_eq!(error.to_string(), "git log timed out after 0.1 s");
    }

    #[tokio::test]
    async fn a_git_that_prints_too_much_is_stopped_with_its_first_output() {
        let (_dir, git) = fake("exec yes", TIMEOUT);
        let output = git.run_up_to(&["log"], &vec![0; 200_000], 5).await.unwrap();
        assert_eq!(
            (output.bytes.as_slice(), output.complete),
            (&b"y\ny\ny"[..], false)
        );
    }

    #[tokio::test]
    async fn a_failing_git_is_quoted_with_its_first_line() {
        let (_dir, git) = fake(
            "echo 'fatal: bad object' >&2; yes | head -c 100000 >&2; exit 128",
            TIMEOUT,
        );
        let error = git.run(&["rev-list"], b"").await.unwrap_err();
        assert_eq!(error.to_string(), "git rev-list: bad object");
    }

    #[tokio::test]
    async fn a_missing_git_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let git = Git::new(dir.path()).with_program(Path::new("/no/such/git"), TIMEOUT);
        let error = git.run(&["log"], b"").await.unwrap_err();
        assert!(error.to_string().starts_with("git cannot be run: "));
    }
}
