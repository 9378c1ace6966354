//! Rules for the catalogue: one file and one line per integration, and its name nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use super::rust::{self, Kind, Source, is_of_name};
use super::tree::Tree;
use super::violation::{Violation, line_at, test_modules};

/// The file with the list of all integrations.
const LIST: &str = "crates/catalogue/src/lib.rs";

/// The macro that takes the list.
const MACRO: &str = "catalogue!";

/// The folder with a file, or a folder, for each.
const FOLDER: &str = "crates/catalogue/src/integrations/";

/// The parts of each integration's docs, in this order; its page is made of them.
const HEADINGS: [&str; 4] = ["## What it does", "## Set-up", "## Events", "## Limits"];

/// The crates that may name an integration.
const AT_HOME: [&str; 2] = ["crates/catalogue/", "crates/sandbox/"];

/// Slugs that are also the name of something else than an integration.
const OTHER_MEANINGS: [&str; 1] = [
    // a kind of source: where a project's events come from
    "github",
];

pub(super) fn list_and_files_agree(tree: &Tree) -> Vec<Violation> {
    let files = files(tree);
    let mut violations = Vec::new();
    if files.is_empty() {
        violations.push(Violation::new(
            FOLDER,
            1,
            "no integrations here: each has its file in it",
        ));
    }
    let Some(list) = list(tree) else {
        let what = format!("no list of integrations: write `{MACRO} {{ … }}` with a line for each");
        violations.push(Violation::new(LIST, 1, what));
        return violations;
    };
    let mut seen = BTreeSet::new();
    for (name, line) in &list {
        if !files.contains_key(name) {
            let what = format!("`{name}` has no file: write {FOLDER}{name}.rs or remove the line");
            violations.push(Violation::new(LIST, *line, what));
        }
        if !seen.insert(name) {
            let what = format!("`{name}` is listed twice: remove one line");
            violations.push(Violation::new(LIST, *line, what));
        }
    }
    for (name, file) in files.iter().filter(|(name, _)| !seen.contains(name)) {
        let what = format!("is not in the list: add `{name}` to `{MACRO} {{ … }}` in {LIST}");
        violations.push(Violation::new(file, 1, what));
    }
    violations
}

pub(super) fn every_integration_is_documented(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files(tree).values() {
        let mut complain =
            |line: usize, what: String| violations.push(Violation::new(file, line, what));
        let docs = module_docs(tree.text(file).unwrap_or_default());
        if !docs.first().is_some_and(|first| first.starts_with("# ")) {
            complain(
                1,
                "does not begin with its title: write `//! # Title`".to_owned(),
            );
        }
        let mut after = 0;
        for heading in HEADINGS {
            match docs.iter().position(|line| *line == heading) {
                None => complain(
                    docs.len() + 1,
                    format!("its docs lack `//! {heading}`: add it"),
                ),
                Some(at) if at < after => {
                    complain(
                        at + 1,
                        format!("`{heading}` is out of order: {}", HEADINGS.join(", ")),
                    );
                }
                Some(at) => after = at,
            }
        }
    }
    violations
}

pub(super) fn no_integration_is_named_elsewhere(tree: &Tree) -> Vec<Violation> {
    let names: BTreeSet<String> = list(tree)
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .collect();
    let is_slug = |literal: &str| {
        !OTHER_MEANINGS.contains(&literal) && names.contains(&literal.replace('-', "_"))
    };
    let sources: Vec<(&str, Source)> = server_sources(tree);
    let test_files: Vec<String> = sources
        .iter()
        .flat_map(|(path, source)| test_modules(path, source))
        .collect();
    let mut violations = Vec::new();
    for (path, source) in &sources {
        if test_files.iter().any(|test| is_module(path, test)) {
            continue;
        }
        let tests = source.tests();
        let outside = source
            .literals()
            .filter(|(offset, _)| !tests.contain(*offset));
        violations.extend(outside.filter(|(_, literal)| is_slug(literal)).map(|(offset, slug)| {
            let line = line_at(tree.text(path).unwrap_or_default(), offset);
            let what = format!(
                "names the integration `{slug}`: let the integration say in its own file what is \
                 special about it, and ask the catalogue"
            );
            Violation::new(path, line, what)
        }));
    }
    violations
}

/// The names in the list, as files are named, with their lines.
fn list(tree: &Tree) -> Option<Vec<(String, usize)>> {
    let code = Source::new(tree.text(LIST)?).only(Kind::Code);
    let start = code.find(MACRO)? + MACRO.len();
    let open = start + code[start..].find(['{', '(', '['])?;
    let inside = open + 1..rust::closing(&code, open);
    let mut names = Vec::new();
    for (at, line) in code[inside.clone()].split('\n').enumerate() {
        let words = line
            .split(|c: char| !is_of_name(c) && c != '-')
            .filter(|word| !word.is_empty());
        names.extend(words.map(|word| (word.replace('-', "_"), line_at(&code, inside.start) + at)));
    }
    Some(names)
}

/// The integrations' files by name: `name.rs`, or the head of the folder `name`.
fn files(tree: &Tree) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (path, _) in tree.with_extension("rs") {
        let Some(within) = path
            .strip_prefix(FOLDER)
            .filter(|within| *within != "mod.rs")
        else {
            continue;
        };
        match within.split_once('/') {
            None => files.insert(within.trim_end_matches(".rs").to_owned(), path.to_owned()),
            Some((name, _)) => {
                files
                    .entry(name.to_owned())
                    .or_insert_with(|| format!("{FOLDER}{name}/mod.rs"));
                continue;
            }
        };
    }
    files
}

/// The lines of the `//!` docs a file begins with.
fn module_docs(text: &str) -> Vec<&str> {
    let docs = text.lines().map_while(|line| line.strip_prefix("//!"));
    docs.map(str::trim).collect()
}

/// The sources of the crates that must not know any integration.
fn server_sources(tree: &Tree) -> Vec<(&str, Source<'_>)> {
    let is_one = |path: &str| {
        let is_source = path.starts_with("crates/") && path.split('/').nth(2) == Some("src");
        is_source && !AT_HOME.iter().any(|home| path.starts_with(home))
    };
    let files = tree.with_extension("rs").filter(|(path, _)| is_one(path));
    files
        .map(|(path, text)| (path, Source::new(text)))
        .collect()
}

/// Whether a file is this module or lies in it.
fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::violation::places;

    const LISTED: (&str, &str) = (
        LIST,
        "//! `catalogue! { none }`\ncatalogue! {\n    jira, // the first\n    drone-ci\n}\n",
    );

    #[test]
    fn a_name_without_file_and_a_file_without_name_are_found() {
        let files = [
            LISTED,
            ("crates/catalogue/src/integrations/mod.rs", ""),
            ("crates/catalogue/src/integrations/jira/mod.rs", ""),
            ("crates/catalogue/src/integrations/jira/cloud.rs", ""),
            ("crates/catalogue/src/integrations/slack.rs", ""),
        ];
        let expected = [
            "crates/catalogue/src/lib.rs:4",
            "crates/catalogue/src/integrations/slack.rs:1",
        ];
        assert_eq!(places(list_and_files_agree, &files), expected);
    }

    #[test]
    fn a_name_listed_twice_is_found() {
        let files = [
            (LIST, "catalogue! {\n    jira,\n    jira,\n}\n"),
            ("crates/catalogue/src/integrations/jira.rs", ""),
        ];
        assert_eq!(
            places(list_and_files_agree, &files),
            ["crates/catalogue/src/lib.rs:3"]
        );
    }

    #[test]
    fn an_empty_house_is_a_violation_and_no_panic() {
        let expected = [
            "crates/catalogue/src/integrations/:1",
            "crates/catalogue/src/lib.rs:1",
        ];
        assert_eq!(places(list_and_files_agree, &[]), expected);
        assert_eq!(places(every_integration_is_documented, &[]), [""; 0]);
        assert_eq!(places(no_integration_is_named_elsewhere, &[]), [""; 0]);
    }

    #[test]
    fn docs_have_a_title_and_all_headings_in_order() {
        let whole =
            "//! # Jira\n//!\n//! ## What it does\n//! ## Set-up\n//! ## Events\n//! ## Limits\n";
        let no_title = whole.replacen("# Jira", "Jira", 1);
        let no_events = whole.replace("//! ## Events\n", "");
        let swapped = whole.replace(
            "//! ## Events\n//! ## Limits",
            "//! ## Limits\n//! ## Events",
        );
        let files = [
            ("crates/catalogue/src/integrations/a.rs", whole),
            ("crates/catalogue/src/integrations/b.rs", &no_title),
            ("crates/catalogue/src/integrations/c.rs", &no_events),
            ("crates/catalogue/src/integrations/d.rs", &swapped),
            ("crates/catalogue/src/integrations/e/mod.rs", whole),
            (
                "crates/catalogue/src/integrations/e/part.rs",
                "//! Any docs.\n",
            ),
        ];
        let expected = [
            "crates/catalogue/src/integrations/b.rs:1",
            "crates/catalogue/src/integrations/c.rs:6",
            "crates/catalogue/src/integrations/d.rs:5",
        ];
        assert_eq!(places(every_integration_is_documented, &files), expected);
    }

    #[test]
    fn an_integration_is_named_in_the_catalogue_the_sandbox_and_tests_alone() {
        let files = [
            LISTED,
            (
                "crates/engine/src/deliver.rs",
                "// \"jira\"\nfn f(s: &str) -> bool {\n    s == \"jira\"\n}\n",
            ),
            (
                "crates/server/src/lib.rs",
                "const DRONE: &str = \"drone_ci\";\nconst OTHER: &str = \"a jira\";\n",
            ),
            (
                "crates/store/src/lib.rs",
                "#[cfg(test)]\nmod tests {\n    const J: &str = \"jira\";\n}\n",
            ),
            ("crates/outbound/src/http.rs", "#[cfg(test)]\nmod tests;\n"),
            (
                "crates/outbound/src/http/tests.rs",
                "const J: &str = \"jira\";\n",
            ),
            (
                "crates/crosstie/tests/story.rs",
                "const J: &str = \"jira\";\n",
            ),
            ("crates/sandbox/src/jira.rs", "const J: &str = \"jira\";\n"),
        ];
        let expected = [
            "crates/engine/src/deliver.rs:3",
            "crates/server/src/lib.rs:1",
        ];
        assert_eq!(places(no_integration_is_named_elsewhere, &files), expected);
    }

    #[test]
    fn a_name_that_also_means_a_source_may_be_said() {
        let files = [
            (LIST, "catalogue! { github }\n"),
            (
                "crates/model/src/source.rs",
                "const KIND: &str = \"github\";\n",
            ),
        ];
        assert_eq!(places(no_integration_is_named_elsewhere, &files), [""; 0]);
    }
}
