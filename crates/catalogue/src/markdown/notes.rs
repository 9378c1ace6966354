//! The state of footnotes.

use std::collections::HashMap;

/// Footnotes of one text.
#[derive(Default)]
pub(super) struct Notes {
    /// labels in the order of their first reference
    pub(super) order: Vec<String>,
    pub(super) numbers: HashMap<String, usize>,
    /// the HTML of each, by label
    pub(super) written: HashMap<String, String>,
    /// the note that is being read, and what was written before it
    pub(super) reading: Vec<(String, String)>,
}
