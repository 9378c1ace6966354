//! The state of open tables and lists.

use pulldown_cmark::Alignment;

/// The table that is being read.
#[derive(Default)]
pub(super) struct Table {
    pub(super) columns: Vec<Alignment>,
    pub(super) column: usize,
    pub(super) is_head: bool,
    pub(super) has_body: bool,
}

/// A list or item that is open.
pub(super) struct Begun {
    /// where the `>` of its start tag is; none when the tag was not written
    pub(super) tag_end: Option<usize>,
    /// whether it is known to be of tasks
    pub(super) is_task: bool,
}
