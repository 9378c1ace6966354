//! A user name and its password, shared by the integrations that sign in with both or not at all.

use crate::{FieldError, Values};
use outbound::Auth;

/// What is wrong with the pair, if only one of the two is set.
pub(crate) fn check(values: &Values) -> Option<FieldError> {
    let blank = match (
        values.text("username").is_empty(),
        values.secret("password").is_empty(),
    ) {
        (true, false) => "username",
        (false, true) => "password",
        _ => return None,
    };
    Some(FieldError::new(blank, "can't be blank"))
}

/// How a request signs in with them.
pub(crate) fn auth(values: &Values) -> Auth {
    let (username, password) = (values.text("username"), values.secret("password"));
    if username.is_empty() && password.is_empty() {
        return Auth::None;
    }
    Auth::Basic { username, password }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Setting;
    use model::Secret;
    use serde_json::{Map, json};
    use std::collections::BTreeMap;

    static SETTINGS: &[Setting] = &[
        Setting::text("Username").named("username", &["The user."]),
        Setting::secret("Password").named("password", &["The password."]),
    ];

    fn values(username: &str, password: &str) -> Values {
        let plain = Map::from_iter([("username".to_owned(), json!(username))]);
        let secrets = BTreeMap::from([("password".to_owned(), Secret::new(password))]);
        Values::new(SETTINGS, plain, secrets, Map::new())
    }

    #[test]
    fn one_is_not_enough() {
        for (username, password, blank) in [
            ("", "", None),
            ("ada", "", Some("password")),
            ("", "pw", Some("username")),
            ("ada", "pw", None),
        ] {
            let found = check(&values(username, password));
            assert_eq!(
                found.map(|error| error.field),
                blank,
                "{username} {password}"
            );
        }
        assert!(matches!(auth(&values("", "")), Auth::None));
        assert!(matches!(auth(&values("ada", "pw")), Auth::Basic { .. }));
    }
}
