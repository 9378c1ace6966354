//! Parses `git diff-tree -z --raw --patch`
//! (<https://git-scm.com/docs/git-diff-tree#_raw_output_format>).

use model::{Change, ChangedFile};

/// One file of `--raw`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// hashes before and after; zeros for none
    blobs: [String; 2],
    /// `A`, `D`, `M`, `T`, `R` or `C`
    status: u8,
    old_path: String,
    path: String,
}

impl Entry {
    /// The hashes of its content before and after, if it has any.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &str> {
        let hashes = self.blobs.iter().map(String::as_str);
        hashes.filter(|hash| hash.bytes().any(|byte| byte != b'0'))
    }

    /// The file, without hunks.
    pub(super) fn into_file(self) -> ChangedFile {
        ChangedFile {
            change: match self.status {
                b'A' | b'C' => Change::Added,
                b'D' => Change::Deleted,
                b'R' => Change::Renamed,
                _ => Change::Modified,
            },
            old_path: self.old_path,
            path: self.path,
            ..ChangedFile::default()
        }
    }
}

/// The files at the beginning of the output, and the patch after them.
pub(super) fn entries(mut bytes: &[u8]) -> (Vec<Entry>, &[u8]) {
    let mut found = Vec::new();
    while let Some((head, rest)) = token(bytes).filter(|(head, _)| head.first() == Some(&b':')) {
        let Some((entry, after)) = entry(head, rest) else {
            break;
        };
        found.push(entry);
        bytes = after;
    }
    // A NUL separates the list from the patch.
    (found, bytes.strip_prefix(b"\0").unwrap_or(bytes))
}

/// `:100644 100644 hash hash M`, and one path, or two for a rename.
fn entry<'b>(head: &[u8], rest: &'b [u8]) -> Option<(Entry, &'b [u8])> {
    let head = String::from_utf8_lossy(head);
    let mut words = head.split(' ').skip(2);
    let blobs = [words.next()?.to_owned(), words.next()?.to_owned()];
    let status = *words.next()?.as_bytes().first()?;
    let (first, mut rest) = token(rest)?;
    let old_path = String::from_utf8_lossy(first).into_owned();
    let mut path = old_path.clone();
    if matches!(status, b'R' | b'C') {
        let (second, after) = token(rest)?;
        path = String::from_utf8_lossy(second).into_owned();
        rest = after;
    }
    let entry = Entry {
        blobs,
        status,
        old_path,
        path,
    };
    Some((entry, rest))
}

fn token(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// The files with their parts of the patch, which come in the same order.
///
/// A file whose type changed has two parts: a deletion and an addition.
pub(super) fn files(entries: Vec<Entry>, patch: &[u8]) -> Vec<ChangedFile> {
    let patch = String::from_utf8_lossy(patch);
    let mut parts = parts(&patch).into_iter();
    let with_parts = |entry: Entry| {
        let count = if entry.status == b'T' { 2 } else { 1 };
        let mut file = entry.into_file();
        for part in parts.by_ref().take(count) {
            add(&mut file, part);
        }
        file
    };
    entries.into_iter().map(with_parts).collect()
}

/// The patch, split before each `diff --git`. Every line of a hunk begins with a marker, so none
/// can be mistaken for it.
fn parts(patch: &str) -> Vec<&str> {
    const BEGINNING: &str = "diff --git ";
    let further = patch.match_indices("\ndiff --git ").map(|(at, _)| at + 1);
    let first = patch.starts_with(BEGINNING).then_some(0);
    let starts: Vec<usize> = first.into_iter().chain(further).collect();
    let ends = starts.iter().skip(1).copied().chain([patch.len()]);
    let pairs = starts.iter().zip(ends);
    pairs.map(|(start, end)| &patch[*start..end]).collect()
}

fn add(file: &mut ChangedFile, part: &str) {
    let Some(at) = part.find("\n@@ ") else {
        file.is_binary |= part.lines().any(|line| line.starts_with("Binary files "));
        return;
    };
    let hunks = &part[at + 1..];
    file.added += hunks.lines().filter(|line| line.starts_with('+')).count();
    file.removed += hunks.lines().filter(|line| line.starts_with('-')).count();
    file.hunks.push_str(hunks);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_hunks_are_combined() {
        let a = "a".repeat(40);
        let raw = format!(
            ":100644 100644 {a} {a} M\0x\n y\0:100644 100644 {a} {a} R090\0old\0new\0:100644 120000 {a} {a} T\0kind\0:000000 100644 {} {a} A\0bin\0\0",
            "0".repeat(40)
        );
        let patch = "diff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-diff --git a\n+@@ b\n c\n\
            diff --git a/old b/new\nsimilarity index 90%\n\
            diff --git a/kind b/kind\ndeleted file\n@@ -1 +0,0 @@\n-was\ndiff --git a/kind b/kind\nnew file\n@@ -0,0 +1 @@\n+is\n\
            diff --git a/bin b/bin\nBinary files /dev/null and b/bin differ\n";
        let bytes = format!("{raw}{patch}");
        let (listed, rest) = entries(bytes.as_bytes());
        assert_eq!(listed[3].blobs().collect::<Vec<_>>(), [&a]);
        let files = files(listed, rest);
        let shown: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    file.path.as_str(),
                    file.change,
                    file.added,
                    file.removed,
                    file.is_binary,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("x\n y", Change::Modified, 1, 1, false),
                ("new", Change::Renamed, 0, 0, false),
                ("kind", Change::Modified, 1, 1, false),
                ("bin", Change::Added, 0, 0, true),
            ]
        );
        assert_eq!(files[1].old_path, "old");
        assert!(files[0].hunks.starts_with("@@ -1,2") && files[0].hunks.ends_with(" c\n"));
    }

    #[test]
    fn a_truncated_entry_is_omitted() {
        let a = "a".repeat(40);
        let bytes = format!(":100644 100644 {a} {a} M\0one\0:100644 100644 {a} {a} M\0tw");
        let (listed, _) = entries(bytes.as_bytes());
        assert_eq!(listed.len(), 1);
        assert!(entries(b"").0.is_empty());
    }
}
