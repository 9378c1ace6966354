//! One breaker per destination; pure.
//!
//! A tool that is down is left alone and looked at now and then, so that its
//! deliveries neither wear out their schedule nor keep others waiting; when it
//! answers again, all that waits for it is due at once.

use jiff::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// Weight of failures in a row after which a destination counts as down. A host that fails every
/// other time must not be taken for one that is down, so that it takes ten errors in a row …
const TRIP: u32 = 10;
/// … but half as many where nothing answers at all, which costs a time-out each.
const WEIGHT_UNREACHABLE: u32 = 2;
/// The wait before the first look.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// The longest wait between looks at a host that takes no connections.
const LOOK_UNREACHABLE: Duration = Duration::from_secs(5);
/// The longest wait between attempts at a host that answers with errors.
const LOOK_FAILING: Duration = Duration::from_secs(30);
/// The longest pause that a tool may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// works; weight of the failures in a row
    Closed { failures: u32 },
    /// down; next look then, after this wait
    Open { look_at: Timestamp, wait: Duration },
    /// down, and being looked at
    Looking { wait: Duration },
    /// asked for a pause
    Paused { until: Timestamp },
}

impl State {
    fn is_open(self, now: Timestamp) -> bool {
        match self {
            Self::Closed { .. } => false,
            Self::Open { .. } | Self::Looking { .. } => true,
            Self::Paused { until } => until > now,
        }
    }
}

/// What an attempt says about its destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// it answered sensibly
    Up,
    /// it answered with nothing but errors of its own
    Down,
    /// it asked to be left alone for a while
    Pause(Duration),
    /// it did not answer
    Unreachable,
}

/// The breakers of all destinations.
#[derive(Debug, Default)]
pub(crate) struct Breakers {
    states: HashMap<String, State>,
}

impl Breakers {
    /// The destinations that get no deliveries now.
    pub(crate) fn closed_to(&self, now: Timestamp) -> Vec<String> {
        let shut = self.states.iter().filter(|(_, state)| state.is_open(now));
        shut.map(|(destination, _)| destination.clone()).collect()
    }

    /// Whether a destination gets no deliveries now.
    pub(crate) fn is_open(&self, destination: &str, now: Timestamp) -> bool {
        let state = self.states.get(destination);
        state.is_some_and(|state| state.is_open(now))
    }

    /// How many destinations count as down.
    pub(crate) fn open(&self) -> usize {
        let open = |state: &&State| matches!(state, State::Open { .. } | State::Looking { .. });
        self.states.values().filter(open).count()
    }

    /// The destinations to look at now; each is given out once.
    pub(crate) fn due_looks(&mut self, now: Timestamp) -> Vec<String> {
        let mut due = Vec::new();
        for (destination, state) in &mut self.states {
            if let State::Open { look_at, wait } = *state
                && look_at <= now
            {
                *state = State::Looking { wait };
                due.push(destination.clone());
            }
        }
        due
    }

    /// When something changes by itself: a look falls due, or a pause ends.
    pub(crate) fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.states.values().filter_map(|state| match state {
            State::Open { look_at, .. } => Some(*look_at),
            State::Paused { until } if *until > now => Some(*until),
            _ => None,
        });
        times.min()
    }

    /// A human wants this destination looked at without waiting.
    pub(crate) fn hasten(&mut self, destination: &str, now: Timestamp) {
        match self.states.get_mut(destination) {
            Some(State::Open { look_at, .. }) => *look_at = now,
            Some(state @ State::Paused { .. }) => *state = State::Closed { failures: 0 },
            _ => {}
        }
    }

    /// A look has shown nothing: there was no delivery to make after all.
    pub(crate) fn look_again(&mut self, destination: &str, now: Timestamp) {
        if let Some(state @ State::Looking { .. }) = self.states.get_mut(destination)
            && let State::Looking { wait } = *state
        {
            *state = State::Open {
                look_at: now + wait,
                wait,
            };
        }
    }

    /// Notes the health of a destination; `true` when the destination has just come back.
    pub(crate) fn note(&mut self, destination: &str, health: Health, now: Timestamp) -> bool {
        if destination.is_empty() {
            return false;
        }
        let state = self
            .states
            .get(destination)
            .copied()
            .unwrap_or(State::Closed { failures: 0 });
        let (next, back) = step(state, health, now);
        if next == (State::Closed { failures: 0 }) {
            self.states.remove(destination);
        } else {
            self.states.insert(destination.to_owned(), next);
        }
        back
    }
}

fn step(state: State, health: Health, now: Timestamp) -> (State, bool) {
    let was_down = matches!(state, State::Open { .. } | State::Looking { .. });
    let next = match health {
        Health::Up => State::Closed { failures: 0 },
        Health::Pause(asked) => State::Paused {
            until: now + asked.min(LONGEST_PAUSE),
        },
        Health::Down => failed(state, now, 1, LOOK_FAILING),
        Health::Unreachable => failed(state, now, WEIGHT_UNREACHABLE, LOOK_UNREACHABLE),
    };
    (next, was_down && health == Health::Up)
}

fn failed(state: State, now: Timestamp, weight: u32, longest: Duration) -> State {
    match state {
        State::Closed { failures } if failures + weight < TRIP => State::Closed {
            failures: failures + weight,
        },
        State::Looking { wait } => {
            let wait = (wait * 2).min(longest);
            State::Open {
                look_at: now + wait,
                wait,
            }
        }
        // An attempt that began before the breaker opened says nothing new.
        State::Open { .. } | State::Paused { .. } => state,
        State::Closed { .. } => State::Open {
            look_at: now + FIRST_LOOK,
            wait: FIRST_LOOK,
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
        assert!(breakers.closed_to(at(0)).is_empty());
        assert_eq!(tripped().closed_to(at(0)), ["down"]);
    }

    #[test]
    fn it_looks_again_after_growing_waits_and_heals() {
        let mut breakers = tripped();
        assert!(breakers.due_looks(at(0)).is_empty());
        assert_eq!(breakers.due_looks(at(1)), ["down"]);
        assert!(breakers.due_looks(at(1)).is_empty(), "one look at a time");
        breakers.note("down", Health::Down, at(2));
        assert_eq!(breakers.next_change(at(2)), Some(at(4)));
        assert_eq!(breakers.due_looks(at(4)), ["down"]);
        assert!(breakers.note("down", Health::Up, at(4)), "it has come back");
        assert!(breakers.closed_to(at(4)).is_empty());
        assert_eq!(breakers.open(), 0);
    }

    #[test]
    fn a_look_that_shows_nothing_is_made_again() {
        let mut breakers = tripped();
        breakers.due_looks(at(1));
        breakers.look_again("down", at(1));
        assert_eq!(breakers.due_looks(at(2)), ["down"]);
        breakers.look_again("other", at(2));
        assert_eq!(breakers.closed_to(at(2)), ["down"]);
    }

    #[test]
    fn a_host_that_takes_no_connections_is_looked_at_every_few_seconds_at_least() {
        let mut breakers = tripped();
        let mut now = at(0);
        for _ in 0..10 {
            now = breakers.next_change(now).unwrap();
            assert_eq!(breakers.due_looks(now), ["down"]);
            breakers.note("down", Health::Unreachable, now);
        }
        let wait = breakers.next_change(now).unwrap().duration_since(now);
        assert_eq!(wait.as_secs(), 5);
    }

    #[test]
    fn a_pause_ends_by_itself_and_is_not_a_failure() {
        let mut breakers = Breakers::default();
        breakers.note("down", Health::Pause(Duration::from_secs(7)), at(0));
        assert_eq!(breakers.closed_to(at(6)), ["down"]);
        assert!(breakers.closed_to(at(7)).is_empty());
        breakers.note("down", Health::Pause(Duration::from_secs(99_999)), at(0));
        assert!(
            breakers.closed_to(at(3_600)).is_empty(),
            "no pause lasts longer than an hour"
        );
    }

    #[test]
    fn others_are_not_concerned_and_a_human_can_hasten() {
        let mut breakers = tripped();
        assert!(!breakers.closed_to(at(0)).contains(&"other".to_owned()));
        breakers.hasten("down", at(0));
        assert_eq!(breakers.due_looks(at(0)), ["down"]);
    }
}
