//! What a push changed, as far as it was read from the repository.

use crate::event::Commit;

/// A branch or tag before and after a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// whether it was set back: then the commits are those it lost, and the files show what they did
    pub is_reverse: bool,
    /// the commits between, oldest first and the newest of them alone
    pub commits: Vec<Commit>,
    /// how many there are in truth
    pub commits_count: u64,
    /// the files that differ, those that were read
    pub files: Vec<ChangedFile>,
    /// whether there are more files than were read
    pub more_files: bool,
    /// whether the changes themselves are left out, because they are too many
    pub too_large: bool,
}

/// A file that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedFile {
    /// its path before; the same as `path` unless it was renamed
    pub old_path: String,
    /// its path
    pub path: String,
    /// what became of it
    pub change: Change,
    /// whether it is no text
    pub is_binary: bool,
    /// lines that are new
    pub added: usize,
    /// lines that are gone
    pub removed: usize,
    /// the changed places in unified form; empty when left out or none
    pub hunks: String,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// it is new
    Added,
    /// it is gone
    Deleted,
    /// it has another path, and perhaps other content
    Renamed,
    /// it has other content, or another mode
    #[default]
    Modified,
}
