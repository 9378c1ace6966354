//! Holds back those who try passwords, by the name they try and by where they come from.
//!
//! An attempt counts before its password is looked at, so that many at a time count too, and is
//! taken back when the password was right.

use crate::buckets::{Buckets, Limit, network};
use jiff::Timestamp;
use model::hex;
use ring::digest::{SHA256, digest};
use std::net::IpAddr;

/// Many may share an address, few a name.
const BY_NAME: Limit = Limit {
    size: 10,
    refill: 60_000_000,
};
const BY_ADDRESS: Limit = Limit {
    size: 30,
    refill: 20_000_000,
};

/// Counts attempts to sign in, in memory.
pub(crate) struct Throttle {
    names: Buckets<String>,
    addresses: Buckets<String>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            names: Buckets::new(BY_NAME),
            addresses: Buckets::new(BY_ADDRESS),
        }
    }
}

/// Who tries, as the buckets are called.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    name: String,
    address: String,
}

impl Attempt {
    /// An attempt for a name from an address.
    pub(super) fn new(username: &str, address: Option<IpAddr>) -> Self {
        let name = digest(&SHA256, username.to_lowercase().as_bytes());
        Self {
            name: hex(name.as_ref()),
            address: network(address),
        }
    }
}

impl Throttle {
    /// Counts an attempt; `Err` has the seconds to wait where there were too many.
    pub(super) fn take(&self, attempt: &Attempt, now: Timestamp) -> Result<(), i64> {
        let by_name = self.names.take(&attempt.name, now).wait;
        let by_address = self.addresses.take(&attempt.address, now).wait;
        // What does not fit into one of them does not count for the other.
        match (by_name, by_address) {
            (0, 0) => return Ok(()),
            (0, _) => self.names.forgive(&attempt.name),
            (_, 0) => self.addresses.forgive(&attempt.address),
            _ => {}
        }
        Err(by_name.max(by_address))
    }

    /// Takes back an attempt that was right after all.
    pub(super) fn forgive(&self, attempt: &Attempt) {
        self.names.forgive(&attempt.name);
        self.addresses.forgive(&attempt.address);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);

    fn attempt(name: &str, address: &str) -> Attempt {
        Attempt::new(name, Some(address.parse().unwrap()))
    }

    #[test]
    fn a_name_is_held_back_from_everywhere_and_time_heals() {
        let throttle = Throttle::default();
        for number in 0..10 {
            let one = attempt("Root", &format!("192.0.2.{number}"));
            assert_eq!(throttle.take(&one, NOW), Ok(()));
        }
        let next = attempt("root", "192.0.2.99");
        assert_eq!(throttle.take(&next, NOW), Err(60));
        assert_eq!(throttle.take(&attempt("ann", "192.0.2.1"), NOW), Ok(()));
        let later = NOW + SignedDuration::from_millis(59_500);
        assert_eq!(throttle.take(&next, later), Err(1));
        let later = NOW + SignedDuration::from_secs(60);
        assert_eq!(throttle.take(&next, later), Ok(()));
        assert_eq!(throttle.take(&next, later), Err(60));
    }

    #[test]
    fn an_address_is_held_back_whatever_the_name() {
        let throttle = Throttle::default();
        for number in 0..30 {
            let one = attempt(&format!("u{number}"), &format!("2001:db8::{number}"));
            assert_eq!(throttle.take(&one, NOW), Ok(()));
        }
        assert_eq!(throttle.take(&attempt("x", "2001:db8::ff"), NOW), Err(20));
        assert_eq!(throttle.take(&attempt("x", "2001:db8:0:1::"), NOW), Ok(()));
    }

    #[test]
    fn who_signs_in_is_not_counted() {
        let throttle = Throttle::default();
        let one = attempt("root", "::ffff:192.0.2.1");
        for _ in 0..100 {
            assert_eq!(throttle.take(&one, NOW), Ok(()));
            throttle.forgive(&one);
        }
    }
}
