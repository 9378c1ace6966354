//! The stand-in with its jobs and builds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One build that a hook has started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// counted from 1 within its job
    pub number: usize,
    /// what started it: the value of `X-Gitlab-Event`
    pub cause: String,
    /// branch, tag or merge request
    pub what: String,
    /// the commit that is built
    pub sha: String,
    /// who did it
    pub by: String,
    /// the hook's `Idempotency-Key`
    pub key: String,
}

/// The stand-in. Clones share everything.
#[derive(Clone)]
pub struct Jenkins {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) jobs: Mutex<BTreeMap<String, Vec<Build>>>,
}

impl Jenkins {
    /// A server without jobs and with one user.
    pub fn new(username: &str, password: &str) -> Self {
        Self {
            shared: Arc::new(Shared {
                username: username.to_owned(),
                password: password.to_owned(),
                jobs: Mutex::default(),
            }),
        }
    }

    /// Makes a job; one in folders is named `folder/job`.
    pub fn add_job(&self, name: &str) {
        self.jobs().entry(name.to_owned()).or_default();
    }

    /// The builds of a job, oldest first; none when there is no such job.
    pub fn builds(&self, job: &str) -> Vec<Build> {
        self.jobs().get(job).cloned().unwrap_or_default()
    }

    /// Never held across an await; what a panicking test left behind is still good to look at.
    pub(super) fn jobs(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Build>>> {
        self.shared
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
