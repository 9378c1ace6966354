//! When a failed delivery is tried again; pure.

use std::time::Duration;

/// The waits before the first, second, … attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(Vec<Duration>);

/// A schedule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the retry schedule has to be waits such as `0s, 5s, 30s, 2m, 1h`, but holds \"{0}\"")]
pub struct ScheduleError(pub String);

/// How far a wait is stretched at most, so that many do not come back at once.
const JITTER: f64 = 0.2;

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
        let waits = text.split(',').map(|part| parse_wait(part.trim()));
        let waits: Vec<_> = waits.collect::<Result<_, _>>()?;
        Ok(Self(waits))
    }

    /// The wait after `tries` attempts that failed, or `None` to give up.
    ///
    /// `fraction` is random in `0.0..1.0`. What the tool asks for (`Retry-After`) is
    /// obeyed instead of the schedule, as long as there are attempts left.
    pub fn wait(&self, tries: i64, asked: Option<Duration>, fraction: f64) -> Option<Duration> {
        let planned = self.0.get(usize::try_from(tries).ok()?)?;
        let wait = asked.unwrap_or(*planned);
        Some(wait.mul_f64(1.0 + JITTER * fraction))
    }
}

fn parse_wait(text: &str) -> Result<Duration, ScheduleError> {
    let bad = || ScheduleError(text.to_owned());
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
    let number: u64 = text[..split].parse().map_err(|_| bad())?;
    match text[split..].trim() {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number * 60)),
        "h" => Ok(Duration::from_secs(number * 3_600)),
        _ => Err(bad()),
    }
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
    }

    #[test]
    fn a_schedule_is_read_or_its_fault_named() {
        let schedule = Schedule::parse("0s, 250ms,2m ,1h").unwrap();
        assert_eq!(schedule.wait(4, None, 0.0), None);
        assert_eq!(
            schedule.wait(1, None, 0.0),
            Some(Duration::from_millis(250))
        );
        for text in ["", "5", "x", "5d", "-1s", "1s,,2s"] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}
