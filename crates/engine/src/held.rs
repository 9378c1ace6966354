//! Events that are kept in memory until they are delivered, up to a limit.

use model::Event;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of JSON in memory at a time; the events of more deliveries are read from the store again.
const LIMIT: usize = 8 * 1024 * 1024;

/// Counts what is in memory.
#[derive(Default)]
pub(crate) struct Holder(Arc<AtomicUsize>);

/// An event in memory.
pub(crate) struct Held {
    event: Event,
    used: Arc<AtomicUsize>,
}

impl Holder {
    /// Keeps an event that is worked on, whatever room there is.
    pub(crate) fn keep(&self, event: Event) -> Arc<Held> {
        let held = Held {
            event,
            used: Arc::clone(&self.0),
        };
        self.0.fetch_add(held.size(), Ordering::Relaxed);
        Arc::new(held)
    }

    /// Whether there is room for any more.
    pub(crate) fn has_room(&self) -> bool {
        self.0.load(Ordering::Relaxed) < LIMIT
    }

    /// Keeps an event that may be worked on later, if there is room for it.
    pub(crate) fn hold(&self, event: Event) -> Option<Arc<Held>> {
        let held = self.keep(event);
        // One that is not kept gives its room back as it is dropped.
        (self.0.load(Ordering::Relaxed) <= LIMIT).then_some(held)
    }
}

impl Held {
    fn size(&self) -> usize {
        self.event.json().len()
    }
}

impl Deref for Held {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.event
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.used.fetch_sub(self.size(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_so_much_and_it_comes_back() {
        let event = || {
            let text = "x".repeat(LIMIT / 3);
            Event::parse(&format!(r#"{{"object_kind":"push","message":"{text}"}}"#)).unwrap()
        };
        let holder = Holder::default();
        let mut held: Vec<_> = (0..3).filter_map(|_| holder.hold(event())).collect();
        assert_eq!(held.len(), 2);
        held.pop();
        assert!(holder.hold(event()).is_some());
        drop(held);
        assert_eq!(holder.0.load(Ordering::Relaxed), 0);
    }
}
