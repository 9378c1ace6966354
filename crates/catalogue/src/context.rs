//! What an integration is told besides the event and its settings.

use jiff::Timestamp;
use model::{Project, Trigger};

/// The surroundings of one delivery.
#[derive(Clone, Debug)]
pub struct Context {
    /// the project the event happened in
    pub project: Project,
    /// event switches that are off
    pub off: Vec<Trigger>,
    /// the present moment
    pub now: Timestamp,
}

impl Context {
    /// Whether the settings row wants events of this switch.
    pub fn wants(&self, trigger: Trigger) -> bool {
        !self.off.contains(&trigger)
    }
}
