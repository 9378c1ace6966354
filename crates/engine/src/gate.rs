//! Whether a new delivery goes straight into the queue's memory, or waits in the store to be claimed.
//!
//! Most deliveries can be made at once. Such a one is claimed by the very statement that makes it,
//! and handed over with its event: it need not be found, marked and read again. But none may
//! overtake those that wait in the store, and the memory has only so many places.
//!
//! [`Gate::admits`] and [`Gate::claimed_all`] are called inside transactions, which the store runs one
//! after the other: what one of them sees in the store, the next one still sees.

use crate::lanes::Claimed;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What stands between the intake and the queue.
pub(crate) struct Gate {
    state: Mutex<State>,
    /// rung when something was handed over
    handed_over: Notify,
}

struct State {
    /// anything may wait in the store: nobody has looked yet
    unknown: bool,
    /// destinations for which something waits in the store
    behind: HashSet<String>,
    /// destinations that get nothing into memory now
    shut: HashSet<String>,
    /// places that are left in memory
    room: usize,
    /// what was handed over and not yet fetched
    handed: Vec<Claimed>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                unknown: true,
                behind: HashSet::new(),
                shut: HashSet::new(),
                room: 0,
                handed: Vec::new(),
            }),
            handed_over: Notify::new(),
        }
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a new delivery may be claimed as it is made. If not, it is the queue's to find.
    pub(crate) fn admits(&self, destination: &str) -> bool {
        let mut state = self.state();
        let admitted = !state.unknown
            && state.handed.len() < state.room
            && !state.behind.contains(destination)
            && !state.shut.contains(destination);
        if !admitted && !state.behind.contains(destination) {
            state.behind.insert(destination.to_owned());
        }
        admitted
    }

    /// Something of that destination was put back into the store.
    pub(crate) fn put_back(&self, destination: &str) {
        self.state().behind.insert(destination.to_owned());
    }

    /// Everything due was claimed, but for these destinations.
    pub(crate) fn claimed_all(&self, without: &[String]) {
        let mut state = self.state();
        if state.unknown {
            state.unknown = false;
            state.behind = without.iter().cloned().collect();
        } else {
            state.behind.retain(|name| without.contains(name));
        }
    }

    /// What is in the store is not known any more: a claim failed, or nobody fetches from here on.
    pub(crate) fn lost_sight(&self) {
        self.state().unknown = true;
    }

    /// Whether something may wait in the store for a claim, of another destination than these.
    pub(crate) fn is_behind(&self, without: &[String]) -> bool {
        let state = self.state();
        state.unknown || state.behind.iter().any(|name| !without.contains(name))
    }

    /// How many more the queue has places for, and which destinations get nothing now.
    pub(crate) fn set(&self, room: usize, shut: &[String]) {
        let mut state = self.state();
        state.room = room;
        if state.shut.len() != shut.len() || !shut.iter().all(|name| state.shut.contains(name)) {
            state.shut = shut.iter().cloned().collect();
        }
    }

    /// Gives the queue deliveries whose claim is on disk.
    pub(crate) fn hand_over(&self, claimed: Vec<Claimed>) {
        if claimed.is_empty() {
            return;
        }
        self.state().handed.extend(claimed);
        self.handed_over.notify_one();
    }

    /// Waits until something was handed over.
    pub(crate) async fn wait(&self) {
        self.handed_over.notified().await;
    }

    /// Takes what was handed over.
    pub(crate) fn fetch(&self) -> Vec<Claimed> {
        std::mem::take(&mut self.state().handed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use model::Status;
    use store::deliveries::DeliveryRow;

    fn open(room: usize) -> Gate {
        let gate = Gate::default();
        gate.set(room, &[]);
        gate.claimed_all(&[]);
        gate
    }

    fn claimed(id: i64) -> Claimed {
        let at = Timestamp::UNIX_EPOCH;
        Claimed::due(DeliveryRow {
            id,
            event_id: id,
            project_id: 1,
            integration: "x".into(),
            status: Status::Pending,
            reason: None,
            destination: "a".into(),
            tries: 0,
            done: Vec::new(),
            next_at: at,
            created_at: at,
            finished_at: None,
        })
    }

    #[test]
    fn nothing_is_admitted_before_somebody_has_looked_into_the_store() {
        let gate = Gate::default();
        gate.set(10, &[]);
        assert!(!gate.admits("a") && gate.is_behind(&[]));
        gate.claimed_all(&[]);
        assert!(gate.admits("a") && !gate.is_behind(&[]));
        gate.lost_sight();
        assert!(!gate.admits("a") && gate.is_behind(&[]));
    }

    #[test]
    fn none_overtakes_what_waits_in_the_store() {
        let gate = open(10);
        let down = ["down".to_owned()];
        gate.set(10, &down);
        assert!(!gate.admits("down") && gate.admits("up"));
        gate.set(10, &[]);
        assert!(!gate.admits("down"), "an older one waits in the store");
        assert!(gate.is_behind(&[]) && !gate.is_behind(&down));
        gate.claimed_all(&down);
        assert!(!gate.admits("down"), "it was not among the claimed");
        gate.claimed_all(&[]);
        assert!(gate.admits("down"));
        gate.put_back("down");
        assert!(!gate.admits("down") && gate.admits("up"));
    }

    #[test]
    fn there_is_room_for_so_many() {
        let gate = open(2);
        for id in 0..2 {
            assert!(gate.admits("a"));
            gate.hand_over(vec![claimed(id)]);
        }
        assert!(!gate.admits("a"));
        assert_eq!(gate.fetch().len(), 2);
        gate.claimed_all(&[]);
        assert!(gate.admits("a"));
    }

    #[tokio::test]
    async fn what_is_handed_over_wakes_the_queue() {
        let gate = open(2);
        gate.hand_over(vec![claimed(1)]);
        gate.wait().await;
        assert_eq!(gate.fetch().len(), 1);
    }
}
