//! The mail as plain text.

use super::excerpt::cut;
use super::report::{Action, Diffs, File, Report};
use model::{Change, ChangedFile};
use outbound::is_bidi_control;
use std::fmt::Write as _;

/// Characters of a commit's message.
pub(super) const MESSAGE: usize = 5_000;
/// Characters of a hash that are shown.
pub(super) const SHORT: usize = 8;

/// The text with everything in it to be seen: what turns the reading direction is named, and what
/// steers a terminal is replaced.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\n' | '\t' => shown.push(letter),
            _ if is_bidi_control(letter) => {
                let _ = write!(shown, "[U+{:04X}]", u32::from(letter));
            }
            _ if letter.is_control() => shown.push('\u{fffd}'),
            _ => shown.push(letter),
        }
    }
    shown
}

/// The same in one line.
pub(super) fn line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

pub(super) fn mark(change: Change) -> &'static str {
    match change {
        Change::Added => "A",
        Change::Deleted => "D",
        Change::Renamed => "R",
        Change::Modified => "M",
    }
}

/// What became of a file, in words.
pub(super) fn path_of(file: &File<'_>) -> String {
    match file.old_path {
        Some(old) => format!("{} → {}", line(old), line(file.path)),
        None => line(file.path),
    }
}

/// How much of a file changed, if it is known.
pub(super) fn size_of(file: &File<'_>) -> String {
    match file.lines {
        _ if file.is_binary => "binary".to_owned(),
        Some((0, 0)) | None => String::new(),
        Some((added, removed)) => format!("+{added} -{removed}"),
    }
}

/// A sentence about what cannot be undone, if there is something.
pub(super) fn warning(report: &Report<'_>) -> Option<&'static str> {
    (report.action == Action::SetBack)
        .then_some("The push was forced: these commits are no longer on the branch.")
}

/// The mail's text.
pub(super) fn written(report: &Report<'_>) -> String {
    let mut text = format!(
        "{} {} {} {} at {}\n",
        line(&report.pusher),
        report.deed(),
        report.kind,
        line(report.name),
        report.path
    );
    if let Some(link) = &report.link {
        let _ = writeln!(text, "{link}");
    }
    if let Some(warning) = warning(report) {
        let _ = writeln!(text, "\n{warning}");
    }
    add_commits(&mut text, report);
    add_files(&mut text, report);
    match report.diffs {
        Diffs::Hidden => {}
        Diffs::TooLarge => {
            let _ = writeln!(text, "\n{}", too_large(report));
        }
        Diffs::Shown(files) => files.iter().for_each(|file| add_diff(&mut text, file)),
    }
    let _ = write!(text, "\n-- \n{}\n{}\n", report.path, report.home);
    text
}

pub(super) fn too_large(report: &Report<'_>) -> String {
    let end = match &report.link {
        Some(link) => format!(": {link}"),
        None => ".".to_owned(),
    };
    format!("The changes are too large to be shown in a mail{end}")
}

fn add_commits(text: &mut String, report: &Report<'_>) {
    if report.commits.is_empty() {
        return;
    }
    text.push_str("\nCommits:\n");
    if report.more_commits() > 0 {
        let _ = writeln!(
            text,
            "\n({} older ones are not listed)",
            report.more_commits()
        );
    }
    for commit in report.commits {
        let id = cut_hash(&commit.id);
        let (name, email) = (line(&commit.author.name), line(&commit.author.email));
        let _ = writeln!(
            text,
            "\n{id} by {name} <{email}>, {}",
            line(&commit.timestamp)
        );
        for row in visible(&cut(commit.message.trim(), MESSAGE)).lines() {
            let _ = writeln!(text, "{}", format!("    {row}").trim_end());
        }
    }
}

fn add_files(text: &mut String, report: &Report<'_>) {
    if report.files.is_empty() {
        return;
    }
    text.push_str("\nChanged files:\n\n");
    for file in &report.files {
        let row = format!("{} {}  {}", mark(file.change), path_of(file), size_of(file));
        let _ = writeln!(text, "{}", row.trim_end());
    }
    if report.more_files {
        text.push_str("(and more)\n");
    }
}

fn add_diff(text: &mut String, file: &ChangedFile) {
    if file.hunks.is_empty() {
        return;
    }
    let _ = write!(text, "\n=== {}\n{}", line(&file.path), visible(&file.hunks));
    if !text.ends_with('\n') {
        text.push('\n');
    }
}

/// A hash's beginning.
pub(super) fn cut_hash(hash: &str) -> String {
    hash.chars()
        .filter(char::is_ascii_hexdigit)
        .take(SHORT)
        .collect()
}
