//! When a failed delivery is tried again; pure.

use std::time::Duration;

/// The waits before the first, second, … attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

/// A schedule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the retry schedule must be a list of waits such as `0s, 5s, 30s, 2m, 1h`, but contains \"{0}\""
)]
pub struct ScheduleError(pub String);

/// How far a wait is stretched at most, so that many do not come back at once.
const JITTER: f64 = 0.2;
/// The longest wait of a schedule.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
/// The longest wait that a tool is granted: one that asks for an age has made a mistake.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3_600);

impl Default for Schedule {
    /// At once, then over about 21 hours.
    fn default() -> Self {
        Self(
            [0, 5, 30, 120, 600, 1_800, 7_200, 21_600, 43_200]
                .map(Duration::from_secs)
                .to_vec(),
        )
    }
}

impl Schedule {
    /// Reads waits separated by commas: numbers with `ms`, `s`, `m` or `h`.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let wait =
            |part: &str| parse_wait(part).ok_or_else(|| ScheduleError(part.trim().to_owned()));
        let waits: Vec<_> = text.split(',').map(wait).collect::<Result<_, _>>()?;
        Ok(Self(waits))
    }

    /// The wait after `tries` attempts that failed, or `None` to give up.
    ///
    /// `fraction` is random in `0.0..1.0`. What the tool asks for (`Retry-After`) is
    /// obeyed instead of the schedule, as long as there are attempts left.
    pub fn wait(&self, tries: i64, requested: Option<Duration>, fraction: f64) -> Option<Duration> {
        let planned = self.0.get(usize::try_from(tries).ok()?)?;
        let wait = requested.map_or(*planned, |requested| requested.min(LONGEST_ASKED));
        Some(wait.mul_f64(1.0 + JITTER * fraction))
    }
}

/// Reads a wait such as `250ms`, `30s`, `5m` or `2h`, of a year at most.
pub fn parse_wait(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..split].parse().ok()?;
    let wait = match text[split..].trim() {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3_600)?),
        _ => return None,
    };
    (wait <= LONGEST).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_tries_at_once_and_gives_up_after_nine() {
        let schedule = Schedule::default();
        assert_eq!(schedule.wait(0, None, 0.0), Some(Duration::ZERO));
        assert_eq!(schedule.wait(1, None, 0.0), Some(Duration::from_secs(5)));
        assert_eq!(
            schedule.wait(8, None, 0.0),
            Some(Duration::from_secs(43_200))
        );
        assert_eq!(schedule.wait(9, None, 0.0), None);
        assert_eq!(schedule.wait(9, Some(Duration::from_secs(1)), 0.0), None);
    }

    #[test]
    fn jitter_only_lengthens_and_stays_in_bounds() {
        let wait = |fraction| Schedule::default().wait(1, None, fraction).unwrap();
        assert_eq!(wait(0.0), Duration::from_secs(5));
        assert!(wait(0.999) <= Duration::from_secs(6));
    }

    #[test]
    fn what_the_tool_asks_for_is_obeyed() {
        let wait = Schedule::default().wait(1, Some(Duration::from_secs(90)), 0.0);
        assert_eq!(wait, Some(Duration::from_secs(90)));
        let wait = Schedule::default()
            .wait(1, Some(Duration::MAX), 0.9)
            .unwrap();
        assert!(wait < Duration::from_secs(48 * 3_600), "{wait:?}");
    }

    #[test]
    fn a_schedule_is_read_or_its_fault_named() {
        let schedule = Schedule::parse("0s, 250ms,2m ,1h").unwrap();
        assert_eq!(schedule.wait(4, None, 0.0), None);
        assert_eq!(
            schedule.wait(1, None, 0.0),
            Some(Duration::from_millis(250))
        );
        for text in [
            "",
            "5",
            "x",
            "5d",
            "-1s",
            "1s,,2s",
            "9999999999999999999h",
            "9000h",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}
