//! Deliveries in memory: one lane for each project and integration.
//!
//! A lane works on one delivery at a time, because "look, then speak" is safe only
//! while nobody else speaks; lanes do not wait for each other.

use crate::backlog::Claimed;
use std::collections::{HashMap, HashSet, VecDeque};
use store::deliveries::DeliveryRow;

/// Deliveries in memory at a time.
const IN_MEMORY: usize = 16_384;
/// Deliveries of one destination in memory at a time; more wait in the store, so that
/// a slow tool does not fill the memory's places.
const PER_DESTINATION: usize = 512;
/// Attempts under way at a time.
const RUNNING: usize = 1_024;
/// Attempts under way at a time at one destination.
const RUNNING_PER_DESTINATION: usize = 32;

type Name = (i64, String);

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Claimed>,
    is_running: bool,
}

#[derive(Default)]
struct Destination {
    /// in memory, waiting and running
    held: usize,
    running: usize,
    /// it had as many in memory as it may have, and still has more than half of that
    is_full: bool,
    /// lanes that could go on but for the number that runs
    blocked: VecDeque<Name>,
}

/// The claimed deliveries.
#[derive(Default)]
pub(crate) struct Lanes {
    by_name: HashMap<Name, Lane>,
    waiting_ids: HashSet<i64>,
    running_ids: HashSet<i64>,
    destinations: HashMap<String, Destination>,
    /// lanes that may have something to begin
    ready: VecDeque<Name>,
}

impl Lanes {
    /// How many more deliveries there is room for.
    pub(crate) fn room(&self) -> usize {
        IN_MEMORY.saturating_sub(self.waiting_ids.len() + self.running_ids.len())
    }

    /// The ids of all deliveries in memory.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.waiting_ids
            .iter()
            .chain(&self.running_ids)
            .copied()
            .collect()
    }

    /// Destinations that have enough in memory.
    pub(crate) fn full(&self) -> impl Iterator<Item = &String> {
        self.destinations
            .iter()
            .filter(|(_, destination)| destination.is_full)
            .map(|(name, _)| name)
    }

    /// Takes a claimed delivery in, unless it waits here already.
    ///
    /// One that is running may be claimed anew: its attempt is recorded, and it is due
    /// again, a moment before its end is heard of here.
    pub(crate) fn add(&mut self, claimed: Claimed) {
        if !self.waiting_ids.insert(claimed.row.id) {
            return;
        }
        let destination = self
            .destinations
            .entry(claimed.row.destination.clone())
            .or_default();
        destination.held += 1;
        destination.is_full |= destination.held >= PER_DESTINATION;
        let name = name(&claimed.row);
        let lane = self.by_name.entry(name.clone()).or_default();
        if lane.waiting.is_empty() && !lane.is_running {
            self.ready.push_back(name);
        }
        lane.waiting.push_back(claimed);
    }

    /// The deliveries that can begin now, one for each idle lane.
    pub(crate) fn begin(&mut self) -> Vec<Claimed> {
        let mut begun = Vec::new();
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
            begun.push(next);
        }
        begun
    }

    /// A delivery has ended; its lane is idle again.
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

    /// Takes out what has not begun: of one destination, or all.
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
            destination.held -= 1;
            destination.is_full &= destination.held > PER_DESTINATION / 2;
            if destination.held == 0 {
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

    fn claimed(id: i64, project_id: i64, destination: &str) -> Claimed {
        let at = Timestamp::UNIX_EPOCH;
        Claimed {
            row: DeliveryRow {
                id,
                event_id: id,
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

    fn held(lanes: &Lanes) -> usize {
        IN_MEMORY - lanes.room()
    }

    #[test]
    fn a_lane_works_on_one_delivery_at_a_time_in_order() {
        let mut lanes = Lanes::default();
        for (id, project) in [(1, 1), (2, 1), (3, 2)] {
            lanes.add(claimed(id, project, "a"));
        }
        let mut first: Vec<_> = lanes.begin().iter().map(|claimed| claimed.row.id).collect();
        first.sort_unstable();
        assert_eq!(first, [1, 3]);
        assert!(lanes.begin().is_empty());
        lanes.end(&claimed(1, 1, "a").row);
        assert_eq!(lanes.begin()[0].row.id, 2);
    }

    #[test]
    fn what_waits_is_not_taken_in_twice() {
        let mut lanes = Lanes::default();
        lanes.add(claimed(1, 1, "a"));
        lanes.add(claimed(1, 1, "a"));
        assert_eq!(
            (held(&lanes), lanes.begin().len(), lanes.begin().len()),
            (1, 1, 0)
        );
    }

    #[test]
    fn what_is_claimed_anew_before_its_end_is_heard_of_is_not_lost() {
        let mut lanes = Lanes::default();
        lanes.add(claimed(1, 1, "a"));
        lanes.begin();
        lanes.add(claimed(1, 1, "a"));
        assert!(lanes.begin().is_empty(), "one at a time");
        lanes.end(&claimed(1, 1, "a").row);
        assert_eq!(lanes.begin().len(), 1);
        lanes.end(&claimed(1, 1, "a").row);
        assert_eq!((held(&lanes), lanes.destinations.len()), (0, 0));
    }

    #[test]
    fn a_destination_fills_up_and_empties() {
        let mut lanes = Lanes::default();
        for id in (0..).take(PER_DESTINATION) {
            lanes.add(claimed(id, 1, "slow"));
        }
        lanes.add(claimed(1_000, 2, "fast"));
        assert_eq!(lanes.full().collect::<Vec<_>>(), ["slow"]);
        let half = i64::try_from(PER_DESTINATION / 2).unwrap();
        for id in 0..half {
            assert_eq!(lanes.full().count(), 1, "until half of them are gone");
            lanes.begin();
            lanes.end(&claimed(id, 1, "slow").row);
        }
        assert_eq!(lanes.full().count(), 0);
        let taken = lanes.take_waiting(Some("slow"));
        assert_eq!((taken.len(), held(&lanes)), (PER_DESTINATION / 2, 1));
    }

    #[test]
    fn one_destination_gets_only_so_many_at_a_time_and_others_go_on() {
        let mut lanes = Lanes::default();
        for project in 0..40 {
            lanes.add(claimed(project, project, "busy"));
        }
        lanes.add(claimed(100, 100, "idle"));
        let begun = lanes.begin();
        assert_eq!(begun.len(), RUNNING_PER_DESTINATION + 1);
        assert!(lanes.begin().is_empty());
        lanes.end(&begun[0].row);
        let next: Vec<_> = lanes.begin().iter().map(|next| next.row.id).collect();
        assert_eq!(next, [32]);
    }

    #[test]
    fn a_lane_goes_on_when_what_held_it_up_is_taken_out() {
        let mut lanes = Lanes::default();
        for project in 0..32 {
            lanes.add(claimed(project, project, "busy"));
        }
        lanes.begin();
        lanes.add(claimed(50, 50, "busy"));
        lanes.add(claimed(51, 50, "idle"));
        assert!(lanes.begin().is_empty());
        assert_eq!(lanes.take_waiting(Some("busy")).len(), 1);
        assert_eq!(lanes.begin()[0].row.id, 51);
    }
}
