//! The mail as a web page: styles inside the elements, since mail programs drop all others.

use super::excerpt::cut;
use super::report::{Diffs, Report};
use super::text::{MESSAGE, cut_hash, line, mark, path_of, size_of, too_large, visible, warning};
use model::ChangedFile;
use std::fmt::Write as _;

const BODY: &str = "font-family:sans-serif;font-size:14px;line-height:1.4;color:#24292f";
const CODE: &str = "font-family:monospace;font-size:13px;white-space:pre-wrap;margin:4px 0;padding:8px;background:#f6f8fa;border-radius:4px";
const HEADING: &str = "font-size:15px;margin:20px 0 6px";
const ADDED: &str = "background:#dafbe1";
const REMOVED: &str = "background:#ffebe9";
const HUNK: &str = "color:#57606a";
const WARNING: &str = "padding:8px;background:#fff8c5;border-radius:4px";

/// A text that stands in a page as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(letter),
        }
    }
    safe
}

fn linked(url: Option<&str>, text: &str) -> String {
    let is_web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    match url.filter(is_web) {
        Some(url) => format!("<a href=\"{}\">{}</a>", escaped(url), escaped(text)),
        None => escaped(text),
    }
}

/// The mail's page.
pub(super) fn written(report: &Report<'_>) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><body style=\"{BODY}\">\n<p><strong>{}</strong> {} {} {} at {}</p>\n",
        escaped(&line(&report.pusher)),
        report.deed(),
        report.kind,
        linked(report.link.as_deref(), &line(report.name)),
        linked(Some(report.home), report.path),
    );
    if let Some(warning) = warning(report) {
        let _ = writeln!(page, "<p style=\"{WARNING}\">{}</p>", escaped(warning));
    }
    add_commits(&mut page, report);
    add_files(&mut page, report);
    match report.diffs {
        Diffs::Hidden => {}
        Diffs::TooLarge => {
            let sentence = escaped(&too_large(report));
            let _ = writeln!(page, "<p style=\"{WARNING}\">{sentence}</p>");
        }
        Diffs::Shown(files) => files.iter().for_each(|file| add_diff(&mut page, file)),
    }
    page.push_str("</body></html>\n");
    page
}

fn add_commits(page: &mut String, report: &Report<'_>) {
    if report.commits.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2 style=\"{HEADING}\">Commits</h2>");
    if report.more_commits() > 0 {
        let _ = writeln!(
            page,
            "<p>({} older ones are not listed)</p>",
            report.more_commits()
        );
    }
    for commit in report.commits {
        let _ = writeln!(
            page,
            "<p style=\"margin:8px 0 0\"><code>{}</code> by {} &lt;{}&gt;, {}</p>\n<pre style=\"{CODE}\">{}</pre>",
            cut_hash(&commit.id),
            escaped(&line(&commit.author.name)),
            escaped(&line(&commit.author.email)),
            escaped(&line(&commit.timestamp)),
            escaped(&cut(commit.message.trim(), MESSAGE)),
        );
    }
}

fn add_files(page: &mut String, report: &Report<'_>) {
    if report.files.is_empty() {
        return;
    }
    let _ = writeln!(page, "<h2 style=\"{HEADING}\">Changed files</h2>\n<table>");
    for file in &report.files {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            mark(file.change),
            escaped(&path_of(file)),
            size_of(file),
        );
    }
    page.push_str("</table>\n");
    if report.more_files {
        page.push_str("<p>(and more)</p>\n");
    }
}

fn add_diff(page: &mut String, file: &ChangedFile) {
    if file.hunks.is_empty() {
        return;
    }
    let name = escaped(&line(&file.path));
    let _ = write!(
        page,
        "<h2 style=\"{HEADING}\"><code>{name}</code></h2>\n<pre style=\"{CODE}\">"
    );
    for row in file.hunks.lines() {
        let style = match row.as_bytes().first() {
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            Some(b'@') => HUNK,
            _ => "",
        };
        if style.is_empty() {
            let _ = writeln!(page, "{}", escaped(row));
        } else {
            let _ = writeln!(page, "<span style=\"{style}\">{}</span>", escaped(row));
        }
    }
    page.push_str("</pre>\n");
}
