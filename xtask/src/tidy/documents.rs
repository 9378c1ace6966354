//! Rules for everything that is read: links lead somewhere, and nothing speaks of one machine.

use super::tree::Tree;
use super::violation::{Violation, line_at};

/// How paths begin that exist on a developer's machine alone.
const OF_ONE_MACHINE: [&str; 3] = [
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "work/"),
];

pub(super) fn no_path_of_one_machine(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.files() {
        let found = OF_ONE_MACHINE
            .iter()
            .flat_map(|beginning| text.match_indices(beginning));
        let begins_here = |offset: usize| {
            let before = text[..offset].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || "._-~})*$".contains(c))
        };
        violations.extend(found.filter(|(offset, _)| begins_here(*offset)).map(|(offset, which)| {
            let what = format!("`{which}…` exists on one machine: use a relative path, or a neutral one such as /srv/");
            Violation::new(path, line_at(text, offset), what)
        }));
    }
    violations
}

pub(super) fn links_lead_somewhere(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in tree.with_extension("md") {
        for (line, target) in links(text) {
            let file = target.split(['#', '?']).next().unwrap_or_default();
            if is_elsewhere(target) || resolved(path, file).is_some_and(|file| tree.has(&file)) {
                continue;
            }
            let what = format!(
                "`{target}` leads nowhere: link to a file of this repository, relative to this one"
            );
            violations.push(Violation::new(path, line, what));
        }
    }
    violations
}

/// Whether a link leads to another site or to a place on the same page.
fn is_elsewhere(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('#')
}

/// The path from the root of what `target` names in the file `from`.
fn resolved(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    (!target.starts_with('/')).then(|| parts.join("/"))
}

/// The targets of a document's links, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut in_fence = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let start = line.trim_start();
        if start.starts_with("```") || start.starts_with("~~~") {
            in_fence = !in_fence;
        } else if !in_fence {
            let targets = inline_links(line).into_iter().chain(link_definition(line));
            found.extend(targets.map(|target| (at + 1, target)));
        }
    }
    found
}

/// The targets of `[text](target "title")`, outside `code`.
fn inline_links(line: &str) -> Vec<&str> {
    let is_code = |offset: usize| line[..offset].matches('`').count() % 2 == 1;
    let starts = line
        .match_indices("](")
        .map(|(offset, _)| offset)
        .filter(|offset| !is_code(*offset));
    starts
        .filter_map(|offset| target(&line[offset + 2..]))
        .collect()
}

/// The target up to the bracket that closes the link; brackets in it come in pairs.
fn target(rest: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let end = rest.find(|c| {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return true,
            ')' => depth -= 1,
            _ => {}
        }
        false
    })?;
    let target = rest[..end].split_whitespace().next()?;
    Some(target.trim_matches(['<', '>']))
}

/// The target of `[label]: target`.
fn link_definition(line: &str) -> Option<&str> {
    let (label, rest) = line.strip_prefix('[')?.split_once("]:")?;
    let is_footnote = label.starts_with('^');
    let target = rest.split_whitespace().next().filter(|_| !is_footnote)?;
    Some(target.trim_matches(['<', '>']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::violation::places;

    #[test]
    fn paths_of_one_machine_are_found_in_every_text() {
        let home = format!("see {}me/notes\n", OF_ONE_MACHINE[1]);
        let harmless = format!(
            "https://example.com{}\n$HOME{}\n",
            OF_ONE_MACHINE[1], OF_ONE_MACHINE[2]
        );
        let files = [
            ("a.toml", home.as_str()),
            ("b.md", &harmless),
            ("c", "\n/srv/git/x.git\n"),
        ];
        assert_eq!(places(no_path_of_one_machine, &files), ["a.toml:1"]);
    }

    #[test]
    fn links_to_files_that_are_not_there_are_found() {
        let text = "[ok](guide/start.md#first) [dir](guide) [site](https://example.com/x) [up](../README.md)\n\
                    [gone](guide/gone.md) `[code](no.md)` ![image](<no.png> \"title\")\n\
                    ```\n[code](no.md)\n```\n\
                    [label]: ../no.md\n[^1]: a note\n[here](#title) [out](../../x)\n";
        let files = [
            ("docs/a.md", text),
            ("docs/guide/start.md", ""),
            ("README.md", "[d](docs/a.md)"),
        ];
        let expected = ["docs/a.md:2", "docs/a.md:2", "docs/a.md:6", "docs/a.md:8"];
        assert_eq!(places(links_lead_somewhere, &files), expected);
    }

    #[test]
    fn a_target_may_hold_brackets() {
        assert_eq!(inline_links("[a](b_(c).md) and (d)"), ["b_(c).md"]);
    }
}
