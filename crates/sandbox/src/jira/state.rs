//! What the stand-in remembers: projects, issues, and what was said on them.

use super::body::Body;
use super::faults::Faults;
use super::log_entry::Logged;
use super::login_guard::LoginGuard;
use super::views::{IssueView, LinkView};
use super::workflow::{Resolution, Status, Transition};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Everything that changes.
pub(super) struct State {
    pub(super) projects: BTreeMap<String, Project>,
    pub(super) issues: BTreeMap<Key, Issue>,
    keys: HashMap<u64, Key>,
    last_id: u64,
    pub(super) sets_resolution: bool,
    pub(super) login_guard: LoginGuard,
    pub(super) faults: Faults,
    pub(super) log: Vec<Logged>,
}

/// A project.
pub(super) struct Project {
    pub(super) id: u64,
    pub(super) name: String,
}

/// An issue's key, ordered as people expect: `P-2` before `P-10`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) project: String,
    number: u64,
}

/// An issue.
pub(super) struct Issue {
    pub(super) id: u64,
    pub(super) key: Key,
    pub(super) summary: String,
    pub(super) status: Status,
    pub(super) resolution: Option<Resolution>,
    pub(super) resolved: Option<Timestamp>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) comments: Vec<Comment>,
    pub(super) links: Vec<Link>,
}

/// A comment.
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) body: Body,
    pub(super) visibility: Option<Value>,
    pub(super) created: Timestamp,
}

/// A web link.
pub(super) struct Link {
    pub(super) id: u64,
    pub(super) global_id: Option<String>,
    pub(super) relationship: Option<String>,
    pub(super) application: Map<String, Value>,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    pub(super) icon: Map<String, Value>,
    pub(super) resolved: Option<bool>,
    pub(super) status_icon: Map<String, Value>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            projects: BTreeMap::new(),
            issues: BTreeMap::new(),
            keys: HashMap::new(),
            // Jira's own ids have five digits, which keeps them apart from small numbers in tests.
            last_id: 9999,
            sets_resolution: true,
            login_guard: LoginGuard::default(),
            faults: Faults::default(),
            log: Vec::new(),
        }
    }
}

impl State {
    /// An id no other thing has.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn add_project(&mut self, key: &str, name: &str) {
        let key = key.to_uppercase();
        if let Some(project) = self.projects.get_mut(&key) {
            name.clone_into(&mut project.name);
            return;
        }
        let id = self.next_id();
        self.projects.insert(
            key,
            Project {
                id,
                name: name.to_owned(),
            },
        );
    }

    /// Whether the key was one.
    pub(super) fn add_issue(&mut self, key: &str, summary: &str, now: Timestamp) -> bool {
        let Some(key) = Key::parse(key) else {
            return false;
        };
        if let Some(issue) = self.issues.get_mut(&key) {
            summary.clone_into(&mut issue.summary);
            return true;
        }
        if !self.projects.contains_key(&key.project) {
            self.add_project(&key.project, &key.project);
        }
        let id = self.next_id();
        let issue = Issue {
            id,
            key: key.clone(),
            summary: summary.to_owned(),
            status: Status::ToDo,
            resolution: None,
            resolved: None,
            created: now,
            updated: now,
            comments: Vec::new(),
            links: Vec::new(),
        };
        self.keys.insert(id, key.clone());
        self.issues.insert(key, issue);
        true
    }

    /// An issue by key, in whatever case, or by id.
    pub(super) fn find(&self, id_or_key: &str) -> Option<&Issue> {
        self.issues.get(&self.key(id_or_key)?)
    }

    pub(super) fn find_mut(&mut self, id_or_key: &str) -> Option<&mut Issue> {
        let key = self.key(id_or_key)?;
        self.issues.get_mut(&key)
    }

    fn key(&self, id_or_key: &str) -> Option<Key> {
        match id_or_key.parse::<u64>() {
            Ok(id) => self.keys.get(&id).cloned(),
            Err(_) => Key::parse(id_or_key),
        }
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (project, number) = text.rsplit_once('-')?;
        let project = project.to_ascii_uppercase();
        let starts = project.starts_with(|c: char| c.is_ascii_uppercase());
        let goes_on = project
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let digits = number.starts_with(|c: char| ('1'..='9').contains(&c));
        let number = number.parse().ok()?;
        (starts && goes_on && digits).then_some(Self { project, number })
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.project, self.number)
    }
}

impl Issue {
    /// Goes a way of the workflow; leaving "done" forgets how it ended.
    pub(super) fn make(&mut self, transition: &Transition, sets_resolution: bool, now: Timestamp) {
        self.status = transition.to;
        self.resolution = transition
            .resolution
            .filter(|r| sets_resolution || *r != Resolution::Done);
        self.resolved = self.resolution.map(|_| now);
        self.updated = now;
    }

    pub(super) fn view(&self) -> IssueView {
        IssueView {
            key: self.key.to_string(),
            status: self.status.name().to_owned(),
            resolution: self
                .resolution
                .map(|resolution| resolution.name().to_owned()),
            comments: self
                .comments
                .iter()
                .map(|comment| comment.body.view())
                .collect(),
            links: self.links.iter().map(Link::view).collect(),
        }
    }
}

impl Link {
    fn view(&self) -> LinkView {
        LinkView {
            url: self.url.clone(),
            title: self.title.clone(),
            resolved: self.resolved.unwrap_or_default(),
            global_id: self.global_id.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_any_case_and_nonsense_is_not_read() {
        assert_eq!(Key::parse("shop-7").unwrap().to_string(), "SHOP-7");
        assert_eq!(Key::parse("A_B2-10").unwrap().to_string(), "A_B2-10");
        for nonsense in [
            "SHOP", "SHOP-", "-1", "SHOP-0", "SHOP-+1", "SHOP-01", "2B-1", "SH OP-1", "SHOP-1-2",
        ] {
            assert_eq!(Key::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn issues_stand_in_the_order_of_their_numbers() {
        let mut state = State::default();
        for key in ["B-1", "A-10", "A-2"] {
            assert!(state.add_issue(key, "x", Timestamp::UNIX_EPOCH));
        }
        let keys: Vec<_> = state.issues.keys().map(Key::to_string).collect();
        assert_eq!(keys, ["A-2", "A-10", "B-1"]);
    }
}
