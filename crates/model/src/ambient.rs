//! Time and randomness, passed in so that tests can replace them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The current time. The binary has the real clock; tests have their own.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The day of a moment, in UTC.
pub fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// A cryptographically secure source of random bytes.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// A random text of `length` characters from `A-Z a-z 0-9 _ -`, with six bits of entropy each.
pub fn token_text(random: &dyn Random, length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
        .collect()
}

/// A number in `0.0..1.0`, for jitter.
pub fn fraction(random: &dyn Random) -> f64 {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn token_text_has_the_requested_length_and_its_alphabet() {
        assert_eq!(token_text(&Fixed(0), 3), "AAA");
        assert_eq!(token_text(&Fixed(255), 4), "----");
    }

    #[test]
    fn a_fraction_never_reaches_one() {
        assert!(fraction(&Fixed(255)) < 1.0);
        assert!(fraction(&Fixed(0)).abs() < f64::EPSILON);
    }
}
