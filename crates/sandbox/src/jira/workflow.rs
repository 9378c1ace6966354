//! The one workflow: To Do → In Progress → In Review → Done, and ways around it.

use serde_json::{Value, json};

/// Where an issue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    ToDo,
    InProgress,
    InReview,
    Done,
    WontDo,
}

/// What Jira makes of a status: not begun, under way, or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    New,
    Indeterminate,
    Done,
}

/// How an issue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolution {
    Done,
    WontDo,
}

/// A way from one status to another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Transition {
    pub(super) id: &'static str,
    name: &'static str,
    from: &'static [Status],
    pub(super) to: Status,
    pub(super) resolution: Option<Resolution>,
}

const NOT_DONE: &[Status] = &[Status::ToDo, Status::InProgress, Status::InReview];

/// In the order in which they are offered.
const TRANSITIONS: &[Transition] = &[
    Transition {
        id: "11",
        name: "Start progress",
        from: &[Status::ToDo],
        to: Status::InProgress,
        resolution: None,
    },
    Transition {
        id: "21",
        name: "Ask for review",
        from: &[Status::InProgress],
        to: Status::InReview,
        resolution: None,
    },
    Transition {
        id: "31",
        name: "Done",
        from: NOT_DONE,
        to: Status::Done,
        resolution: Some(Resolution::Done),
    },
    Transition {
        id: "41",
        name: "Won't do",
        from: NOT_DONE,
        to: Status::WontDo,
        resolution: Some(Resolution::WontDo),
    },
    Transition {
        id: "51",
        name: "Reopen",
        from: &[Status::Done, Status::WontDo],
        to: Status::ToDo,
        resolution: None,
    },
];

/// The ways that lead on from a status.
pub(super) fn offered(status: Status) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS
        .iter()
        .filter(move |transition| transition.from.contains(&status))
}

impl Transition {
    pub(super) fn json(&self, base: &str) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "to": self.to.json(base),
            "hasScreen": false,
            "isGlobal": false,
            "isInitial": false,
            "isConditional": false,
        })
    }
}

impl Status {
    fn id(self) -> &'static str {
        match self {
            Self::ToDo => "10000",
            Self::InProgress => "3",
            Self::InReview => "10001",
            Self::Done => "10002",
            Self::WontDo => "10003",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ToDo => "To Do",
            Self::InProgress => "In Progress",
            Self::InReview => "In Review",
            Self::Done => "Done",
            Self::WontDo => "Won't Do",
        }
    }

    pub(super) fn category(self) -> Category {
        match self {
            Self::ToDo => Category::New,
            Self::InProgress | Self::InReview => Category::Indeterminate,
            Self::Done | Self::WontDo => Category::Done,
        }
    }

    pub(super) fn json(self, base: &str) -> Value {
        let id = self.id();
        json!({
            "self": format!("{base}/status/{id}"),
            "description": "",
            "name": self.name(),
            "id": id,
            "statusCategory": self.category().json(base),
        })
    }
}

impl Category {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Indeterminate => "indeterminate",
            Self::Done => "done",
        }
    }

    fn json(self, base: &str) -> Value {
        let (id, colour, name) = match self {
            Self::New => (2, "blue-gray", "To Do"),
            Self::Indeterminate => (4, "yellow", "In Progress"),
            Self::Done => (3, "green", "Done"),
        };
        json!({
            "self": format!("{base}/statuscategory/{id}"),
            "id": id,
            "key": self.key(),
            "colorName": colour,
            "name": name,
        })
    }
}

impl Resolution {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "Done",
            Self::WontDo => "Won't Do",
        }
    }

    pub(super) fn json(self, base: &str) -> Value {
        let id = match self {
            Self::Done => "10000",
            Self::WontDo => "10001",
        };
        json!({
            "self": format!("{base}/resolution/{id}"),
            "id": id,
            "description": "",
            "name": self.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(status: Status) -> Vec<&'static str> {
        offered(status).map(|transition| transition.id).collect()
    }

    #[test]
    fn done_is_offered_before_wont_do_and_only_reopening_after() {
        assert_eq!(ids(Status::ToDo), ["11", "31", "41"]);
        assert_eq!(ids(Status::InProgress), ["21", "31", "41"]);
        assert_eq!(ids(Status::InReview), ["31", "41"]);
        assert_eq!(ids(Status::Done), ["51"]);
        assert_eq!(ids(Status::WontDo), ["51"]);
    }
}
