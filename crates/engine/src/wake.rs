//! Wakes the queue when something may be due.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

#[derive(Default)]
pub(crate) struct Wake {
    notify: Notify,
    retry_now: Mutex<Vec<String>>,
}

impl Wake {
    pub(crate) fn wake(&self) {
        self.notify.notify_one();
    }

    /// Wakes the queue and makes it probe this destination without waiting.
    pub(crate) fn retry_now(&self, destination: String) {
        self.destinations().push(destination);
        self.wake();
    }

    pub(crate) async fn woken(&self) {
        self.notify.notified().await;
    }

    /// Takes the destinations to probe now.
    pub(crate) fn take_retry_now(&self) -> Vec<String> {
        std::mem::take(&mut self.destinations())
    }

    fn destinations(&self) -> MutexGuard<'_, Vec<String>> {
        self.retry_now
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
