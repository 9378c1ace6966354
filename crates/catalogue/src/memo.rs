//! What an integration remembers between deliveries, tests and reads.

use serde_json::{Map, Value};

/// What an attempt or a read found out, stored whether it succeeds or fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memo {
    /// replaces the tool state stored beside the settings: what the integration learned about its
    /// tool, returned by [`Values::tool_state`](crate::Values::tool_state) next time
    pub tool_state: Option<Map<String, Value>>,
    /// ids of what was created in the tool, by subject; returned by
    /// [`Context::external_id`](crate::Context::external_id) to later deliveries
    pub external_ids: Vec<(String, String)>,
}
