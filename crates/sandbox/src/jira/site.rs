//! A stand-in of one Jira site.

use super::faults::Fault;
use super::log_entry::Logged;
use super::product::{Account, Flavour};
use super::state::{self, State};
use super::views::IssueView;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tells the time: the clock is passed in, so that tests can set it.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The stand-in. Clones share everything.
#[derive(Clone)]
pub struct Jira {
    shared: Arc<Shared>,
}

struct Shared {
    flavour: Flavour,
    account: Account,
    now: Now,
    state: Mutex<State>,
}

impl Jira {
    /// An empty Jira with one account.
    pub fn new(flavour: Flavour, account: Account, now: Now) -> Self {
        let state = Mutex::new(State::default());
        Self {
            shared: Arc::new(Shared {
                flavour,
                account,
                now,
                state,
            }),
        }
    }

    /// Lets a personal access token in as well. Jira Server has these, Jira Cloud has not:
    /// there the token is refused like any other.
    #[must_use]
    pub fn with_personal_token(self, token: &str) -> Self {
        self.state().login_guard.add_token(token);
        self
    }

    /// Makes a project, or renames the one of this key.
    pub fn add_project(&self, key: &str, name: &str) {
        self.state().add_project(key, name);
    }

    /// Makes an issue such as `PROJ-12`, or gives the one of this key another summary.
    /// Its project is made too, unless it is there.
    ///
    /// # Panics
    ///
    /// If the key is not a project key, a hyphen and a number: the test or demo is wrong then.
    pub fn add_issue(&self, key: &str, summary: &str) {
        let now = self.now();
        let added = self.state().add_issue(key, summary, now);
        assert!(added, "{key:?} is no issue key: PROJ-12 would be one");
    }

    /// An issue as it stands now, by key or id.
    pub fn issue(&self, key: &str) -> Option<IssueView> {
        self.state().find(key).map(state::Issue::view)
    }

    /// Every API request since the start, in the order they were answered.
    pub fn requests(&self) -> Vec<Logged> {
        self.state().log.clone()
    }

    /// Misbehaves from now on, in API requests only; pages stay as they are.
    pub fn set_fault(&self, fault: Fault) {
        self.state().faults.set(fault);
    }

    /// Somebody has signed in with a browser and solved the CAPTCHA.
    pub fn clear_captcha(&self) {
        self.state().login_guard.clear_captcha();
    }

    /// From now on transition 31 reaches "Done" without setting a resolution,
    /// as many a company's workflow does.
    pub fn set_workflow_without_resolution(&self) {
        self.state().sets_resolution = false;
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.shared.now)()
    }

    pub(super) fn flavour(&self) -> Flavour {
        self.shared.flavour
    }

    pub(super) fn account(&self) -> &Account {
        &self.shared.account
    }
}
