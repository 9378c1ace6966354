//! Limits per host: concurrent requests and requests per second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Above this many hosts the idle ones are removed.
const MAX_HOSTS: usize = 1_000;

/// Concurrency and rate limits by host.
pub(crate) struct HostLimits {
    concurrent: usize,
    interval: Duration,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

struct Host {
    permits: Arc<Semaphore>,
    earliest_start: Mutex<Instant>,
}

impl HostLimits {
    /// At most `concurrent` requests to a host at once, and `per_second` starts (0 for no limit).
    pub(crate) fn new(concurrent: usize, per_second: u32) -> Self {
        let interval = match per_second {
            0 => Duration::ZERO,
            rate => Duration::from_secs(1) / rate,
        };
        Self {
            concurrent,
            interval,
            hosts: Mutex::default(),
        }
    }

    /// Waits until another request to the host may start; drop the permit when it has ended.
    pub(crate) async fn acquire(&self, name: &str) -> Option<OwnedSemaphorePermit> {
        let host = self.host(name);
        let permit = Arc::clone(&host.permits).acquire_owned().await.ok();
        if !self.interval.is_zero() {
            tokio::time::sleep_until(host.next_start(self.interval)).await;
        }
        permit
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() > MAX_HOSTS {
            hosts.retain(|_, host| {
                Arc::strong_count(host) > 1 || host.permits.available_permits() < self.concurrent
            });
        }
        let fresh = || {
            Arc::new(Host {
                permits: Arc::new(Semaphore::new(self.concurrent)),
                earliest_start: Mutex::new(Instant::now()),
            })
        };
        Arc::clone(hosts.entry(name.to_owned()).or_insert_with(fresh))
    }
}

impl Host {
    fn next_start(&self, interval: Duration) -> Instant {
        let mut next = self
            .earliest_start
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let start = (*next).max(Instant::now());
        *next = start + interval;
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_at_its_limit_delays_only_its_own_requests() {
        let limits = HostLimits::new(1, 0);
        let permit = limits.acquire("a").await;
        assert!(
            tokio::time::timeout(Duration::from_millis(20), limits.acquire("a"))
                .await
                .is_err()
        );
        assert!(limits.acquire("b").await.is_some());
        drop(permit);
        assert!(limits.acquire("a").await.is_some());
    }

    #[tokio::test]
    async fn starts_are_spaced_by_the_rate() {
        let limits = HostLimits::new(10, 50);
        let begin = Instant::now();
        for _ in 0..4 {
            limits.acquire("a").await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(60));
    }
}
