//! Reading JSON answers of the server.

use serde_json::Value;

/// The texts of a JSON list.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}
