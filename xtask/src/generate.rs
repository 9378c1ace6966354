//! `cargo xtask gen`: the documents that are written from the code, in `docs/reference`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::env;
use crate::sh::{self, Outcome};

const FOLDER: &str = "docs/reference";

/// The files of a folder: path within it, with `/`, and content.
type Files = BTreeMap<String, Vec<u8>>;

/// Brings `docs/reference` up to date.
pub(crate) fn write(root: &Path) -> Outcome {
    let fresh = generated(root)?;
    let folder = root.join(FOLDER);
    let differences = differences(&fresh, &files(&folder)?);
    for Difference { path, what } in &differences {
        println!("{FOLDER}/{path}: {}", what.done());
        put(&folder.join(path), fresh.get(path))?;
    }
    println!(
        "{FOLDER}: {} files, {} changed",
        fresh.len(),
        differences.len()
    );
    Ok(())
}

/// Fails if `docs/reference` is not what the code says.
pub(crate) fn check(root: &Path) -> Outcome {
    let fresh = generated(root)?;
    let differences = differences(&fresh, &files(&root.join(FOLDER))?);
    for Difference { path, what } in &differences {
        println!("{FOLDER}/{path}: {}", what.found());
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{FOLDER} is out of date: run `cargo xtask gen` and commit what it writes"
    ))
}

/// What the server's binary writes today.
fn generated(root: &Path) -> Outcome<Files> {
    let folder = env::target_folder()?.join("reference");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| about(&folder, &e))?;
    }
    fs::create_dir_all(&folder).map_err(|e| about(&folder, &e))?;
    sh::run(Command::new(server(root)?).arg("reference").arg(&folder))?;
    let fresh = files(&folder)?;
    if fresh.is_empty() {
        Err("`crosstie reference` wrote nothing".to_owned())
    } else {
        Ok(fresh)
    }
}

/// The server's binary, built as `cargo test --workspace` builds it. `cargo run` would leave out
/// what tests alone ask of dependencies, and so build our crates a second time.
fn server(root: &Path) -> Outcome<PathBuf> {
    const BINARY: [&str; 2] = ["--bin", "crosstie"];
    const ANY_TEST: [&str; 2] = ["--test", "stories"];
    let mut build = sh::cargo(root, &["build", "-q", "--workspace"]);
    sh::run(build.args(BINARY).args(ANY_TEST))?;
    Ok(env::target_folder()?.join("debug/crosstie"))
}

#[derive(Debug, PartialEq, Eq)]
struct Difference {
    path: String,
    what: What,
}

#[derive(Debug, PartialEq, Eq)]
enum What {
    Missing,
    Changed,
    Superfluous,
}

impl What {
    fn found(&self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Changed => "differs from what the code says",
            Self::Superfluous => "is superfluous: nothing in the code writes it",
        }
    }

    fn done(&self) -> &'static str {
        match self {
            Self::Missing => "added",
            Self::Changed => "changed",
            Self::Superfluous => "removed",
        }
    }
}

fn differences(fresh: &Files, present: &Files) -> Vec<Difference> {
    let paths: BTreeSet<&String> = fresh.keys().chain(present.keys()).collect();
    let compare = |path: &String| match (fresh.get(path), present.get(path)) {
        (Some(_), None) => Some(What::Missing),
        (None, Some(_)) => Some(What::Superfluous),
        (new, old) => (new != old).then_some(What::Changed),
    };
    let difference = |path: &String| {
        compare(path).map(|what| Difference {
            path: path.clone(),
            what,
        })
    };
    paths.into_iter().filter_map(difference).collect()
}

/// Writes a file, or removes it if it is to have no content.
fn put(path: &Path, content: Option<&Vec<u8>>) -> Outcome {
    let Some(content) = content else {
        return fs::remove_file(path).map_err(|e| about(path, &e));
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| about(folder, &e))?;
    }
    fs::write(path, content).map_err(|e| about(path, &e))
}

fn files(folder: &Path) -> Outcome<Files> {
    let mut found = Files::new();
    if folder.exists() {
        collect(folder, "", &mut found)?;
    }
    Ok(found)
}

fn collect(folder: &Path, within: &str, found: &mut Files) -> Outcome {
    for entry in fs::read_dir(folder).map_err(|e| about(folder, &e))? {
        let entry = entry.map_err(|e| about(folder, &e))?;
        let path: PathBuf = entry.path();
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found)?;
        } else {
            found.insert(name, fs::read(&path).map_err(|e| about(&path, &e))?);
        }
    }
    Ok(())
}

fn about(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> Files {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    #[test]
    fn missing_changed_and_superfluous_files_are_found() {
        let fresh = folder(&[("a.md", "new"), ("b.md", "same"), ("c.md", "here")]);
        let present = folder(&[("a.md", "old"), ("b.md", "same"), ("d/e.md", "gone")]);
        let expected = [
            Difference {
                path: "a.md".to_owned(),
                what: What::Changed,
            },
            Difference {
                path: "c.md".to_owned(),
                what: What::Missing,
            },
            Difference {
                path: "d/e.md".to_owned(),
                what: What::Superfluous,
            },
        ];
        assert_eq!(differences(&fresh, &present), expected);
        assert_eq!(differences(&fresh, &fresh), []);
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_files() {
        assert_eq!(files(Path::new("no/such/folder")), Ok(Files::new()));
    }
}
