//! How much one host gets of us at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Above this many hosts the idle ones are forgotten.
const MANY: usize = 1_000;

/// Concurrency and pace, per host.
pub(crate) struct HostGates {
    concurrent: usize,
    interval: Duration,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

struct Gate {
    places: Arc<Semaphore>,
    next_start: Mutex<Instant>,
}

impl HostGates {
    /// At most `concurrent` requests to a host at once, and `per_second` starts (0 for no limit).
    pub(crate) fn new(concurrent: usize, per_second: u32) -> Self {
        let interval = match per_second {
            0 => Duration::ZERO,
            rate => Duration::from_secs(1) / rate,
        };
        Self {
            concurrent,
            interval,
            gates: Mutex::default(),
        }
    }

    /// Waits for a place and its turn; the place is held until the permit is dropped.
    pub(crate) async fn enter(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        let gate = self.gate(host);
        let permit = Arc::clone(&gate.places).acquire_owned().await.ok();
        if !self.interval.is_zero() {
            tokio::time::sleep_until(gate.take_turn(self.interval)).await;
        }
        permit
    }

    fn gate(&self, host: &str) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() > MANY {
            gates.retain(|_, gate| {
                Arc::strong_count(gate) > 1 || gate.places.available_permits() < self.concurrent
            });
        }
        let fresh = || {
            Arc::new(Gate {
                places: Arc::new(Semaphore::new(self.concurrent)),
                next_start: Mutex::new(Instant::now()),
            })
        };
        Arc::clone(gates.entry(host.to_owned()).or_insert_with(fresh))
    }
}

impl Gate {
    fn take_turn(&self, interval: Duration) -> Instant {
        let mut next = self
            .next_start
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let turn = (*next).max(Instant::now());
        *next = turn + interval;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_that_is_full_makes_only_its_own_requests_wait() {
        let gates = HostGates::new(1, 0);
        let held = gates.enter("a").await;
        assert!(
            tokio::time::timeout(Duration::from_millis(20), gates.enter("a"))
                .await
                .is_err()
        );
        assert!(gates.enter("b").await.is_some());
        drop(held);
        assert!(gates.enter("a").await.is_some());
    }

    #[tokio::test]
    async fn starts_are_spaced_by_the_rate() {
        let gates = HostGates::new(10, 50);
        let begin = Instant::now();
        for _ in 0..4 {
            gates.enter("a").await;
        }
        assert!(begin.elapsed() >= Duration::from_millis(60));
    }
}
