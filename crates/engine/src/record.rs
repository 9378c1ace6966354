//! What is stored of an attempt, and what it changes about its delivery.

use crate::breaker::Health;
use crate::deliver::AttemptResult;
use crate::refusal;
use catalogue::{End, Failure, Skip, Then};
use jiff::Timestamp;
use model::id::SettingsId;
use model::{Attempt, Outcome, Recorded, Status};
use serde_json::{Map, Value};
use std::time::Duration;
use store::deliveries::{DeliveryRow, Transition};

/// An attempt's row in the log and its consequences.
pub(crate) struct AttemptRecord {
    pub attempt: Attempt,
    pub transition: Transition,
    pub health: Health,
    /// the tool state to store, with the settings row it belongs to
    pub tool_state: Option<ToolState>,
    /// subjects and the ids of what was created for them
    pub external_ids: Vec<(String, String)>,
}

/// A new tool state; it is dropped if the row was saved again since.
#[derive(Clone)]
pub(crate) struct ToolState {
    pub settings_id: SettingsId,
    pub saved_at: Timestamp,
    pub state: Map<String, Value>,
}

/// The record of an attempt. `early` is an attempt made before it was due, as a probe of its
/// destination: it does not use up the schedule. `wait` returns the wait after so many attempts,
/// where the tool may ask for one, or `None` to give up.
pub(crate) fn record(
    delivery: &DeliveryRow,
    attempt: AttemptResult,
    early: bool,
    wait: impl FnOnce(i64, Option<Duration>) -> Option<Duration>,
) -> AttemptRecord {
    let ended = attempt.started_at + attempt.took;
    let tries = delivery.tries + i64::from(!early);
    let wait = attempt.result.as_ref().err().and_then(|failure| {
        let Then::Retry { after, .. } = failure.then else {
            return None;
        };
        wait(tries, after)
    });
    let (outcome, status, reason) = outcome(&attempt.result, wait.is_some());
    AttemptRecord {
        health: health(&attempt.result, &attempt.requests),
        tool_state: tool_state(&attempt),
        external_ids: attempt.memo.external_ids,
        transition: Transition {
            status,
            reason,
            tries,
            done: attempt.done,
            next_at: ended + wait.unwrap_or_default(),
        },
        attempt: Attempt {
            number: 0,
            started_at: attempt.started_at,
            duration_ms: i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
            outcome,
            error: attempt.result.err().map(|failure| failure.why),
            requests: attempt.requests,
        },
    }
}

fn outcome(result: &Result<End, Failure>, is_retried: bool) -> (Outcome, Status, Option<String>) {
    match result {
        Ok(End::Delivered(note)) => (Outcome::Delivered, Status::Delivered, note.clone()),
        Ok(End::Skipped(Skip(reason))) => (Outcome::Skipped, Status::Skipped, Some(reason.clone())),
        Err(failure) if is_retried => (Outcome::Retry, Status::Pending, Some(failure.why.clone())),
        Err(Failure { why, then }) => {
            let last = match then {
                Then::Retry { .. } => "gave up after the last retry: ",
                Then::GiveUp | Then::CredentialsRefused => "",
            };
            (
                Outcome::Failed,
                Status::Failed,
                Some(format!("{last}{why}")),
            )
        }
    }
}

/// What an attempt shows about its destination.
fn health(result: &Result<End, Failure>, requests: &[Recorded]) -> Health {
    match result.as_ref().map_err(|failure| &failure.then) {
        Err(Then::Retry {
            tool_down: true, ..
        }) => health_of(requests),
        Err(Then::Retry {
            after: Some(after), ..
        }) => Health::Pause(*after),
        _ => Health::Up,
    }
}

fn tool_state(attempt: &AttemptResult) -> Option<ToolState> {
    let row = &attempt.settings.as_ref()?.row;
    let state = match &attempt.result {
        Err(Failure {
            why,
            then: Then::CredentialsRefused,
        }) => refusal::with(
            attempt.memo.tool_state.as_ref().unwrap_or(&row.tool_state),
            why,
            attempt.started_at,
        ),
        _ => attempt.memo.tool_state.clone()?,
    };
    Some(ToolState {
        settings_id: row.id,
        saved_at: row.updated_at,
        state,
    })
}

/// One answer that is not a server error shows that the host works.
fn health_of(requests: &[Recorded]) -> Health {
    let statuses = || requests.iter().filter_map(|request| request.status);
    if statuses().any(|status| status < 500) {
        Health::Up
    } else if statuses().next().is_some() {
        Health::Down
    } else {
        Health::Unreachable
    }
}

/// The time from `now` to `then`; zero when that has passed.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::Schedule;
    use catalogue::Memo;
    use model::id::{DeliveryId, EventId, ProjectId};

    fn judge(result: Result<End, Failure>, before: i64, early: bool) -> AttemptRecord {
        let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let delivery = DeliveryRow {
            id: DeliveryId(1),
            event_id: EventId(1),
            project_id: ProjectId(1),
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
        let attempt = AttemptResult {
            started_at: at,
            took: Duration::from_secs(1),
            requests: Vec::new(),
            result,
            memo: Memo::default(),
            settings: None,
            done: Vec::new(),
        };
        record(&delivery, attempt, early, |tries, asked| {
            Schedule::default().wait(tries, asked, 0.0)
        })
    }

    fn down() -> Result<End, Failure> {
        Err(Failure::tool_down("x", None))
    }

    #[test]
    fn a_temporary_failure_is_retried_by_the_schedule() {
        let record = judge(down(), 0, false);
        let transition = &record.transition;
        assert_eq!(
            (transition.status, transition.tries, record.health),
            (Status::Pending, 1, Health::Unreachable)
        );
        assert_eq!(transition.next_at.to_string(), "2026-01-01T00:00:06Z");
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
            health_of(&[answered(Some(200)), answered(Some(503))]),
            Health::Up
        );
        assert_eq!(
            health_of(&[answered(Some(503)), answered(None)]),
            Health::Down
        );
        assert_eq!(health_of(&[answered(None)]), Health::Unreachable);
    }

    #[test]
    fn an_early_attempt_does_not_use_up_the_schedule() {
        assert_eq!(judge(down(), 3, true).transition.tries, 3);
    }

    #[test]
    fn the_last_attempt_and_a_final_answer_end_it() {
        let last = judge(down(), 8, false);
        assert_eq!(
            (last.transition.status, last.attempt.outcome),
            (Status::Failed, Outcome::Failed)
        );
        let never = judge(Err(Failure::give_up("no")), 0, false);
        assert_eq!(
            (never.transition.status, never.health),
            (Status::Failed, Health::Up)
        );
        assert_eq!(never.transition.reason.as_deref(), Some("no"));
    }

    #[test]
    fn a_request_to_wait_pauses_the_destination() {
        let asked = Failure::retry_after("x", Some(Duration::from_secs(30)));
        let record = judge(Err(asked), 0, false);
        assert_eq!(record.health, Health::Pause(Duration::from_secs(30)));
        assert_eq!(
            record.transition.next_at.to_string(),
            "2026-01-01T00:00:31Z"
        );
    }
}
