//! Rate limits by leaky bucket: each request of a client fills its bucket by one, and it empties with
//! time.

use jiff::Timestamp;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of buckets; beyond it the emptiest is dropped.
pub(crate) const MOST: usize = 20_000;
const MINUTE: i64 = 60_000_000;

/// How a kind of bucket fills and empties.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// requests that fit into it
    pub(crate) size: i64,
    /// microseconds until one more fits
    pub(crate) refill: i64,
}

impl Limit {
    /// So many a minute, all at once if need be; none for 0.
    pub(crate) fn per_minute(count: u32) -> Option<Self> {
        let size = i64::from(count);
        (size > 0).then(|| Self {
            size,
            refill: (MINUTE / size).max(1),
        })
    }

    /// How a bucket is that will be empty then.
    fn level(self, empty: i64, now: i64) -> Level {
        let filled = (empty - now).max(0);
        let over = filled - self.size * self.refill;
        Level {
            used: (filled + self.refill - 1) / self.refill,
            // Rounded up, so that a client that waits as long as stated is accepted.
            wait: seconds_up(over + self.refill),
            empty_in: seconds_up(filled),
        }
    }
}

fn seconds_up(microseconds: i64) -> i64 {
    (microseconds.max(0) + 999_999) / 1_000_000
}

/// How full a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// requests in it
    pub(crate) used: i64,
    /// seconds until one more fits; 0: it fits now
    pub(crate) wait: i64,
    /// seconds until it is empty
    pub(crate) empty_in: i64,
}

/// Buckets of one kind, in memory.
pub(crate) struct Buckets<K> {
    limit: Limit,
    /// by whose it is, when a bucket will be empty, in microseconds since 1970
    empty_at: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// None yet.
    pub(crate) fn new(limit: Limit) -> Self {
        Self {
            limit,
            empty_at: Mutex::default(),
        }
    }

    /// Counts a request if it fits; says how full the bucket is with it, or else how long it
    /// has to wait.
    pub(crate) fn take(&self, key: &K, now: Timestamp) -> Level {
        let now = now.as_microsecond();
        let mut all = self.lock();
        let empty = all.get(key).map_or(now, |empty| (*empty).max(now));
        let level = self.limit.level(empty, now);
        if level.wait > 0 {
            return level;
        }
        make_room(&mut all, key, now);
        let empty = empty + self.limit.refill;
        all.insert(key.clone(), empty);
        Level {
            wait: 0,
            ..self.limit.level(empty, now)
        }
    }

    /// Takes back a request that should not have counted.
    pub(crate) fn forgive(&self, key: &K) {
        if let Some(empty) = self.lock().get_mut(key) {
            *empty -= self.limit.refill;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, i64>> {
        self.empty_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the idle, and then the emptiest, when there are too many.
fn make_room<K: Hash + Eq + Clone>(all: &mut HashMap<K, i64>, key: &K, now: i64) {
    if all.len() < MOST || all.contains_key(key) {
        return;
    }
    all.retain(|_, empty| *empty > now);
    if all.len() >= MOST {
        let emptiest = all.iter().min_by_key(|(_, empty)| **empty);
        if let Some(emptiest) = emptiest.map(|(key, _)| key.clone()) {
            all.remove(&emptiest);
        }
    }
}

/// Whose bucket an address counts for: version 6 by its network, of which one host has plenty.
pub(crate) fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => format!("{:x}", u128::from(address) >> 64),
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    const NOW: Timestamp = Timestamp::constant(1_770_000_000, 0);

    impl<K: Hash + Eq + Clone> Buckets<K> {
        /// How full a bucket is.
        fn look(&self, key: &K, now: Timestamp) -> Level {
            let now = now.as_microsecond();
            let empty = self.lock().get(key).copied().unwrap_or(now);
            self.limit.level(empty, now)
        }
    }

    fn limit(size: i64, refill: i64) -> Limit {
        Limit { size, refill }
    }

    #[test]
    fn a_bucket_fills_and_time_empties_it() {
        let buckets = Buckets::new(Limit::per_minute(3).unwrap());
        let levels: Vec<(i64, i64)> = (0..4)
            .map(|_| buckets.take(&"a", NOW))
            .map(|level| (level.used, level.wait))
            .collect();
        assert_eq!(levels, [(1, 0), (2, 0), (3, 0), (3, 20)]);
        assert_eq!(buckets.look(&"a", NOW).empty_in, 60);
        assert_eq!(buckets.take(&"b", NOW).used, 1, "others are not concerned");
        let later = NOW + SignedDuration::from_millis(19_500);
        assert_eq!(buckets.look(&"a", later).wait, 1);
        let later = NOW + SignedDuration::from_secs(20);
        assert_eq!(buckets.take(&"a", later).wait, 0);
        assert_eq!(buckets.take(&"a", later).wait, 20);
        buckets.forgive(&"a");
        assert_eq!(buckets.take(&"a", later).wait, 0);
        let later = NOW + SignedDuration::from_hours(1);
        assert_eq!(buckets.take(&"a", later).used, 1);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_anybody_out_for_longer_than_it_was_set_back() {
        let buckets = Buckets::new(Limit::per_minute(60).unwrap());
        buckets.take(&"a", NOW);
        let before = NOW - SignedDuration::from_secs(61);
        assert_eq!(buckets.take(&"a", before).wait, 3);
    }

    #[test]
    fn great_limits_and_none() {
        assert!(Limit::per_minute(0).is_none());
        let greatest = Limit::per_minute(u32::MAX).unwrap();
        let level = Buckets::new(greatest).take(&"a", NOW);
        assert_eq!((level.used, level.wait), (1, 0));
    }

    #[test]
    fn a_flood_of_senders_does_not_fill_the_memory_or_free_the_fullest() {
        let buckets = Buckets::new(limit(10, 60_000_000));
        for _ in 0..5 {
            buckets.take(&usize::MAX, NOW);
        }
        for number in 0..MOST + 10 {
            buckets.take(&number, NOW);
        }
        assert_eq!(buckets.lock().len(), MOST);
        assert_eq!(buckets.look(&usize::MAX, NOW).used, 5);
        let later = NOW + SignedDuration::from_mins(2);
        buckets.take(&(MOST * 2), later);
        assert_eq!(buckets.lock().len(), 2, "the idle are forgotten");
    }

    #[test]
    fn addresses_of_version_6_count_by_their_network() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
