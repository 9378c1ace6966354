//! Faults on demand.

use std::time::Duration;

/// A fault of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// None.
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

/// What happens with one request.
pub(super) enum NextAnswer {
    /// process it and answer
    Straight,
    /// process it, and answer late
    Late(Duration),
    /// process it, and answer with the fault
    Afterwards(Fault),
    /// answer with the fault without processing it
    Instead(Fault),
}

/// The current fault and the number of requests since it was set.
#[derive(Default)]
pub(super) struct Faults {
    fault: Fault,
    seen: u32,
}

impl Faults {
    pub(super) fn set(&mut self, fault: Fault) {
        *self = Self { fault, seen: 0 };
    }

    /// What happens with the next request.
    pub(super) fn next(&mut self) -> NextAnswer {
        self.seen = self.seen.wrapping_add(1);
        match &self.fault {
            Fault::FailEvery(n) if !self.seen.is_multiple_of(*n) => NextAnswer::Straight,
            Fault::None => NextAnswer::Straight,
            Fault::FailHalf => match scatter(self.seen) {
                0 | 1 => NextAnswer::Straight,
                2 => NextAnswer::Instead(Fault::FailHalf),
                _ => NextAnswer::Afterwards(Fault::FailHalf),
            },
            Fault::Slow(delay) => NextAnswer::Late(*delay),
            fault => NextAnswer::Instead(fault.clone()),
        }
    }
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

    fn turns(fault: Fault, count: usize) -> Vec<char> {
        let mut faults = Faults::default();
        faults.set(fault);
        let mut letter = || match faults.next() {
            NextAnswer::Straight | NextAnswer::Late(_) => '.',
            NextAnswer::Instead(_) => 'b',
            NextAnswer::Afterwards(_) => 'a',
        };
        (0..count).map(|_| letter()).collect()
    }

    #[test]
    fn every_third_fails() {
        assert_eq!(
            turns(Fault::FailEvery(3), 7).iter().collect::<String>(),
            "..b..b."
        );
        assert_eq!(
            turns(Fault::FailEvery(0), 3).iter().collect::<String>(),
            "..."
        );
    }

    #[test]
    fn half_fail_some_before_and_some_after_the_same_each_time() {
        let all = turns(Fault::FailHalf, 400);
        let count = |letter| all.iter().filter(|&&c| c == letter).count();
        assert!((160..240).contains(&count('.')), "{}", count('.'));
        assert!(
            count('a') > 60 && count('b') > 60,
            "{} {}",
            count('a'),
            count('b')
        );
        assert_eq!(all, turns(Fault::FailHalf, 400));
        let longest = all.split(|&c| c != '.').map(<[char]>::len).max().unwrap();
        assert!(
            longest >= 6,
            "a conversation of {longest} calls at most gets through"
        );
    }
}
