//! How thorough a run is.

/// How many rounds and operations a figure takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// whether figures may be rough
    pub quick: bool,
}

impl Scale {
    /// Rounds of product and bare loop in turn.
    pub(crate) fn rounds(self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    /// An amount: the full one, or a small one.
    pub(crate) fn of(self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}
