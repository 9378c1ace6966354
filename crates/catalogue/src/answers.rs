//! What an HTTP answer means for a delivery, where a tool has no rules of its own.

use crate::{Failure, Then};
use jiff::Timestamp;
use outbound::Answer;
use std::time::Duration;

/// Characters of a body that are quoted.
const EXCERPT: usize = 200;

/// `Ok` for 2xx; otherwise the failure.
pub fn success(answer: &Answer, now: Timestamp) -> Result<Option<String>, Failure> {
    if answer.is_success() {
        return Ok(None);
    }
    let why = explained(answer);
    Err(match answer.status {
        408 | 425 | 429 => Failure::retry_after(why, answer.retry_after(now)),
        500.. => Failure::tool_down(why, answer.retry_after(now)),
        401 => Failure::refused(why),
        _ => Failure::give_up(why),
    })
}

/// As [`success`], where the body may state how long to wait.
pub fn success_or_wait(
    answer: &Answer,
    now: Timestamp,
    wait: Option<Duration>,
) -> Result<Option<String>, Failure> {
    success(answer, now).map_err(|mut failure| {
        if let Then::Retry { after, .. } = &mut failure.then {
            *after = after.or(wait);
        }
        failure
    })
}

/// Meaning of the status and an excerpt of the body.
pub fn explained(answer: &Answer) -> String {
    let meaning = match answer.status {
        300..=399 => "a redirect, which is not followed: set the URL to the final address",
        401 => "the credentials are not accepted",
        403 => "the credentials do not have permission for this",
        404 => "not found: check the URL",
        410 => "gone: this URL no longer works",
        413 => "the message is too large",
        408 | 425 => "not processed in time",
        429 => "rate limited",
        500.. => "server error",
        _ => "the request was rejected",
    };
    let excerpt = excerpt(answer);
    let colon = if excerpt.is_empty() { "" } else { ": " };
    format!("{meaning} (HTTP {}){colon}{excerpt}", answer.status)
}

/// The beginning of a body, on one line; an HTML page is not quoted.
pub fn excerpt(answer: &Answer) -> String {
    let text = answer.body.trim();
    if text.starts_with('<') {
        return "an HTML page".into();
    }
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn judged(status: u16, body: &str) -> Result<Option<String>, Failure> {
        let mut answer = Answer::sample(status, &Value::Null);
        body.clone_into(&mut answer.body);
        answer.headers.push(("retry-after".into(), "7".into()));
        success(&answer, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_status_says_whether_to_try_again() {
        for status in [200, 201, 202, 204] {
            assert_eq!(judged(status, ""), Ok(None));
        }
        for (status, is_down) in [(408, false), (429, false), (500, true), (503, true)] {
            let after = Some(Duration::from_secs(7));
            let then = Then::Retry {
                after,
                tool_down: is_down,
            };
            assert_eq!(judged(status, "").unwrap_err().then, then, "{status}");
        }
        assert_eq!(judged(401, "").unwrap_err().then, Then::CredentialsRefused);
        for status in [301, 400, 403, 404, 410, 413, 422] {
            assert_eq!(
                judged(status, "").unwrap_err().then,
                Then::GiveUp,
                "{status}"
            );
        }
    }

    #[test]
    fn the_reason_quotes_the_tool_but_not_its_pages() {
        let why = |status, body: &str| judged(status, body).unwrap_err().why;
        assert_eq!(
            why(404, " no\n such team "),
            "not found: check the URL (HTTP 404): no such team"
        );
        assert!(why(502, "<!doctype html><p>long").ends_with("(HTTP 502): an HTML page"));
        assert!(why(400, &"ü".repeat(1_000)).chars().count() < 300);
    }
}
