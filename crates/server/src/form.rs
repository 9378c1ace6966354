//! Queries and forms as JSON: `a=1&b[]=2&c[d]=3` is `{"a":"1","b":["2"],"c":{"d":"3"}}`.

use crate::error::ApiError;
use percent_encoding::percent_decode;
use serde_json::{Map, Value};

/// How deep `a[b][c]…` may go.
const DEPTH: usize = 16;

const MALFORMED: ApiError = ApiError::Malformed("Bad Request");

/// Reads a query or a form body into `into`; a later value wins over an earlier one.
pub(crate) fn read(text: &str, into: &mut Map<String, Value>) -> Result<(), ApiError> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        insert(into, &decode(name)?, decode(value)?)?;
    }
    Ok(())
}

/// Puts a value where its name says.
pub(crate) fn insert(
    into: &mut Map<String, Value>,
    name: &str,
    value: String,
) -> Result<(), ApiError> {
    let (first, rest) = split(name);
    if rest.len() > DEPTH {
        return Err(MALFORMED);
    }
    let slot = into.entry(first).or_insert(Value::Null);
    insert_at(slot, &rest, Value::String(value));
    Ok(())
}

fn decode(text: &str) -> Result<String, ApiError> {
    let bytes = text.as_bytes();
    let whole = |at: usize| {
        bytes
            .get(at + 1..at + 3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if (0..bytes.len()).any(|at| bytes[at] == b'%' && !whole(at)) {
        return Err(MALFORMED);
    }
    let spaced = text.replace('+', " ");
    percent_decode(spaced.as_bytes())
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| MALFORMED)
}

/// `a[b][]` as `a` and `["b", ""]`; brackets that do not pair belong to the name.
fn split(name: &str) -> (&str, Vec<&str>) {
    let Some(open) = name.find('[').filter(|open| *open > 0) else {
        return (name, Vec::new());
    };
    let Some(inner) = name[open..]
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return (name, Vec::new());
    };
    (&name[..open], inner.split("][").collect())
}

fn insert_at(slot: &mut Value, path: &[&str], value: Value) {
    let Some((step, rest)) = path.split_first() else {
        *slot = value;
        return;
    };
    if !step.is_empty() {
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        if let Value::Object(map) = slot {
            insert_at(map.entry(*step).or_insert(Value::Null), rest, value);
        }
        return;
    }
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    if let Value::Array(items) = slot {
        // `v[][k]=…` extends the last item until that has a `k`.
        let same = rest.first().is_some_and(|key| {
            items
                .last()
                .and_then(Value::as_object)
                .is_some_and(|last| !last.contains_key(*key))
        });
        if !same {
            items.push(Value::Null);
        }
        if let Some(last) = items.last_mut() {
            insert_at(last, rest, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(text: &str) -> Value {
        let mut map = Map::new();
        read(text, &mut map).unwrap();
        Value::Object(map)
    }

    #[test]
    fn names_with_brackets_nest() {
        let cases = [
            ("", json!({})),
            ("a=1&a=2&b", json!({"a":"2","b":""})),
            ("a[]=x&a[]=y+z", json!({"a":["x","y z"]})),
            ("a%5B%5D=%C3%A9", json!({"a":["é"]})),
            ("a[b][c]=1", json!({"a":{"b":{"c":"1"}}})),
            (
                "v[][k]=1&v[][l]=2&v[][k]=3",
                json!({"v":[{"k":"1","l":"2"},{"k":"3"}]}),
            ),
            ("a[=1&[b]=2", json!({"a[":"1","[b]":"2"})),
            ("a=1&a[]=2", json!({"a":["2"]})),
        ];
        for (text, wanted) in cases {
            assert_eq!(parsed(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let deep = format!("a{}=1", "[b]".repeat(40));
        for text in ["a=%", "a=%zz", "a=%ff", "%2=1", &deep] {
            let result = read(text, &mut Map::new());
            assert!(matches!(result, Err(ApiError::Malformed(_))), "{text}");
        }
    }
}
