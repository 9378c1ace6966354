//! The commits of a push, from one `git log`.

use super::changes::Files;
use super::git::{Git, GitError};
use super::refs;

/// The command for [`parse`]: six fields per commit, each terminated by NUL.
const LOG: &[&str] = &[
    "log",
    "-z",
    "--date-order",
    "--no-show-signature",
    "--no-color",
    "--no-notes",
    "--no-patch",
    "--encoding=UTF-8",
    "--format=tformat:%H%x00%P%x00%cI%x00%an%x00%ae%x00%B",
];
const FIELDS: usize = 6;

/// One commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commit {
    /// full hash
    pub(super) id: String,
    /// the parent to compare its files with; `None` for a root commit
    pub(super) first_parent: Option<String>,
    /// commit date, ISO 8601 with offset
    pub(super) timestamp: String,
    /// name of the author
    pub(super) author_name: String,
    /// mail address of the author
    pub(super) author_email: String,
    /// full message
    pub(super) message: String,
    /// the changed files; empty if not read
    pub(super) files: Files,
}

/// The newest `max` commits of a range, newest first, and the number of all. `limit` is the maximum
/// of git's output that is read, in bytes.
pub(super) async fn newest(
    git: &Git,
    range: &str,
    max: usize,
    limit: usize,
) -> Result<(Vec<Commit>, u64), GitError> {
    let count = format!("--max-count={max}");
    let args = [LOG, &["--ignore-missing", &count, "--stdin"]].concat();
    let log = git.run_up_to(&args, range.as_bytes(), limit).await?;
    let commits = parse(&log.bytes).ok_or(GitError::Format { command: "log" })?;
    if log.complete && commits.len() < max {
        let total = commits.len() as u64;
        return Ok((commits, total));
    }
    let args = ["rev-list", "--count", "--ignore-missing", "--stdin"];
    let output = git.run(&args, range.as_bytes()).await?;
    let total = String::from_utf8_lossy(&output).trim().parse();
    let total = total.map_err(|_| GitError::Format {
        command: "rev-list",
    })?;
    Ok((commits, total))
}

/// The commits of a log, newest first.
///
/// An incomplete commit at the end of a truncated log is omitted. Invalid UTF-8 is
/// replaced by U+FFFD. `None` if the log has another format.
fn parse(log: &[u8]) -> Option<Vec<Commit>> {
    let mut fields: Vec<&[u8]> = log.split(|byte| *byte == 0).collect();
    // The text after the last NUL: nothing, or an incomplete field.
    fields.pop();
    fields.chunks_exact(FIELDS).map(parse_commit).collect()
}

fn parse_commit(fields: &[&[u8]]) -> Option<Commit> {
    let [id, parents, timestamp, name, email, message] = fields else {
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(Commit {
        id: refs::hash(id)?,
        first_parent: parents
            .split(|byte| *byte == b' ')
            .next()
            .and_then(refs::hash),
        timestamp: text(timestamp),
        author_name: text(name),
        author_email: text(email),
        message: text(message),
        files: Files::default(),
    })
}

/// A message's first line, cut at a space near its 80th character as GitLab does.
pub(super) fn title(message: &str) -> String {
    const MAX_LENGTH: usize = 100;
    const CUT_LENGTH: usize = 78;
    let line = message
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    if line.chars().nth(MAX_LENGTH - 1).is_none() {
        return line.to_owned();
    }
    let head: String = line.chars().take(CUT_LENGTH).collect();
    let words = head
        .rfind(' ')
        .map_or(head.as_str(), |space| &head[..space]);
    format!("{words}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn a_merge_a_root_and_an_empty_message_are_read() {
        let log = format!(
            "{A}\0{B} {A}\0{}\0Ada\0ada@git.test\0Fix\n\nmore\n\0{B}\0\0{}\0\0\0\0",
            "2026-02-03T04:05:06+01:00", "2026-02-03T04:05:05Z"
        );
        let commits = parse(log.as_bytes()).unwrap();
        assert_eq!(commits.len(), 2);
        assert_eq!(commits[0].first_parent.as_deref(), Some(B));
        assert_eq!(commits[0].timestamp, "2026-02-03T04:05:06+01:00");
        assert_eq!(commits[0].message, "Fix\n\nmore\n");
        assert_eq!(commits[1].first_parent, None);
        assert_eq!(commits[1].message, "");
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_replaced() {
        let mut log = format!("{A}\0\0t\0").into_bytes();
        log.extend_from_slice(b"\xc4da\0a\xff@x\0caf\xe9\0");
        let commits = parse(&log).unwrap();
        assert_eq!(commits[0].author_name, "\u{fffd}da");
        assert_eq!(commits[0].author_email, "a\u{fffd}@x");
        assert_eq!(commits[0].message, "caf\u{fffd}");
    }

    #[test]
    fn a_truncated_log_loses_only_its_last_commit() {
        let log = format!("{A}\0\0t\0n\0e\0whole\0{B}\0\0t\0n\0e\0cut o");
        let commits = parse(log.as_bytes()).unwrap();
        assert_eq!(commits.len(), 1);
        assert_eq!(commits[0].message, "whole");
    }

    #[test]
    fn another_format_is_refused() {
        assert_eq!(parse(b"commit 1\0\0\0\0\0\0"), None);
        assert_eq!(parse(b""), Some(Vec::new()));
    }

    #[test]
    fn a_title_is_short() {
        assert_eq!(title("\n Fix it \r\n\nmore"), "Fix it");
        assert_eq!(title(""), "");
        assert_eq!(title(&"x".repeat(99)), "x".repeat(99));
        assert_eq!(title(&"ä".repeat(100)), format!("{}...", "ä".repeat(78)));
        let words = title(&"word ".repeat(40));
        assert!(words.ends_with("word...") && words.len() <= 81, "{words}");
    }
}
