//! Rule: the modules of a crate do not use each other in a circle.
//!
//! A module uses another if its code names an item there through `crate::`, `super::`, `self::` or a
//! child it declares. An item that a module re-exports counts as the item's own module, and a
//! re-export or `mod` declaration alone uses nothing. Test code does not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use super::rust::{Kind, Source, closing, is_of_name};
use super::tree::Tree;
use super::violation::{Violation, test_modules};

/// A module by its path from the crate's root, which is empty.
type Module = Vec<String>;

/// The modules that each module of a crate uses.
type Graph = BTreeMap<Module, BTreeSet<Module>>;

pub(super) fn modules_form_no_circle(tree: &Tree) -> Vec<Violation> {
    let mut crates: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, text) in tree.with_extension("rs") {
        if let Some((folder, _)) = path.split_once("/src/") {
            crates.entry(folder).or_default().push((path, text));
        }
    }
    let circles = crates.into_iter().flat_map(|(folder, files)| {
        let found = Crate::new(folder, &files).graph();
        circles(&found)
            .into_iter()
            .map(move |circle| violation(folder, &circle))
    });
    circles.collect()
}

fn violation(folder: &str, circle: &[Module]) -> Violation {
    let name = |module: &Module| match module.as_slice() {
        [] => "the root".to_owned(),
        path => format!("`{}`", path.join("::")),
    };
    let shown: Vec<_> = circle.iter().chain(circle.first()).map(name).collect();
    let file = format!("{folder}/src/{}.rs", circle[0].join("/"));
    let what = format!(
        "modules use each other in a circle: {}; move what both need to a module below them",
        shown.join(" → ")
    );
    Violation::new(&file, 1, what)
}

/// The modules of a crate with their code.
struct Crate {
    code: BTreeMap<Module, String>,
    /// by module and name: the module that a re-exported item comes from
    exports: BTreeMap<(Module, String), Module>,
}

impl Crate {
    fn new(folder: &str, files: &[(&str, &str)]) -> Self {
        let sources: Vec<_> = files
            .iter()
            .map(|(path, text)| (*path, Source::new(text)))
            .collect();
        let tests: Vec<_> = sources
            .iter()
            .flat_map(|(path, source)| test_modules(path, source))
            .collect();
        let is_test = |path: &str| {
            tests.iter().any(|test| {
                path.strip_prefix(test.as_str())
                    .is_some_and(|rest| rest.starts_with(['.', '/']))
            })
        };
        let mut code = BTreeMap::new();
        for (path, source) in sources.iter().filter(|(path, _)| !is_test(path)) {
            code.insert(module_of(folder, path), without_tests(source));
        }
        let mut this = Self {
            code,
            exports: BTreeMap::new(),
        };
        for (module, text) in &this.code {
            for (is_export, path) in uses(text) {
                if let (true, Some(target)) = (is_export, this.absolute(module, &path)) {
                    let name = path.last().cloned().unwrap_or_default();
                    this.exports.insert((module.clone(), name), target);
                }
            }
        }
        this
    }

    fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        for (module, text) in &self.code {
            let used = uses(text)
                .into_iter()
                .filter(|(is_export, _)| !is_export)
                .map(|(_, path)| path)
                .chain(paths(text));
            let targets = used.filter_map(|path| self.target(&self.absolute(module, &path)?));
            let targets: BTreeSet<_> = targets.filter(|target| target != module).collect();
            graph.insert(module.clone(), targets);
        }
        graph
    }

    /// A path from the crate's root; `None` if it leads out of the crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut base = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            child => {
                let mut inside = module.clone();
                inside.push(child.to_owned());
                return self.code.contains_key(&inside).then(|| {
                    inside.extend_from_slice(&path[1..]);
                    inside
                });
            }
        };
        for part in &path[1..] {
            if part == "super" {
                base.pop()?;
            } else if part != "self" {
                base.push(part.clone());
            }
        }
        Some(base)
    }

    /// The module that defines what a path from the root names.
    fn target(&self, path: &Module) -> Option<Module> {
        let mut path = path.clone();
        // Re-exports of re-exports end; a circle of them would not compile.
        for _ in 0..8 {
            let depth = (0..=path.len())
                .rev()
                .find(|length| self.code.contains_key(&path[..*length]))?;
            let (module, rest) = path.split_at(depth);
            let next = rest
                .first()
                .and_then(|name| self.exports.get(&(module.to_vec(), name.clone())));
            match next {
                Some(origin) => path = [origin.as_slice(), &rest[1..]].concat(),
                None => return Some(module.to_vec()),
            }
        }
        None
    }
}

fn module_of(folder: &str, path: &str) -> Module {
    let inside = path[folder.len() + "/src/".len()..].trim_end_matches(".rs");
    let parts = inside.split('/').map(str::to_owned);
    parts
        .filter(|part| !matches!(part.as_str(), "lib" | "main" | "mod"))
        .collect()
}

/// The code of a file with its test items blanked out.
fn without_tests(source: &Source) -> String {
    let mut code = source.only(Kind::Code).into_bytes();
    for block in source.tests().blocks {
        code[block].fill(b' ');
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// Every path that `use` declarations name, and whether it is a re-export.
fn uses(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut found = Vec::new();
    for range in declarations(code) {
        let before = code[..range.start].rsplit(['\n', ';', '{', '}']).next();
        let is_export = before.unwrap_or_default().trim_start().starts_with("pub");
        let mut paths = Vec::new();
        branches(
            code[range].trim_start_matches("use").trim(),
            &[],
            &mut paths,
        );
        found.extend(paths.into_iter().map(|path| (is_export, path)));
    }
    found
}

/// Where `use` declarations are, without their visibility and semicolon.
fn declarations(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("use ").map(|(at, _)| at);
    starts
        .filter(|at| !code[..*at].ends_with(is_of_name))
        .map(|at| {
            at..code[at..]
                .find(';')
                .map_or(code.len(), |length| at + length)
        })
        .collect()
}

/// The paths of a tree such as `a::{b, c::{d as e}}`.
fn branches(tree: &str, before: &[String], paths: &mut Vec<Vec<String>>) {
    let head = tree.find('{').unwrap_or(tree.len());
    let plain = tree[..head].split(" as ").next().unwrap_or_default();
    let names = plain
        .split("::")
        .map(str::trim)
        .filter(|name| !name.is_empty() && *name != "*");
    let path = [before, &names.map(str::to_owned).collect::<Vec<_>>()].concat();
    if head == tree.len() {
        paths.push(path);
        return;
    }
    let inside = &tree[head + 1..closing(tree, head)];
    let (mut start, mut depth) = (0, 0_usize);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                branches(inside[start..at].trim(), &path, paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inside[start..].trim().is_empty() {
        branches(inside[start..].trim(), &path, paths);
    }
}

/// Every path with `::` outside `use` declarations.
fn paths(code: &str) -> Vec<Vec<String>> {
    let (mut outside, mut at) = (String::new(), 0);
    for range in declarations(code) {
        outside.push_str(&code[at.min(range.start)..range.start]);
        at = range.end;
    }
    outside.push_str(&code[at..]);
    // `pub(in path)` is a visibility.
    let outside = outside.replace("(in crate::", "(");
    let words = outside.split(|c: char| !is_of_name(c) && c != ':');
    let paths = words.filter(|word| word.contains("::")).map(|word| {
        let parts = word
            .split("::")
            .map(|part| part.trim_matches(':').to_owned());
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>()
    });
    paths.filter(|path| path.len() > 1).collect()
}

/// One shortest circle for each group of modules that use each other.
fn circles(graph: &Graph) -> Vec<Vec<Module>> {
    let mut seen: BTreeSet<&Module> = BTreeSet::new();
    let mut found = Vec::new();
    for module in graph.keys() {
        if seen.contains(module) {
            continue;
        }
        if let Some(circle) = shortest(graph, module) {
            seen.extend(
                graph
                    .keys()
                    .filter(|other| reaches(graph, module, other) && reaches(graph, other, module)),
            );
            found.push(circle);
        }
    }
    found
}

fn reaches(graph: &Graph, from: &Module, to: &Module) -> bool {
    let (mut seen, mut queue) = (BTreeSet::new(), VecDeque::from([from]));
    while let Some(module) = queue.pop_front() {
        for next in graph.get(module).into_iter().flatten() {
            if next == to {
                return true;
            }
            if seen.insert(next) {
                queue.push_back(next);
            }
        }
    }
    false
}

/// The shortest way from a module back to itself.
fn shortest(graph: &Graph, start: &Module) -> Option<Vec<Module>> {
    let mut before: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for next in graph.get(module).into_iter().flatten() {
            if next == start {
                let mut circle = vec![module.clone()];
                let mut at = module;
                while at != start {
                    at = before[at];
                    circle.push(at.clone());
                }
                circle.reverse();
                return Some(circle);
            }
            if next != start && !before.contains_key(next) {
                before.insert(next, module);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let violations = modules_form_no_circle(&Tree::of(files));
        violations
            .into_iter()
            .map(|one| {
                one.what
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .replace("modules use each other in a circle: ", "")
            })
            .collect()
    }

    #[test]
    fn two_modules_that_use_each_other_are_found_however_they_write_it() {
        let root = ("crates/x/src/lib.rs", "mod b;\nmod c;\n");
        let b = (
            "crates/x/src/b.rs",
            "use crate::{c::{C as D}, x};\npub struct B(D);\n",
        );
        for c in [
            "use super::b::B;",
            "pub struct C(crate::b::B);",
            "use crate::b;\n",
        ] {
            let files = [root, b, ("crates/x/src/c.rs", c)];
            assert_eq!(found(&files), ["`b` → `c` → `b`"], "{c}");
        }
        let clean = [
            root,
            b,
            (
                "crates/x/src/c.rs",
                "// crate::b\n#[cfg(test)]\nmod tests { use crate::b::B; }\n",
            ),
        ];
        assert_eq!(found(&clean), [""; 0]);
    }

    #[test]
    fn a_parent_and_its_child_form_a_circle_only_if_each_uses_the_other() {
        let child = ("crates/x/src/b/c.rs", "use super::Shared;\n");
        let only_down = (
            "crates/x/src/b.rs",
            "mod c;\npub struct Shared;\npub use c::C;\n",
        );
        assert_eq!(found(&[child, only_down]), [""; 0]);
        let both = (
            "crates/x/src/b.rs",
            "mod c;\npub struct Shared;\nfn f() { c::g() }\n",
        );
        assert_eq!(found(&[child, both]), ["`b` → `b::c` → `b`"]);
    }

    #[test]
    fn a_re_exported_item_belongs_to_the_module_that_defines_it() {
        let files = [
            ("crates/x/src/lib.rs", "mod b;\nmod c;\npub use b::B;\n"),
            ("crates/x/src/b.rs", "pub struct B;\n"),
            (
                "crates/x/src/c.rs",
                "use crate::B;\nfn f() -> crate::B { B }\n",
            ),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn each_group_is_reported_once_by_its_shortest_circle() {
        let files = [
            ("crates/x/src/b.rs", "use crate::c::C;\nuse crate::d::D;\n"),
            ("crates/x/src/c.rs", "use crate::d::D;\n"),
            ("crates/x/src/d.rs", "use crate::b::B;\n"),
        ];
        assert_eq!(found(&files), ["`b` → `d` → `b`"]);
    }
}
