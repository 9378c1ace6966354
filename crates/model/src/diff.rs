//! The changes of a push, read from the repository.

use crate::event::Commit;

/// A branch or tag before and after a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// whether the ref was set back: the commits are those removed, the files the changes they made
    pub is_reverse: bool,
    /// the newest commits between the two, oldest first
    pub commits: Vec<Commit>,
    /// the number of all commits between the two
    pub commits_count: u64,
    /// the files that differ, up to a limit
    pub files: Vec<ChangedFile>,
    /// whether more files differ
    pub more_files: bool,
    /// whether the hunks are omitted because they are too large
    pub too_large: bool,
}

/// A file that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedFile {
    /// path before; the same as `path` unless renamed
    pub old_path: String,
    /// path after
    pub path: String,
    /// the kind of change
    pub change: Change,
    /// whether it is binary
    pub is_binary: bool,
    /// number of lines added
    pub added: usize,
    /// number of lines removed
    pub removed: usize,
    /// the hunks in unified diff format; empty when omitted
    pub hunks: String,
}

/// How a file was changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// a new file
    Added,
    /// deleted
    Deleted,
    /// renamed, and perhaps modified
    Renamed,
    /// content or mode changed
    #[default]
    Modified,
}
