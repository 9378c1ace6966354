//! The files of the repository, in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::sh::{self, Outcome};

/// Every file Git tracks or would track: its path from the root, with `/`, and its text.
pub(super) struct Tree {
    /// A file that is no text is there with `None`.
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> Outcome<Self> {
        let mut files = BTreeMap::new();
        for path in listed_by_git(root)? {
            let file = root.join(&path);
            // Git lists files that are deleted but not committed yet, and links to folders.
            if file.is_file() {
                let content = fs::read(&file).map_err(|e| format!("{path}: {e}"))?;
                files.insert(path, text_of(content));
            }
        }
        Ok(Self { files })
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| {
            let text = text_of(text.as_bytes().to_vec());
            ((*path).to_owned(), text)
        };
        Self {
            files: files.iter().map(owned).collect(),
        }
    }

    /// The files that are text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// The files that are something else.
    pub(super) fn not_text(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .filter(|(_, text)| text.is_none())
            .map(|(path, _)| path.as_str())
    }

    pub(super) fn with_extension(&self, wanted: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files()
            .filter(move |(path, _)| Path::new(path).extension().is_some_and(|e| e == wanted))
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.keys().any(|file| file.starts_with(&folder))
    }
}

fn listed_by_git(root: &Path) -> Outcome<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let listing = sh::read(&mut git)?;
    let listing = String::from_utf8_lossy(&listing);
    Ok(listing
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The text of a file; nothing if it holds something else than text.
fn text_of(content: Vec<u8>) -> Option<String> {
    String::from_utf8(content)
        .ok()
        .filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_their_files() {
        let tree = Tree::of(&[("docs/guide/start.md", "")]);
        for there in ["", "docs", "docs/guide", "docs/guide/start.md"] {
            assert!(tree.has(there), "{there}");
        }
        assert!(!tree.has("docs/gui"));
    }

    #[test]
    fn what_is_no_text_has_none() {
        assert_eq!(text_of(vec![0x89, b'P', b'N', b'G']), None);
        assert_eq!(text_of(b"a\0b".to_vec()), None);
        assert_eq!(text_of("é".into()).as_deref(), Some("é"));
    }
}
