//! What is kept of an attempt, and what it makes of its delivery.

use crate::breaker::Sign;
use crate::deliver::Tried;
use crate::retry::Schedule;
use catalogue::{End, Failure};
use jiff::Timestamp;
use model::{Attempt, Outcome, Recorded, Status};
use std::time::Duration;
use store::deliveries::{DeliveryRow, Verdict};

/// An attempt's entry in the log and its delivery's new state.
pub(crate) struct Entry {
    pub attempt: Attempt,
    pub verdict: Verdict,
    pub sign: Sign,
}

/// Judges an attempt. `early` says that it was made before it was due, to look at
/// a destination: such an attempt does not wear out the schedule.
pub(crate) fn entry(
    delivery: &DeliveryRow,
    attempt: Tried,
    schedule: &Schedule,
    early: bool,
    fraction: f64,
) -> Entry {
    let ended = attempt.started_at + attempt.took;
    let count = if early {
        delivery.tries
    } else {
        delivery.tries + 1
    };
    let judged = match &attempt.result {
        Ok(done) => judge_end(&done.end),
        Err(failure) => judge_failure(
            failure,
            &attempt.requests,
            schedule.wait(count, asked(failure), fraction),
        ),
    };
    Entry {
        attempt: Attempt {
            number: 0,
            started_at: attempt.started_at,
            duration_ms: i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
            outcome: judged.outcome,
            error: attempt
                .result
                .as_ref()
                .err()
                .map(|failure| failure.why().to_owned()),
            requests: attempt.requests,
        },
        verdict: Verdict {
            status: judged.status,
            reason: judged.reason,
            tries: count,
            done: attempt.done,
            next_at: ended + judged.wait,
        },
        sign: judged.sign,
    }
}

struct Judged {
    outcome: Outcome,
    status: Status,
    reason: Option<String>,
    wait: Duration,
    sign: Sign,
}

fn judge_end(end: &End) -> Judged {
    let (outcome, status, reason) = match end {
        End::Delivered(note) => (Outcome::Delivered, Status::Delivered, note.clone()),
        End::Skipped(reason) => (Outcome::Skipped, Status::Skipped, Some(reason.clone())),
    };
    Judged {
        outcome,
        status,
        reason,
        wait: Duration::ZERO,
        sign: Sign::Up,
    }
}

fn judge_failure(failure: &Failure, requests: &[Recorded], wait: Option<Duration>) -> Judged {
    let sign = match failure {
        Failure::Again { down: true, .. } => sign_of(requests),
        Failure::Again {
            after: Some(after), ..
        } => Sign::Pause(*after),
        Failure::Again { .. } | Failure::Never { .. } | Failure::Refused { .. } => Sign::Up,
    };
    match (failure, wait) {
        (Failure::Again { why, .. }, Some(wait)) => Judged {
            outcome: Outcome::Retry,
            status: Status::Pending,
            reason: Some(why.clone()),
            wait,
            sign,
        },
        (Failure::Again { why, .. }, None) => Judged {
            outcome: Outcome::Failed,
            status: Status::Failed,
            reason: Some(format!(
                "given up after the last attempt of the schedule: {why}"
            )),
            wait: Duration::ZERO,
            sign,
        },
        (Failure::Never { why } | Failure::Refused { why }, _) => Judged {
            outcome: Outcome::Failed,
            status: Status::Failed,
            reason: Some(why.clone()),
            wait: Duration::ZERO,
            sign,
        },
    }
}

/// What the answers of an attempt say about the host: one sensible answer shows that it works.
fn sign_of(requests: &[Recorded]) -> Sign {
    let statuses = || requests.iter().filter_map(|request| request.status);
    if statuses().any(|status| status < 500) {
        Sign::Up
    } else if statuses().next().is_some() {
        Sign::Down
    } else {
        Sign::Unreachable
    }
}

fn asked(failure: &Failure) -> Option<Duration> {
    match failure {
        Failure::Again { after, .. } => *after,
        Failure::Never { .. } | Failure::Refused { .. } => None,
    }
}

/// How long a destination is to be left untouched before the given time.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalogue::Done;

    fn judge(result: Result<Done, Failure>, before: i64, early: bool) -> Entry {
        let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let delivery = DeliveryRow {
            id: 1,
            event_id: 1,
            project_id: 1,
            integration: "x".into(),
            status: Status::Pending,
            reason: None,
            destination: "https://x.test".into(),
            tries: before,
            done: Vec::new(),
            next_at: at,
            created_at: at,
            finished_at: None,
        };
        let attempt = Tried {
            started_at: at,
            took: Duration::from_secs(1),
            requests: Vec::new(),
            result,
            learned_by: None,
            done: Vec::new(),
        };
        entry(&delivery, attempt, &Schedule::default(), early, 0.0)
    }

    fn again(down: bool, after: Option<u64>) -> Result<Done, Failure> {
        Err(Failure::Again {
            why: "x".into(),
            after: after.map(Duration::from_secs),
            down,
        })
    }

    #[test]
    fn a_temporary_failure_waits_for_its_next_turn() {
        let entry = judge(again(true, None), 0, false);
        assert_eq!(
            (entry.verdict.status, entry.verdict.tries, entry.sign),
            (Status::Pending, 1, Sign::Unreachable)
        );
        assert_eq!(entry.verdict.next_at.to_string(), "2026-01-01T00:00:06Z");
    }

    #[test]
    fn one_sensible_answer_shows_that_a_host_works() {
        let answered = |status| Recorded {
            method: "GET".into(),
            url: "https://x.test/".into(),
            status,
            request_body: None,
            response_body: None,
        };
        assert_eq!(
            sign_of(&[answered(Some(200)), answered(Some(503))]),
            Sign::Up
        );
        assert_eq!(sign_of(&[answered(Some(503)), answered(None)]), Sign::Down);
        assert_eq!(sign_of(&[answered(None)]), Sign::Unreachable);
    }

    #[test]
    fn a_look_before_its_time_does_not_wear_out_the_schedule() {
        assert_eq!(judge(again(true, None), 3, true).verdict.tries, 3);
    }

    #[test]
    fn the_last_attempt_and_a_final_answer_end_it() {
        let last = judge(again(true, None), 8, false);
        assert_eq!(
            (last.verdict.status, last.attempt.outcome),
            (Status::Failed, Outcome::Failed)
        );
        let never = judge(Err(Failure::Never { why: "no".into() }), 0, false);
        assert_eq!(
            (never.verdict.status, never.sign),
            (Status::Failed, Sign::Up)
        );
        assert_eq!(never.verdict.reason.as_deref(), Some("no"));
    }

    #[test]
    fn a_request_to_wait_pauses_the_destination() {
        let entry = judge(again(false, Some(30)), 0, false);
        assert_eq!(entry.sign, Sign::Pause(Duration::from_secs(30)));
        assert_eq!(entry.verdict.next_at.to_string(), "2026-01-01T00:00:31Z");
    }
}
