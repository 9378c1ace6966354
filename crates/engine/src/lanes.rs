//! Deliveries in memory: one lane for each project and integration.
//!
//! A lane works on one delivery at a time, because "look, then speak" is safe only
//! while nobody else speaks; lanes do not wait for each other.

use std::collections::{HashMap, HashSet, VecDeque};
use store::deliveries::DeliveryRow;

/// Deliveries of one destination in memory at a time; more wait in the store, so that
/// a slow tool does not fill the memory's places.
const PER_DESTINATION: usize = 32;

/// A claimed delivery.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub row: DeliveryRow,
    /// made before it was due, to look at its destination
    pub early: bool,
}

type Lane = (i64, String);

/// The claimed deliveries.
#[derive(Default)]
pub(crate) struct Lanes {
    waiting: HashMap<Lane, VecDeque<Claimed>>,
    waiting_ids: HashSet<i64>,
    running: HashMap<Lane, i64>,
    per_destination: HashMap<String, usize>,
}

impl Lanes {
    /// How many deliveries are in memory.
    pub(crate) fn len(&self) -> usize {
        self.waiting_ids.len() + self.running.len()
    }

    /// The ids of all deliveries in memory.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.waiting_ids
            .iter()
            .chain(self.running.values())
            .copied()
            .collect()
    }

    /// Destinations that have enough in memory.
    pub(crate) fn full(&self) -> impl Iterator<Item = &String> {
        let full = |(_, count): &(&String, &usize)| **count >= PER_DESTINATION;
        self.per_destination
            .iter()
            .filter(full)
            .map(|(destination, _)| destination)
    }

    /// Takes a claimed delivery in, unless it waits here already.
    ///
    /// One that is running may be claimed anew: its attempt is recorded, and it is due
    /// again, a moment before its end is heard of here.
    pub(crate) fn add(&mut self, claimed: Claimed) {
        if self.waiting_ids.insert(claimed.row.id) {
            *self
                .per_destination
                .entry(claimed.row.destination.clone())
                .or_default() += 1;
            self.waiting
                .entry(lane(&claimed.row))
                .or_default()
                .push_back(claimed);
        }
    }

    /// The deliveries that can begin now, one for each idle lane.
    pub(crate) fn begin(&mut self) -> Vec<Claimed> {
        let mut ready = Vec::new();
        for (lane, queue) in &mut self.waiting {
            if !self.running.contains_key(lane)
                && let Some(next) = queue.pop_front()
            {
                self.waiting_ids.remove(&next.row.id);
                self.running.insert(lane.clone(), next.row.id);
                ready.push(next);
            }
        }
        self.waiting.retain(|_, queue| !queue.is_empty());
        ready
    }

    /// A delivery has ended; its lane is idle again.
    pub(crate) fn end(&mut self, row: &DeliveryRow) {
        self.running.remove(&lane(row));
        self.forget(&row.destination);
    }

    /// Takes out what has not begun: of one destination, or all.
    pub(crate) fn take_waiting(&mut self, destination: Option<&str>) -> Vec<Claimed> {
        let mut taken = Vec::new();
        for queue in self.waiting.values_mut() {
            let wanted =
                |claimed: &Claimed| destination.is_none_or(|name| claimed.row.destination == name);
            let (out, stay): (VecDeque<_>, VecDeque<_>) =
                std::mem::take(queue).into_iter().partition(wanted);
            *queue = stay;
            taken.extend(out);
        }
        self.waiting.retain(|_, queue| !queue.is_empty());
        for claimed in &taken {
            self.waiting_ids.remove(&claimed.row.id);
            self.forget(&claimed.row.destination);
        }
        taken
    }

    fn forget(&mut self, destination: &str) {
        if let Some(count) = self.per_destination.get_mut(destination) {
            *count -= 1;
            if *count == 0 {
                self.per_destination.remove(destination);
            }
        }
    }
}

fn lane(row: &DeliveryRow) -> Lane {
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
            early: false,
        }
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
            (lanes.len(), lanes.begin().len(), lanes.begin().len()),
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
        assert_eq!((lanes.len(), lanes.per_destination.len()), (0, 0));
    }

    #[test]
    fn a_destination_fills_up_and_empties() {
        let mut lanes = Lanes::default();
        for id in (0..).take(PER_DESTINATION) {
            lanes.add(claimed(id, 1, "slow"));
        }
        lanes.add(claimed(1_000, 2, "fast"));
        assert_eq!(lanes.full().collect::<Vec<_>>(), ["slow"]);
        let taken = lanes.take_waiting(Some("slow"));
        assert_eq!((taken.len(), lanes.len()), (PER_DESTINATION, 1));
        assert_eq!(lanes.full().count(), 0);
    }
}
