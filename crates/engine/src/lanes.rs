//! Deliveries in memory: one lane for each project and integration.
//!
//! A lane runs one attempt at a time, in order, because an integration that reads before it writes
//! must be the only one to write. Lanes do not wait for each other.

use crate::backlog::Claimed;
use model::id::{DeliveryId, ProjectId};
use std::collections::{HashMap, HashSet, VecDeque};
use store::deliveries::DeliveryRow;

/// The maximum number of deliveries in memory.
const IN_MEMORY: usize = 16_384;
/// The maximum of one destination in memory; more wait in the store, so that a slow tool leaves room
/// for others.
const PER_DESTINATION: usize = 512;
/// The maximum number of running attempts.
const RUNNING: usize = 1_024;
/// The maximum number of running attempts at one destination.
const RUNNING_PER_DESTINATION: usize = 32;

type Name = (ProjectId, String);

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Claimed>,
    is_running: bool,
}

#[derive(Default)]
struct Destination {
    /// in memory, waiting and running
    count: usize,
    running: usize,
    /// it reached its maximum in memory, and still has more than half of it
    is_full: bool,
    /// lanes that wait for a running attempt to end
    blocked: VecDeque<Name>,
}

/// The claimed deliveries.
#[derive(Default)]
pub(crate) struct Lanes {
    by_name: HashMap<Name, Lane>,
    waiting_ids: HashSet<DeliveryId>,
    running_ids: HashSet<DeliveryId>,
    destinations: HashMap<String, Destination>,
    /// lanes that may have something to start
    ready: VecDeque<Name>,
}

impl Lanes {
    /// How many more deliveries there is room for.
    pub(crate) fn room(&self) -> usize {
        IN_MEMORY.saturating_sub(self.waiting_ids.len() + self.running_ids.len())
    }

    /// The ids of all deliveries in memory.
    pub(crate) fn ids(&self) -> Vec<DeliveryId> {
        self.waiting_ids
            .iter()
            .chain(&self.running_ids)
            .copied()
            .collect()
    }

    /// Destinations with enough in memory.
    pub(crate) fn full(&self) -> impl Iterator<Item = &String> {
        self.destinations
            .iter()
            .filter(|(_, destination)| destination.is_full)
            .map(|(name, _)| name)
    }

    /// Adds a claimed delivery, unless it is waiting already.
    ///
    /// A running one may be claimed again: its attempt may be stored, and the delivery due again,
    /// before [`end`](Self::end) is called.
    pub(crate) fn add(&mut self, claimed: Claimed) {
        if !self.waiting_ids.insert(claimed.row.id) {
            return;
        }
        let destination = self
            .destinations
            .entry(claimed.row.destination.clone())
            .or_default();
        destination.count += 1;
        destination.is_full |= destination.count >= PER_DESTINATION;
        let name = name(&claimed.row);
        let lane = self.by_name.entry(name.clone()).or_default();
        if lane.waiting.is_empty() && !lane.is_running {
            self.ready.push_back(name);
        }
        lane.waiting.push_back(claimed);
    }

    /// The deliveries that can start now, one for each idle lane.
    pub(crate) fn start(&mut self) -> Vec<Claimed> {
        let mut started = Vec::new();
        while self.running_ids.len() < RUNNING
            && let Some(name) = self.ready.pop_front()
        {
            let Some(lane) = self.by_name.get_mut(&name).filter(|lane| !lane.is_running) else {
                continue;
            };
            let Some(next) = lane.waiting.pop_front() else {
                continue;
            };
            let destination = self
                .destinations
                .entry(next.row.destination.clone())
                .or_default();
            if destination.running >= RUNNING_PER_DESTINATION {
                lane.waiting.push_front(next);
                destination.blocked.push_back(name);
                continue;
            }
            destination.running += 1;
            lane.is_running = true;
            self.waiting_ids.remove(&next.row.id);
            self.running_ids.insert(next.row.id);
            started.push(next);
        }
        started
    }

    /// Makes the lane of a delivery idle again: its attempt has ended.
    pub(crate) fn end(&mut self, row: &DeliveryRow) {
        self.running_ids.remove(&row.id);
        let name = name(row);
        if let Some(lane) = self.by_name.get_mut(&name) {
            lane.is_running = false;
            if lane.waiting.is_empty() {
                self.by_name.remove(&name);
            } else {
                self.ready.push_back(name);
            }
        }
        if let Some(destination) = self.destinations.get_mut(&row.destination) {
            destination.running -= 1;
            self.ready.extend(destination.blocked.pop_front());
        }
        self.forget(&row.destination);
    }

    /// Removes and returns what has not started: of one destination, or all.
    pub(crate) fn take_waiting(&mut self, destination: Option<&str>) -> Vec<Claimed> {
        let mut taken = Vec::new();
        for (name, lane) in &mut self.by_name {
            let wanted =
                |claimed: &Claimed| destination.is_none_or(|name| claimed.row.destination == name);
            let (out, stay): (VecDeque<_>, VecDeque<_>) = std::mem::take(&mut lane.waiting)
                .into_iter()
                .partition(wanted);
            lane.waiting = stay;
            if !out.is_empty() && !lane.waiting.is_empty() {
                self.ready.push_back(name.clone());
            }
            taken.extend(out);
        }
        self.by_name
            .retain(|_, lane| lane.is_running || !lane.waiting.is_empty());
        for claimed in &taken {
            self.waiting_ids.remove(&claimed.row.id);
            self.forget(&claimed.row.destination);
        }
        taken
    }

    fn forget(&mut self, name: &str) {
        if let Some(destination) = self.destinations.get_mut(name) {
            destination.count -= 1;
            destination.is_full &= destination.count > PER_DESTINATION / 2;
            if destination.count == 0 {
                self.destinations.remove(name);
            }
        }
    }
}

fn name(row: &DeliveryRow) -> Name {
    (row.project_id, row.integration.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use model::Status;
    use model::id::EventId;

    fn claimed(id: i64, project_id: ProjectId, destination: &str) -> Claimed {
        let at = Timestamp::UNIX_EPOCH;
        Claimed {
            row: DeliveryRow {
                id: DeliveryId(id),
                event_id: EventId(id),
                project_id,
                integration: "x".into(),
                status: Status::Pending,
                reason: None,
                destination: destination.into(),
                tries: 0,
                done: Vec::new(),
                next_at: at,
                created_at: at,
                finished_at: None,
            },
            event: None,
            early: false,
        }
    }

    fn count(lanes: &Lanes) -> usize {
        IN_MEMORY - lanes.room()
    }

    #[test]
    fn a_lane_runs_one_attempt_at_a_time_in_order() {
        let mut lanes = Lanes::default();
        for (id, project) in [(1, 1), (2, 1), (3, 2)] {
            lanes.add(claimed(id, ProjectId(project), "a"));
        }
        let mut first: Vec<_> = lanes
            .start()
            .iter()
            .map(|claimed| claimed.row.id.0)
            .collect();
        first.sort_unstable();
        assert_eq!(first, [1, 3]);
        assert!(lanes.start().is_empty());
        lanes.end(&claimed(1, ProjectId(1), "a").row);
        assert_eq!(lanes.start()[0].row.id, DeliveryId(2));
    }

    #[test]
    fn what_waits_is_not_added_twice() {
        let mut lanes = Lanes::default();
        lanes.add(claimed(1, ProjectId(1), "a"));
        lanes.add(claimed(1, ProjectId(1), "a"));
        assert_eq!(
            (count(&lanes), lanes.start().len(), lanes.start().len()),
            (1, 1, 0)
        );
    }

    #[test]
    fn what_is_claimed_again_before_its_attempt_has_ended_is_not_lost() {
        let mut lanes = Lanes::default();
        lanes.add(claimed(1, ProjectId(1), "a"));
        lanes.start();
        lanes.add(claimed(1, ProjectId(1), "a"));
        assert!(lanes.start().is_empty(), "one at a time");
        lanes.end(&claimed(1, ProjectId(1), "a").row);
        assert_eq!(lanes.start().len(), 1);
        lanes.end(&claimed(1, ProjectId(1), "a").row);
        assert_eq!((count(&lanes), lanes.destinations.len()), (0, 0));
    }

    #[test]
    fn a_destination_fills_up_and_empties() {
        let mut lanes = Lanes::default();
        for id in (0..).take(PER_DESTINATION) {
            lanes.add(claimed(id, ProjectId(1), "slow"));
        }
        lanes.add(claimed(1_000, ProjectId(2), "fast"));
        assert_eq!(lanes.full().collect::<Vec<_>>(), ["slow"]);
        let half = i64::try_from(PER_DESTINATION / 2).unwrap();
        for id in 0..half {
            assert_eq!(lanes.full().count(), 1, "until half of them are gone");
            lanes.start();
            lanes.end(&claimed(id, ProjectId(1), "slow").row);
        }
        assert_eq!(lanes.full().count(), 0);
        let taken = lanes.take_waiting(Some("slow"));
        assert_eq!((taken.len(), count(&lanes)), (PER_DESTINATION / 2, 1));
    }

    #[test]
    fn one_destination_gets_only_so_many_at_a_time_and_others_go_on() {
        let mut lanes = Lanes::default();
        for project in 0..40 {
            lanes.add(claimed(project, ProjectId(project), "busy"));
        }
        lanes.add(claimed(100, ProjectId(100), "idle"));
        let started = lanes.start();
        assert_eq!(started.len(), RUNNING_PER_DESTINATION + 1);
        assert!(lanes.start().is_empty());
        lanes.end(&started[0].row);
        let next: Vec<_> = lanes.start().iter().map(|next| next.row.id.0).collect();
        assert_eq!(next, [32]);
    }

    #[test]
    fn a_lane_goes_on_when_what_blocked_it_is_removed() {
        let mut lanes = Lanes::default();
        for project in 0..32 {
            lanes.add(claimed(project, ProjectId(project), "busy"));
        }
        lanes.start();
        lanes.add(claimed(50, ProjectId(50), "busy"));
        lanes.add(claimed(51, ProjectId(50), "idle"));
        assert!(lanes.start().is_empty());
        assert_eq!(lanes.take_waiting(Some("busy")).len(), 1);
        assert_eq!(lanes.start()[0].row.id, DeliveryId(51));
    }
}
