//! Whether a new delivery goes straight to the queue, or waits in the store to be claimed.
//!
//! Most deliveries can be made at once. Such a delivery is claimed by the very statement that inserts
//! it, and handed over with its event: it need not be found, marked and read again. But none may
//! overtake those that wait in the store, and the queue has room for only so many.
//!
//! [`Gate::admits`] and [`Gate::claimed_all`] are called inside transactions that run one after the
//! other: what one of them finds in the store, the next one still finds.

use super::Claimed;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

pub(super) struct Gate {
    state: Mutex<State>,
    handed_over: Notify,
}

struct State {
    /// every destination may have a backlog: nothing was claimed yet
    is_unknown: bool,
    /// destinations with deliveries in the store that may be due
    backlog: HashSet<String>,
    /// destinations that get nothing now
    blocked: HashSet<String>,
    /// how many more the queue has room for
    room: usize,
    /// handed over and not yet taken
    handed: Vec<Claimed>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                is_unknown: true,
                backlog: HashSet::new(),
                blocked: HashSet::new(),
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

    /// Whether a new delivery may be claimed as it is inserted. If not, it is left to the next claim.
    pub(super) fn admits(&self, destination: &str) -> bool {
        let mut state = self.state();
        let admitted = !state.is_unknown
            && state.handed.len() < state.room
            && !state.backlog.contains(destination)
            && !state.blocked.contains(destination);
        if !admitted && !state.backlog.contains(destination) {
            state.backlog.insert(destination.to_owned());
        }
        admitted
    }

    /// Notes that a delivery of that destination waits in the store and may be due.
    pub(super) fn add_backlog(&self, destination: &str) {
        self.state().backlog.insert(destination.to_owned());
    }

    /// Notes that everything due was claimed, except for these destinations.
    pub(super) fn claimed_all(&self, blocked: &[String]) {
        let mut state = self.state();
        if state.is_unknown {
            state.is_unknown = false;
            state.backlog = blocked.iter().cloned().collect();
        } else {
            state.backlog.retain(|name| blocked.contains(name));
        }
    }

    /// Forgets what is in the store: a claim failed, or nothing handed over is taken from now on.
    pub(super) fn invalidate(&self) {
        self.state().is_unknown = true;
    }

    /// Whether the store may have due deliveries of other destinations than these.
    pub(super) fn has_backlog(&self, blocked: &[String]) -> bool {
        let state = self.state();
        state.is_unknown || state.backlog.iter().any(|name| !blocked.contains(name))
    }

    /// Sets how many more the queue has room for, and the destinations that get nothing now.
    pub(super) fn set(&self, room: usize, blocked: &[String]) {
        let mut state = self.state();
        state.room = room;
        if state.blocked.len() != blocked.len()
            || !blocked.iter().all(|name| state.blocked.contains(name))
        {
            state.blocked = blocked.iter().cloned().collect();
        }
    }

    /// Passes deliveries to the queue whose claim is on disk.
    pub(super) fn hand_over(&self, claimed: Vec<Claimed>) {
        if claimed.is_empty() {
            return;
        }
        self.state().handed.extend(claimed);
        self.handed_over.notify_one();
    }

    /// Waits until something was handed over.
    pub(super) async fn handed_over(&self) {
        self.handed_over.notified().await;
    }

    /// Takes what was handed over.
    pub(super) fn take_handed_over(&self) -> Vec<Claimed> {
        std::mem::take(&mut self.state().handed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use model::Status;
    use model::id::{DeliveryId, EventId, ProjectId};
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
            id: DeliveryId(id),
            event_id: EventId(id),
            project_id: ProjectId(1),
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
    fn nothing_is_admitted_before_the_first_claim() {
        let gate = Gate::default();
        gate.set(10, &[]);
        assert!(!gate.admits("a") && gate.has_backlog(&[]));
        gate.claimed_all(&[]);
        assert!(gate.admits("a") && !gate.has_backlog(&[]));
        gate.invalidate();
        assert!(!gate.admits("a") && gate.has_backlog(&[]));
    }

    #[test]
    fn none_overtakes_what_waits_in_the_store() {
        let gate = open(10);
        let down = ["down".to_owned()];
        gate.set(10, &down);
        assert!(!gate.admits("down") && gate.admits("up"));
        gate.set(10, &[]);
        assert!(!gate.admits("down"), "an older one waits in the store");
        assert!(gate.has_backlog(&[]) && !gate.has_backlog(&down));
        gate.claimed_all(&down);
        assert!(!gate.admits("down"), "it was not among the claimed");
        gate.claimed_all(&[]);
        assert!(gate.admits("down"));
        gate.add_backlog("down");
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
        assert_eq!(gate.take_handed_over().len(), 2);
        gate.claimed_all(&[]);
        assert!(gate.admits("a"));
    }

    #[tokio::test]
    async fn what_is_handed_over_wakes_the_queue() {
        let gate = open(2);
        gate.hand_over(vec![claimed(1)]);
        gate.handed_over().await;
        assert_eq!(gate.take_handed_over().len(), 1);
    }
}
