//! Rules for `Cargo.toml` and `Cargo.lock`.

use super::tree::Tree;
use super::violation::Violation;

/// The crates, top first: each may use only those below it.
const LAYERS: [&str; 7] = [
    "crosstie",
    "server",
    "engine",
    "store",
    "catalogue",
    "outbound",
    "model",
];

/// Stands beside the layers: the binary's demo and everybody's tests use it, nothing else does.
const SANDBOX: &str = "sandbox";

/// Stands above the layers: it measures the others from outside.
const BENCH: &str = "bench";

/// The most packages the lock file may hold: each costs build time.
const MAX_PACKAGES: usize = 250;

pub(super) fn dependencies_point_downwards(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (name, path, text) in crates(tree) {
        if name == BENCH {
            continue;
        }
        if name != SANDBOX && name != "xtask" && layer(name).is_none() {
            let what =
                format!("`{name}` is in no layer: give it its place in LAYERS of xtask's tidy");
            violations.push(Violation::new(path, 1, what));
            continue;
        }
        let wrong = dependencies(text).into_iter().filter_map(|dependency| {
            let why = why_not(name, &dependency)?;
            let what = format!("`{name}` must not use `{}`: {why}", dependency.name);
            Some(Violation::new(path, dependency.line, what))
        });
        violations.extend(wrong);
    }
    violations
}

pub(super) fn dependencies_are_declared_once(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (_, path, text) in crates(tree) {
        let wrong = dependencies(text)
            .into_iter()
            .filter(|dependency| !dependency.is_inherited);
        violations.extend(wrong.map(|Dependency { name, line, .. }| {
            let what = format!("`{name}` is not taken from the workspace's list: declare it there, and write `{name}.workspace = true` here");
            Violation::new(path, line, what)
        }));
    }
    violations
}

pub(super) fn every_crate_takes_the_house_lints(tree: &Tree) -> Vec<Violation> {
    let is_taken = |text: &str| {
        let lints = entries(text)
            .into_iter()
            .filter(|entry| entry.section == "lints");
        lints
            .into_iter()
            .any(|entry| entry.key == "workspace" && entry.value == "true")
    };
    let without = crates(tree)
        .into_iter()
        .filter(|(_, _, text)| !is_taken(text));
    let what = "the house lints do not hold here: write `[lints]` and `workspace = true`";
    without
        .map(|(_, path, _)| Violation::new(path, 1, what))
        .collect()
}

pub(super) fn lock_file_is_small(tree: &Tree) -> Vec<Violation> {
    const LOCK: &str = "Cargo.lock";
    let Some(text) = tree.text(LOCK) else {
        return vec![Violation::new(LOCK, 1, "is missing: build, and commit it")];
    };
    let count = text.lines().filter(|line| *line == "[[package]]").count();
    let what = || {
        format!(
            "{count} packages, at most {MAX_PACKAGES}: find what came in with `cargo tree` and do without"
        )
    };
    (count > MAX_PACKAGES)
        .then(|| Violation::new(LOCK, 1, what()))
        .into_iter()
        .collect()
}

/// The workspace's members: name of the folder, path of the manifest, its text.
fn crates(tree: &Tree) -> Vec<(&str, &str, &str)> {
    let member = |(path, text)| match str::split(path, '/').collect::<Vec<_>>()[..] {
        ["crates", name, "Cargo.toml"] | [name @ ("bench" | "xtask"), "Cargo.toml"] => {
            Some((name, path, text))
        }
        _ => None,
    };
    tree.files().filter_map(member).collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

/// Why the crate `own_name` must not have this dependency, if it must not.
fn why_not(own_name: &str, dependency: &Dependency) -> Option<String> {
    let used = dependency.name;
    if own_name == "xtask" {
        return Some(
            "xtask uses the standard library alone, so that it builds in a second".to_owned(),
        );
    }
    if used == SANDBOX {
        let may = own_name == LAYERS[0] || dependency.is_for_tests;
        return (!may).then(|| "stand-ins are for the demo and for tests".to_owned());
    }
    let below = layer(used)?;
    match layer(own_name) {
        Some(own) if own < below => None,
        Some(_) => Some(format!(
            "`use` points down this list only: {}",
            LAYERS.join(", ")
        )),
        None => (used != "model").then(|| "stand-ins know the model at most".to_owned()),
    }
}

/// A line of a manifest that takes in another crate.
struct Dependency<'a> {
    name: &'a str,
    line: usize,
    is_for_tests: bool,
    is_inherited: bool,
}

fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    let mut found: Vec<Dependency> = Vec::new();
    for entry in entries(text) {
        let Some((kind, table)) = dependency_section(entry.section) else {
            continue;
        };
        let name = table.unwrap_or_else(|| entry.key.split('.').next().unwrap_or_default());
        let value: String = entry.value.split_whitespace().collect();
        let is_inherited = value.contains("workspace=true")
            || (value == "true" && (entry.key == "workspace" || entry.key.ends_with(".workspace")));
        let is_for_tests = kind == "dev-dependencies";
        let is_same =
            |last: &&mut Dependency| last.name == name && last.is_for_tests == is_for_tests;
        match found.last_mut().filter(is_same) {
            Some(last) => last.is_inherited |= is_inherited,
            None => found.push(Dependency {
                name,
                line: entry.line,
                is_for_tests,
                is_inherited,
            }),
        }
    }
    found
}

/// The kind of dependencies a section holds, and the one crate it is about, if it is about one.
fn dependency_section(section: &str) -> Option<(&str, Option<&str>)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let parts: Vec<&str> = section.split('.').collect();
    match parts[..] {
        [.., kind] if KINDS.contains(&kind) => Some((kind, None)),
        [.., kind, name] if KINDS.contains(&kind) => Some((kind, Some(name))),
        _ => None,
    }
}

/// A `key = value` line under its `[section]`.
struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    value: &'a str,
    line: usize,
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut section = "";
    let mut entries = Vec::new();
    for (at, line) in text.lines().map(str::trim).enumerate() {
        let without_comment = line.split('#').next().unwrap_or_default().trim();
        if let Some(name) = without_comment.strip_prefix('[') {
            section = name.trim_matches(['[', ']', ' ']);
        } else if let Some((key, value)) = without_comment.split_once('=') {
            entries.push(Entry {
                section,
                key: key.trim(),
                value: value.trim(),
                line: at + 1,
            });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::violation::places;

    #[test]
    fn dependencies_that_point_upwards_are_found() {
        let files = [
            (
                "crates/engine/Cargo.toml",
                "[dependencies]\nstore.workspace = true\nserver = { workspace = true }\nserde.workspace = true\n",
            ),
            (
                "crates/model/Cargo.toml",
                "[dev-dependencies]\nmodel.workspace = true\n",
            ),
            (
                "crates/store/Cargo.toml",
                "[target.'cfg(unix)'.dependencies.engine]\nworkspace = true\n",
            ),
            ("crates/extra/Cargo.toml", "[package]\n"),
            (
                "xtask/Cargo.toml",
                "[dependencies]\nanyhow.workspace = true\n",
            ),
        ];
        let expected = [
            "crates/engine/Cargo.toml:3",
            "crates/extra/Cargo.toml:1",
            "crates/model/Cargo.toml:2",
            "crates/store/Cargo.toml:2",
            "xtask/Cargo.toml:2",
        ];
        assert_eq!(places(dependencies_point_downwards, &files), expected);
    }

    #[test]
    fn the_sandbox_is_for_the_demo_and_for_tests() {
        let files = [
            (
                "crates/crosstie/Cargo.toml",
                "[dependencies]\nsandbox.workspace = true\n",
            ),
            (
                "crates/engine/Cargo.toml",
                "[dependencies]\nsandbox.workspace = true\n",
            ),
            (
                "crates/server/Cargo.toml",
                "[dev-dependencies]\nsandbox.workspace = true\n",
            ),
            (
                "crates/sandbox/Cargo.toml",
                "[dependencies]\nmodel.workspace = true\noutbound.workspace = true\n",
            ),
        ];
        let expected = ["crates/engine/Cargo.toml:2", "crates/sandbox/Cargo.toml:3"];
        assert_eq!(places(dependencies_point_downwards, &files), expected);
    }

    #[test]
    fn a_dependency_with_a_version_of_its_own_is_found() {
        let files = [(
            "crates/model/Cargo.toml",
            "[dependencies]\nurl = \"2\"\nserde = { workspace = true } # ours\nregex.workspace = true\n\
             [dev-dependencies.proptest]\nfeatures = [\"std\"]\nworkspace = true\n",
        )];
        assert_eq!(
            places(dependencies_are_declared_once, &files),
            ["crates/model/Cargo.toml:2"]
        );
    }

    #[test]
    fn a_crate_without_the_house_lints_is_found() {
        let files = [
            ("crates/model/Cargo.toml", "[lints]\nworkspace = true\n"),
            (
                "crates/store/Cargo.toml",
                "[dependencies]\nworkspace = true\n",
            ),
        ];
        assert_eq!(
            places(every_crate_takes_the_house_lints, &files),
            ["crates/store/Cargo.toml:1"]
        );
    }

    #[test]
    fn the_lock_file_has_a_limit() {
        let (full, over) = ("[[package]]\n".repeat(250), "[[package]]\n".repeat(251));
        assert_eq!(
            places(lock_file_is_small, &[("Cargo.lock", &full)]),
            [""; 0]
        );
        assert_eq!(
            places(lock_file_is_small, &[("Cargo.lock", &over)]),
            ["Cargo.lock:1"]
        );
        assert_eq!(places(lock_file_is_small, &[]), ["Cargo.lock:1"]);
    }
}
