//! Holds back those who try passwords, by the name they try and by where they come from.
//!
//! Each is a bucket that every failed attempt fills by one and time empties. An attempt
//! counts before its password is looked at, so that many at a time count too, and is
//! taken back when the password was right.

use jiff::Timestamp;
use model::hex;
use ring::digest::{SHA256, digest};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Buckets of one kind kept at a time; beyond that the emptiest goes.
const MOST: usize = 20_000;

/// How a kind of bucket fills and empties.
#[derive(Clone, Copy)]
struct Limit {
    /// attempts that fit into it
    size: i64,
    /// milliseconds until one more fits
    refill: i64,
}

/// Many may share an address, few a name.
const BY_NAME: Limit = Limit {
    size: 10,
    refill: 60_000,
};
const BY_ADDRESS: Limit = Limit {
    size: 30,
    refill: 20_000,
};

/// By bucket, when it will be empty, in milliseconds since 1970.
type Buckets = HashMap<String, i64>;

/// Counts attempts to sign in, in memory.
#[derive(Default)]
pub(crate) struct Throttle {
    names: Mutex<Buckets>,
    addresses: Mutex<Buckets>,
}

/// Who tries, as the buckets are called.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    name: String,
    address: String,
}

impl Attempt {
    /// An attempt for a name from an address; addresses of version 6 count by their network.
    pub(super) fn new(username: &str, address: Option<IpAddr>) -> Self {
        let name = digest(&SHA256, username.to_lowercase().as_bytes());
        let address = match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V6(address)) => format!("{:x}", u128::from(address) >> 64),
            Some(address) => address.to_string(),
            None => String::new(),
        };
        Self {
            name: hex(name.as_ref()),
            address,
        }
    }
}

impl Throttle {
    /// Counts an attempt; `Err` has the seconds to wait where there were too many.
    pub(super) fn take(&self, attempt: &Attempt, now: Timestamp) -> Result<(), i64> {
        let now = now.as_millisecond();
        let (mut names, mut addresses) = (lock(&self.names), lock(&self.addresses));
        let wait = BY_NAME
            .wait(names.get(&attempt.name), now)
            .max(BY_ADDRESS.wait(addresses.get(&attempt.address), now));
        if wait > 0 {
            return Err((wait + 999) / 1000);
        }
        BY_NAME.add(&mut names, &attempt.name, now);
        BY_ADDRESS.add(&mut addresses, &attempt.address, now);
        Ok(())
    }

    /// Takes back an attempt that was right after all.
    pub(super) fn forgive(&self, attempt: &Attempt) {
        if let Some(empty) = lock(&self.names).get_mut(&attempt.name) {
            *empty -= BY_NAME.refill;
        }
        if let Some(empty) = lock(&self.addresses).get_mut(&attempt.address) {
            *empty -= BY_ADDRESS.refill;
        }
    }
}

impl Limit {
    /// Milliseconds until an attempt fits.
    fn wait(self, empty: Option<&i64>, now: i64) -> i64 {
        let filled = empty.map_or(0, |empty| (empty - now).max(0));
        (filled + self.refill - self.size * self.refill).max(0)
    }

    fn add(self, buckets: &mut Buckets, name: &str, now: i64) {
        if buckets.len() >= MOST && !buckets.contains_key(name) {
            buckets.retain(|_, empty| *empty > now);
        }
        if buckets.len() >= MOST && !buckets.contains_key(name) {
            let emptiest = buckets.iter().min_by_key(|(_, empty)| **empty);
            if let Some(emptiest) = emptiest.map(|(name, _)| name.clone()) {
                buckets.remove(&emptiest);
            }
        }
        let empty = buckets.entry(name.to_owned()).or_insert(now);
        *empty = (*empty).max(now) + self.refill;
    }
}

fn lock(buckets: &Mutex<Buckets>) -> MutexGuard<'_, Buckets> {
    buckets.lock().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn a_flood_of_names_does_not_fill_the_memory_or_free_the_fullest() {
        let limit = BY_NAME;
        let mut buckets = Buckets::new();
        for _ in 0..5 {
            limit.add(&mut buckets, "root", 0);
        }
        for number in 0..MOST + 10 {
            limit.add(&mut buckets, &number.to_string(), 0);
        }
        assert_eq!(buckets.len(), MOST);
        assert_eq!(buckets["root"], 5 * limit.refill);
    }
}
