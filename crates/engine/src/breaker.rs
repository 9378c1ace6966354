//! One circuit breaker per destination; pure.
//!
//! While a circuit is open, its destination gets only probes, so that its deliveries neither use up
//! their attempts nor delay others. When it works again, all of them are due at once.

use jiff::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// The weight of consecutive failures that opens a circuit: ten errors, because a host that fails
/// every other time is not down …
const TRIP: u32 = 10;
/// … or five attempts without any answer, which cost a timeout each.
const WEIGHT_UNREACHABLE: u32 = 2;
/// The wait before the first probe.
const FIRST_PROBE: Duration = Duration::from_secs(1);
/// The longest wait between probes of a host that accepts no connections.
const PROBE_UNREACHABLE: Duration = Duration::from_secs(5);
/// The longest wait between attempts at a host that answers with errors.
const PROBE_FAILING: Duration = Duration::from_secs(30);
/// The longest pause that a tool may ask for.
const MAX_PAUSE: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// works; the weight of consecutive failures
    Closed { failures: u32 },
    /// failed; the next probe, and the wait before it
    Open { probe_at: Timestamp, wait: Duration },
    /// failed, and is being probed
    HalfOpen { wait: Duration },
    /// rate-limited
    Paused { until: Timestamp },
}

impl State {
    fn is_open(self, now: Timestamp) -> bool {
        match self {
            Self::Closed { .. } => false,
            Self::Open { .. } | Self::HalfOpen { .. } => true,
            Self::Paused { until } => until > now,
        }
    }
}

/// What an attempt shows about its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// works
    Up,
    /// answers with server errors only
    Down,
    /// asked for a pause
    Pause(Duration),
    /// does not answer
    Unreachable,
}

/// The breakers of all destinations.
#[derive(Debug, Default)]
pub(crate) struct Breakers {
    states: HashMap<String, State>,
}

impl Breakers {
    /// The destinations that get no deliveries now.
    pub(crate) fn blocked(&self, now: Timestamp) -> Vec<String> {
        let blocked = self.states.iter().filter(|(_, state)| state.is_open(now));
        blocked
            .map(|(destination, _)| destination.clone())
            .collect()
    }

    /// Whether a destination gets no deliveries now.
    pub(crate) fn is_open(&self, destination: &str, now: Timestamp) -> bool {
        let state = self.states.get(destination);
        state.is_some_and(|state| state.is_open(now))
    }

    /// How many circuits are open; a pause is not counted.
    pub(crate) fn open(&self) -> usize {
        let open = |state: &&State| matches!(state, State::Open { .. } | State::HalfOpen { .. });
        self.states.values().filter(open).count()
    }

    /// The destinations to probe now; each is returned once.
    pub(crate) fn due_probes(&mut self, now: Timestamp) -> Vec<String> {
        let mut due = Vec::new();
        for (destination, state) in &mut self.states {
            if let State::Open { probe_at, wait } = *state
                && probe_at <= now
            {
                *state = State::HalfOpen { wait };
                due.push(destination.clone());
            }
        }
        due
    }

    /// When the next probe is due or the next pause ends.
    pub(crate) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.states.values().filter_map(|state| match state {
            State::Open { probe_at, .. } => Some(*probe_at),
            State::Paused { until } if *until > now => Some(*until),
            _ => None,
        });
        times.min()
    }

    /// Makes the next probe due, and ends a pause.
    pub(crate) fn retry_now(&mut self, destination: &str, now: Timestamp) {
        match self.states.get_mut(destination) {
            Some(State::Open { probe_at, .. }) => *probe_at = now,
            Some(state @ State::Paused { .. }) => *state = State::Closed { failures: 0 },
            _ => {}
        }
    }

    /// Probes again after the same wait: the probe had no result, because there was nothing to send.
    pub(crate) fn probe_again(&mut self, destination: &str, now: Timestamp) {
        if let Some(state @ State::HalfOpen { .. }) = self.states.get_mut(destination)
            && let State::HalfOpen { wait } = *state
        {
            *state = State::Open {
                probe_at: now + wait,
                wait,
            };
        }
    }

    /// Notes the health of a destination; returns whether its circuit has just closed.
    pub(crate) fn note(&mut self, destination: &str, health: Health, now: Timestamp) -> bool {
        if destination.is_empty() {
            return false;
        }
        let state = self
            .states
            .get(destination)
            .copied()
            .unwrap_or(State::Closed { failures: 0 });
        let (next, recovered) = step(state, health, now);
        if next == (State::Closed { failures: 0 }) {
            self.states.remove(destination);
        } else {
            self.states.insert(destination.to_owned(), next);
        }
        recovered
    }
}

fn step(state: State, health: Health, now: Timestamp) -> (State, bool) {
    let was_down = matches!(state, State::Open { .. } | State::HalfOpen { .. });
    let next = match health {
        Health::Up => State::Closed { failures: 0 },
        Health::Pause(asked) => State::Paused {
            until: now + asked.min(MAX_PAUSE),
        },
        Health::Down => failed(state, now, 1, PROBE_FAILING),
        Health::Unreachable => failed(state, now, WEIGHT_UNREACHABLE, PROBE_UNREACHABLE),
    };
    (next, was_down && health == Health::Up)
}

fn failed(state: State, now: Timestamp, weight: u32, longest: Duration) -> State {
    match state {
        State::Closed { failures } if failures + weight < TRIP => State::Closed {
            failures: failures + weight,
        },
        State::HalfOpen { wait } => {
            let wait = (wait * 2).min(longest);
            State::Open {
                probe_at: now + wait,
                wait,
            }
        }
        // An attempt that started before the circuit opened shows nothing new.
        State::Open { .. } | State::Paused { .. } => state,
        State::Closed { .. } => State::Open {
            probe_at: now + FIRST_PROBE,
            wait: FIRST_PROBE,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn tripped() -> Breakers {
        let mut breakers = Breakers::default();
        for _ in 0..TRIP {
            breakers.note("down", Health::Down, at(0));
        }
        breakers
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_does_not() {
        let mut breakers = Breakers::default();
        for _ in 0..20 {
            for _ in 1..TRIP {
                breakers.note("down", Health::Down, at(0));
            }
            breakers.note("down", Health::Up, at(0));
        }
        assert!(breakers.blocked(at(0)).is_empty());
        assert_eq!(tripped().blocked(at(0)), ["down"]);
    }

    #[test]
    fn it_probes_after_growing_waits_and_closes() {
        let mut breakers = tripped();
        assert!(breakers.due_probes(at(0)).is_empty());
        assert_eq!(breakers.due_probes(at(1)), ["down"]);
        assert!(breakers.due_probes(at(1)).is_empty(), "one probe at a time");
        breakers.note("down", Health::Down, at(2));
        assert_eq!(breakers.next_change(at(2)), Some(at(4)));
        assert_eq!(breakers.due_probes(at(4)), ["down"]);
        assert!(breakers.note("down", Health::Up, at(4)), "recovered");
        assert!(breakers.blocked(at(4)).is_empty());
        assert_eq!(breakers.open(), 0);
    }

    #[test]
    fn a_probe_without_a_result_is_made_again() {
        let mut breakers = tripped();
        breakers.due_probes(at(1));
        breakers.probe_again("down", at(1));
        assert_eq!(breakers.due_probes(at(2)), ["down"]);
        breakers.probe_again("other", at(2));
        assert_eq!(breakers.blocked(at(2)), ["down"]);
    }

    #[test]
    fn a_host_that_accepts_no_connections_is_probed_every_few_seconds() {
        let mut breakers = tripped();
        let mut now = at(0);
        for _ in 0..10 {
            now = breakers.next_change(now).unwrap();
            assert_eq!(breakers.due_probes(now), ["down"]);
            breakers.note("down", Health::Unreachable, now);
        }
        let wait = breakers.next_change(now).unwrap().duration_since(now);
        assert_eq!(wait.as_secs(), 5);
    }

    #[test]
    fn a_pause_ends_by_itself_and_is_not_a_failure() {
        let mut breakers = Breakers::default();
        breakers.note("down", Health::Pause(Duration::from_secs(7)), at(0));
        assert_eq!(breakers.blocked(at(6)), ["down"]);
        assert!(breakers.blocked(at(7)).is_empty());
        breakers.note("down", Health::Pause(Duration::from_secs(99_999)), at(0));
        assert!(
            breakers.blocked(at(3_600)).is_empty(),
            "no pause lasts longer than an hour"
        );
    }

    #[test]
    fn other_destinations_are_not_blocked_and_a_manual_retry_probes_at_once() {
        let mut breakers = tripped();
        assert!(!breakers.blocked(at(0)).contains(&"other".to_owned()));
        breakers.retry_now("down", at(0));
        assert_eq!(breakers.due_probes(at(0)), ["down"]);
    }
}
