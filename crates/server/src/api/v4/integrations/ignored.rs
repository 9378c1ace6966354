//! Parameters that nobody asked for: dropped as GitLab drops them, and named, so that a slip of the
//! pen is found.

use crate::call::Call;
use crate::params::Parameter;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

/// Their names, separated by commas.
const HEADER: HeaderName = HeaderName::from_static("x-crosstie-ignored-parameters");
/// How many are named, and how long a name may be.
const MOST: usize = 20;
const LONGEST: usize = 64;

/// The names of what was sent and is not among the declared parameters.
pub(super) fn names(call: &Call, declared: &[Parameter]) -> Vec<String> {
    let accepted = |name: &str| {
        declared
            .iter()
            .any(|parameter| parameter.names().any(|accepted| accepted == name))
    };
    call.given()
        .filter(|name| !accepted(name))
        .take(MOST)
        .map(printable)
        .collect()
}

/// A name as a header may carry it.
fn printable(name: &str) -> String {
    let letter = |letter: char| {
        let fine = letter.is_ascii_alphanumeric() || "_-.[]".contains(letter);
        if fine { letter } else { '?' }
    };
    name.chars().take(LONGEST).map(letter).collect()
}

/// The answer, with the names if there are any.
pub(super) fn with_header(mut response: Response, names: &[String]) -> Response {
    if !names.is_empty()
        && let Ok(value) = HeaderValue::from_str(&names.join(", "))
    {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_letters_fits_into_a_header() {
        assert_eq!(printable("issues_enabeld"), "issues_enabeld");
        assert_eq!(printable("a\r\nset-cookie: b, ü"), "a??set-cookie??b???");
        assert_eq!(printable(&"x".repeat(500)).len(), LONGEST);
    }
}
