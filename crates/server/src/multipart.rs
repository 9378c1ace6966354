//! The text fields of a `multipart/form-data` body.

use crate::error::ApiError;
use crate::form;
use serde_json::{Map, Value};

/// The delimiter that a `multipart/form-data` content type names.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1);
    parameters
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("boundary"))
        .map(|(_, value)| value.trim_matches('"'))
        .filter(|value| !value.is_empty())
}

/// Reads the text fields into `into`; files are left out.
pub(crate) fn read(
    body: &[u8],
    boundary: &str,
    into: &mut Map<String, Value>,
) -> Result<(), ApiError> {
    let delimiter = format!("--{boundary}");
    let body = std::str::from_utf8(body).map_err(|_| bad("a field is not UTF-8"))?;
    let (_, mut rest) = body
        .split_once(&delimiter)
        .ok_or_else(|| bad("the boundary is missing"))?;
    let next = format!("\r\n{delimiter}");
    loop {
        if rest.starts_with("--") {
            return Ok(());
        }
        let (part, after) = rest
            .split_once(&next)
            .ok_or_else(|| bad("the last part does not end"))?;
        rest = after;
        let (head, value) = part
            .split_once("\r\n\r\n")
            .ok_or_else(|| bad("a part has no head"))?;
        if let Some(name) = field_name(head) {
            form::insert(into, name, value.to_owned())?;
        }
    }
}

fn bad(why: &str) -> ApiError {
    ApiError::BadRequest(format!("multipart/form-data: {why}"))
}

/// The name of a text field; nothing for a file.
fn field_name(head: &str) -> Option<&str> {
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let parameter = |wanted: &str| {
        disposition.split(';').find_map(|part| {
            let (name, value) = part.trim().split_once('=')?;
            (name == wanted).then(|| value.trim_matches('"'))
        })
    };
    match parameter("filename") {
        Some(_) => None,
        None => parameter("name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fields_are_read_and_files_left_out() {
        let body = "--X\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA\r\nB\r\n\
                    --X\r\ncontent-disposition: form-data; name=\"l[]\"\r\n\r\n1\r\n\
                    --X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n\r\nP\r\n--X--\r\n";
        let mut map = Map::new();
        read(body.as_bytes(), "X", &mut map).unwrap();
        assert_eq!(
            Value::Object(map),
            serde_json::json!({"name":"A\r\nB","l":["1"]})
        );
    }

    #[test]
    fn what_is_cut_is_refused() {
        for body in ["", "--X", "--X\r\nno head\r\n--X--", "--X\r\nA: b\r\n\r\nv"] {
            assert!(
                read(body.as_bytes(), "X", &mut Map::new()).is_err(),
                "{body}"
            );
        }
        assert!(read(&[0xff], "X", &mut Map::new()).is_err());
    }

    #[test]
    fn the_boundary_is_found_with_and_without_quotes() {
        assert_eq!(
            boundary("multipart/form-data; boundary=\"a b\""),
            Some("a b")
        );
        assert_eq!(
            boundary("multipart/form-data; charset=x; Boundary=--q"),
            Some("--q")
        );
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
