//! What an HTTP answer means for a delivery, where a tool has no rules of its own.

use crate::Failure;
use jiff::Timestamp;
use outbound::Answer;
use std::time::Duration;

/// Characters of an answer's text that are worth showing.
const SHOWN: usize = 200;

/// `Ok` for 2xx; else whether to try again, and why not.
pub fn success(answer: &Answer, now: Timestamp) -> Result<Option<String>, Failure> {
    if answer.is_success() {
        return Ok(None);
    }
    let why = explained(answer);
    Err(match answer.status {
        408 | 425 | 429 => Failure::Again {
            why,
            after: answer.retry_after(now),
            down: false,
        },
        500.. => Failure::Again {
            why,
            after: answer.retry_after(now),
            down: true,
        },
        401 => Failure::Refused { why },
        _ => Failure::Never { why },
    })
}

/// As [`success`], where the body may say how long to wait.
pub fn success_or_wait(
    answer: &Answer,
    now: Timestamp,
    said: Option<Duration>,
) -> Result<Option<String>, Failure> {
    success(answer, now).map_err(|failure| match failure {
        Failure::Again { why, after, down } => Failure::Again {
            why,
            after: after.or(said),
            down,
        },
        other => other,
    })
}

/// Status, its meaning and the beginning of what the tool said.
pub fn explained(answer: &Answer) -> String {
    let meaning = match answer.status {
        300..=399 => "a redirect, which is not followed: set the URL to the final address",
        401 => "the credentials are not accepted",
        403 => "the credentials do not allow this",
        404 => "there is nothing at this address",
        410 => "this address no longer works",
        413 => "the message is too large",
        408 | 425 | 429 => "too much at a time",
        500.. => "the tool has a fault",
        _ => "the tool refuses the request",
    };
    let said = said(answer);
    let colon = if said.is_empty() { "" } else { ": " };
    format!("{meaning} (HTTP {}){colon}{said}", answer.status)
}

/// The first words of an answer; a page of HTML is only named.
pub fn said(answer: &Answer) -> String {
    let text = answer.body.trim();
    if text.starts_with('<') {
        return "it answered with a web page".into();
    }
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
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
            let Err(Failure::Again { after, down, .. }) = judged(status, "") else {
                panic!("{status}");
            };
            assert_eq!(
                (after, down),
                (Some(Duration::from_secs(7)), is_down),
                "{status}"
            );
        }
        assert!(matches!(judged(401, ""), Err(Failure::Refused { .. })));
        for status in [301, 400, 403, 404, 410, 413, 422] {
            assert!(
                matches!(judged(status, ""), Err(Failure::Never { .. })),
                "{status}"
            );
        }
    }

    #[test]
    fn the_reason_quotes_the_tool_but_not_its_pages() {
        let why = |status, body: &str| judged(status, body).unwrap_err().why().to_owned();
        assert_eq!(
            why(404, " no\n such team "),
            "there is nothing at this address (HTTP 404): no such team"
        );
        assert!(
            why(502, "<!doctype html><p>long").ends_with("(HTTP 502): it answered with a web page")
        );
        assert!(why(400, &"ü".repeat(1_000)).chars().count() < 300);
    }
}
