//! The two cookies: who is signed in, and whose sign-in form it is.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// the token of a session
    Session,
    /// binds the sign-in form to the browser that it was sent to
    Form,
}

impl Cookie {
    /// Its name. Over https the prefix makes browsers accept it from this host only.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-crosstie_session",
            (Self::Session, false) => "crosstie_session",
            (Self::Form, true) => "__Host-crosstie_form",
            (Self::Form, false) => "crosstie_form",
        }
    }

    /// Its value, if the browser sent one.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// The header that sets it, for so many seconds; without an age until the browser is closed.
    pub(super) fn set(self, value: &str, secure: bool, age: Option<i64>) -> Option<HeaderValue> {
        let name = self.name(secure);
        let secure = if secure { "; Secure" } else { "" };
        let age = age.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
        HeaderValue::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        let sent = "a=1; xcrosstie_session=2; crosstie_session=3; __Host-crosstie_session=4";
        headers.append(COOKIE, HeaderValue::from_static(sent));
        headers.append(COOKIE, HeaderValue::from_static("crosstie_form="));
        let session = |secure| Cookie::Session.read(&headers, secure);
        assert_eq!(session(false).as_deref(), Some("3"));
        assert_eq!(session(true).as_deref(), Some("4"));
        assert_eq!(Cookie::Form.read(&headers, false), None);
    }

    #[test]
    fn over_https_it_is_bound_to_the_host() {
        let set = |secure, age| Cookie::Session.set("v", secure, age).unwrap();
        assert_eq!(
            set(true, Some(60)),
            "__Host-crosstie_session=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60"
        );
        assert_eq!(
            set(false, None),
            "crosstie_session=v; Path=/; HttpOnly; SameSite=Lax"
        );
    }
}
