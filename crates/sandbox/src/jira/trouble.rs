//! Misbehaviour on demand.

use super::account;
use super::api::Refusal;
use super::{Flavour, page};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How the API misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Not at all.
    #[default]
    None,
    /// Every nth request answers 503 and does nothing.
    FailEvery(u32),
    /// About half of the requests answer 503: some before and some after carrying out what was
    /// asked. Which ones is always the same, but has no rhythm, so that somebody who starts
    /// over again and again gets through in the end.
    FailHalf,
    /// 401, as if the credentials had become wrong.
    Unauthorized,
    /// 401 with `X-Seraph-LoginReason: AUTHENTICATION_DENIED` and a page.
    Captcha,
    /// 429 with `Retry-After`.
    RateLimited {
        /// the header's value
        retry_after_secs: u32,
    },
    /// 200 with a log-in page instead of JSON.
    Html,
    /// 200 with JSON that breaks off.
    Garbage,
    /// Does what was asked at once, and answers only after so long.
    Slow(Duration),
    /// 302 to this address.
    Redirect(String),
    /// 500.
    ServerError,
}

/// What is to happen with one request.
pub(super) enum Turn {
    /// do it and answer
    Straight,
    /// do it, and answer late
    Late(Duration),
    /// do it, and answer something else
    Afterwards(Response),
    /// do not do it
    Instead(Response),
}

/// The present trouble and how many requests it has seen.
#[derive(Default)]
pub(super) struct Mood {
    trouble: Trouble,
    seen: u32,
}

impl Mood {
    pub(super) fn set(&mut self, trouble: Trouble) {
        *self = Self { trouble, seen: 0 };
    }

    /// What happens with the next request.
    pub(super) fn next(&mut self, flavour: Flavour) -> Turn {
        self.seen = self.seen.wrapping_add(1);
        match &self.trouble {
            Trouble::FailEvery(n) if self.seen.is_multiple_of(*n) => Turn::Instead(unavailable()),
            Trouble::None | Trouble::FailEvery(_) => Turn::Straight,
            Trouble::FailHalf => match scatter(self.seen) {
                0 | 1 => Turn::Straight,
                2 => Turn::Instead(unavailable()),
                _ => Turn::Afterwards(unavailable()),
            },
            Trouble::Unauthorized => Turn::Instead(account::unauthorized(flavour, true)),
            Trouble::Captcha => Turn::Instead(account::captcha()),
            Trouble::RateLimited { retry_after_secs } => {
                let refusal = Refusal::said(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded.");
                Turn::Instead(with(
                    refusal.into_response(),
                    RETRY_AFTER,
                    &retry_after_secs.to_string(),
                ))
            }
            Trouble::Html => Turn::Instead(page::plain(StatusCode::OK, "Log in to continue.")),
            Trouble::Garbage => {
                let answer = Response::new(Body::from(r#"{"id":"10000","key":"GARB"#));
                Turn::Instead(with(answer, CONTENT_TYPE, "application/json;charset=UTF-8"))
            }
            Trouble::Slow(delay) => Turn::Late(*delay),
            Trouble::Redirect(to) => {
                let mut answer = Response::new(Body::empty());
                *answer.status_mut() = StatusCode::FOUND;
                Turn::Instead(with(answer, LOCATION, to))
            }
            Trouble::ServerError => {
                let refusal =
                    Refusal::said(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
                Turn::Instead(refusal.into_response())
            }
        }
    }
}

fn unavailable() -> Response {
    page::plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "Jira is starting up or overloaded.",
    )
}

fn with(mut answer: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// One of 0 to 3, evenly spread and always the same for a number (the end of `MurmurHash3`).
fn scatter(number: u32) -> u32 {
    let mut x = number;
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    (x ^ (x >> 16)) & 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(trouble: Trouble, count: usize) -> Vec<char> {
        let mut mood = Mood::default();
        mood.set(trouble);
        let mut letter = || match mood.next(Flavour::Server) {
            Turn::Straight | Turn::Late(_) => '.',
            Turn::Instead(_) => 'b',
            Turn::Afterwards(_) => 'a',
        };
        (0..count).map(|_| letter()).collect()
    }

    #[test]
    fn every_third_fails() {
        assert_eq!(
            turns(Trouble::FailEvery(3), 7).iter().collect::<String>(),
            "..b..b."
        );
        assert_eq!(
            turns(Trouble::FailEvery(0), 3).iter().collect::<String>(),
            "..."
        );
    }

    #[test]
    fn half_fail_some_before_and_some_after_the_same_each_time() {
        let all = turns(Trouble::FailHalf, 400);
        let count = |letter| all.iter().filter(|&&c| c == letter).count();
        assert!((160..240).contains(&count('.')), "{}", count('.'));
        assert!(
            count('a') > 60 && count('b') > 60,
            "{} {}",
            count('a'),
            count('b')
        );
        assert_eq!(all, turns(Trouble::FailHalf, 400));
        let longest = all.split(|&c| c != '.').map(<[char]>::len).max().unwrap();
        assert!(
            longest >= 6,
            "a conversation of {longest} calls at most gets through"
        );
    }
}
