//! Checks credentials, and demands a CAPTCHA after too many wrong ones.

use super::product::{Account, Flavour};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How many wrong passwords in a row make Jira Server ask for a CAPTCHA.
const PATIENCE: u32 = 3;

/// Tokens, and the number of wrong passwords in a row.
#[derive(Default)]
pub(super) struct LoginGuard {
    tokens: Vec<String>,
    wrong: u32,
}

/// The result of a check.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AuthOutcome {
    Granted,
    /// none were given
    Anonymous,
    Wrong,
    /// not even looked at
    Captcha,
}

impl LoginGuard {
    pub(super) fn add_token(&mut self, token: &str) {
        self.tokens.push(token.to_owned());
    }

    pub(super) fn clear_captcha(&mut self) {
        self.wrong = 0;
    }

    pub(super) fn check(
        &mut self,
        flavour: Flavour,
        account: &Account,
        headers: &HeaderMap,
    ) -> AuthOutcome {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return AuthOutcome::Anonymous;
        };
        let (scheme, rest) = header
            .to_str()
            .ok()
            .and_then(|text| text.split_once(' '))
            .unwrap_or_default();
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            // Tokens cannot be guessed: they neither count as wrong passwords nor need the CAPTCHA.
            let is_token =
                flavour == Flavour::Server && self.tokens.iter().any(|token| token == rest);
            return if is_token {
                AuthOutcome::Granted
            } else {
                AuthOutcome::Wrong
            };
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return AuthOutcome::Wrong;
        }
        if flavour == Flavour::Server && self.wrong >= PATIENCE {
            return AuthOutcome::Captcha;
        }
        let given = STANDARD
            .decode(rest)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let right = given
            .is_some_and(|given| given == format!("{}:{}", account.username, account.password));
        self.wrong = if right { 0 } else { self.wrong + 1 };
        if right {
            AuthOutcome::Granted
        } else {
            AuthOutcome::Wrong
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn account() -> Account {
        Account {
            username: "jane".into(),
            password: "a:b".into(),
        }
    }

    fn header(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
    }

    fn basic(pair: &str) -> HeaderMap {
        header(&format!("Basic {}", STANDARD.encode(pair)))
    }

    #[test]
    fn three_wrong_passwords_in_a_row_bring_the_captcha() {
        let mut login_guard = LoginGuard::default();
        let mut authenticate =
            |pair: &str| login_guard.check(Flavour::Server, &account(), &basic(pair));
        assert_eq!(authenticate("jane:x"), AuthOutcome::Wrong);
        assert_eq!(authenticate("jane:x"), AuthOutcome::Wrong);
        assert_eq!(
            authenticate("jane:a:b"),
            AuthOutcome::Granted,
            "two are not enough"
        );
        for _ in 0..3 {
            assert_eq!(authenticate("jane:x"), AuthOutcome::Wrong);
        }
        assert_eq!(authenticate("jane:a:b"), AuthOutcome::Captcha);
        login_guard.clear_captcha();
        assert_eq!(
            login_guard.check(Flavour::Server, &account(), &basic("jane:a:b")),
            AuthOutcome::Granted
        );
    }

    #[test]
    fn cloud_knows_neither_captcha_nor_personal_tokens() {
        let mut login_guard = LoginGuard::default();
        login_guard.add_token("t0k");
        for _ in 0..5 {
            assert_eq!(
                login_guard.check(Flavour::Cloud, &account(), &basic("jane:x")),
                AuthOutcome::Wrong
            );
        }
        assert_eq!(
            login_guard.check(Flavour::Cloud, &account(), &basic("jane:a:b")),
            AuthOutcome::Granted
        );
        assert_eq!(
            login_guard.check(Flavour::Cloud, &account(), &header("Bearer t0k")),
            AuthOutcome::Wrong
        );
        assert_eq!(
            login_guard.check(Flavour::Server, &account(), &header("Bearer t0k")),
            AuthOutcome::Granted
        );
        assert_eq!(
            login_guard.check(Flavour::Server, &account(), &header("Bearer t0")),
            AuthOutcome::Wrong
        );
    }

    #[test]
    fn what_is_no_credential_is_wrong_and_none_is_anonymous() {
        let mut login_guard = LoginGuard::default();
        for nonsense in ["Basic", "Basic !!!", "Negotiate x", "Bearer "] {
            assert_eq!(
                login_guard.check(Flavour::Server, &account(), &header(nonsense)),
                AuthOutcome::Wrong,
                "{nonsense}"
            );
        }
        assert_eq!(
            login_guard.check(Flavour::Server, &account(), &HeaderMap::new()),
            AuthOutcome::Anonymous
        );
    }
}
