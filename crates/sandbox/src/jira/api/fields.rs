//! Fields of a JSON object by type; null counts as not given, another type is refused.

use super::answer::Refusal;
use serde_json::{Map, Value};

/// An object and the name it has in messages.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    name: &'a str,
}

impl<'a> Fields<'a> {
    pub(super) fn of(object: &'a Map<String, Value>, name: &'a str) -> Self {
        Self { object, name }
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<String>, Refusal> {
        self.typed(field, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, Refusal> {
        self.typed(field, "true or false", Value::as_bool)
    }

    pub(super) fn object(&self, field: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        self.typed(field, "an object", Value::as_object)
    }

    fn typed<T>(
        &self,
        field: &str,
        wanted: &str,
        read: fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.object.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(Refusal::bad(format!(
                    "{field} of {} must be {wanted}.",
                    self.name
                ))),
            },
        }
    }
}
