//! Events that stay in memory until they are delivered, up to a limit.

use model::Event;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The maximum bytes of JSON in memory; the events of further deliveries are read from the store.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Counts the bytes in memory.
#[derive(Default)]
pub(crate) struct EventCache(Arc<AtomicUsize>);

/// An event in memory; its bytes count for as long as it lives.
pub(crate) struct CachedEvent {
    event: Event,
    used: Arc<AtomicUsize>,
}

impl EventCache {
    /// Caches an event that is being delivered, even beyond the limit.
    pub(crate) fn pin(&self, event: Event) -> Arc<CachedEvent> {
        let cached = CachedEvent {
            event,
            used: Arc::clone(&self.0),
        };
        self.0.fetch_add(cached.size(), Ordering::Relaxed);
        Arc::new(cached)
    }

    /// Whether the limit is not reached.
    pub(crate) fn has_room(&self) -> bool {
        self.0.load(Ordering::Relaxed) < MAX_BYTES
    }

    /// Caches an event that is delivered later, if there is room for it.
    pub(crate) fn try_cache(&self, event: Event) -> Option<Arc<CachedEvent>> {
        let cached = self.pin(event);
        // Dropping it gives its bytes back.
        (self.0.load(Ordering::Relaxed) <= MAX_BYTES).then_some(cached)
    }
}

impl CachedEvent {
    fn size(&self) -> usize {
        self.event.json().len()
    }
}

impl Deref for CachedEvent {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

impl Drop for CachedEvent {
    fn drop(&mut self) {
        self.used.fetch_sub(self.size(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_cached_up_to_the_limit_and_free_their_bytes() {
        let event = || {
            let text = "x".repeat(MAX_BYTES / 3);
            Event::parse(&format!(r#"{{"object_kind":"push","message":"{text}"}}"#)).unwrap()
        };
        let cache = EventCache::default();
        let mut cached: Vec<_> = (0..3).filter_map(|_| cache.try_cache(event())).collect();
        assert_eq!(cached.len(), 2);
        cached.pop();
        assert!(cache.try_cache(event()).is_some());
        drop(cached);
        assert_eq!(cache.0.load(Ordering::Relaxed), 0);
    }
}
