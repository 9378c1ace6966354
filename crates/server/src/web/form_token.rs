//! What a form that changes something carries, so that no other site can send it.
//!
//! It is derived from a cookie that only this browser has: other sites can make the
//! browser send the cookie, but cannot compute the token.

use model::secret::constant_time_eq;
use ring::hmac;
use serde_json::{Map, Value};

/// Its name in a form, GitLab's.
pub(super) const FIELD: &str = "authenticity_token";

/// The token that belongs to a cookie's value.
pub(super) fn of(cookie: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, cookie.as_bytes());
    model::hex(hmac::sign(&key, b"crosstie form").as_ref())
}

/// Whether a form carries what belongs to the cookie.
pub(super) fn is_in(form: &Map<String, Value>, cookie: &str) -> bool {
    let given = form.get(FIELD).and_then(Value::as_str).unwrap_or_default();
    constant_time_eq(given.as_bytes(), of(cookie).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_belongs_to_the_cookie_counts() {
        let form = |token: Value| Map::from_iter([(FIELD.to_owned(), token)]);
        assert!(is_in(&form(of("a").into()), "a"));
        for wrong in [json!(of("b")), json!(""), json!([of("a")]), json!("a")] {
            assert!(!is_in(&form(wrong.clone()), "a"), "{wrong}");
        }
        assert!(!is_in(&Map::new(), "a"));
    }
}
