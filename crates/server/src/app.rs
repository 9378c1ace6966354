//! What every handler can reach.

use crate::body::UnverifiedBodies;
use crate::rates::{Limits, Rates};
use crate::throttle::Throttle;
use engine::Engine;
use model::{Clock, Random, Secret};
use std::ops::Deref;
use std::sync::Arc;
use store::{Keyring, Store};

/// What the server is made of.
pub struct Parts {
    /// the database
    pub store: Store,
    /// seals and opens secrets
    pub keyring: Arc<Keyring>,
    /// the time of day
    pub clock: Arc<dyn Clock>,
    /// unpredictable bytes
    pub random: Arc<dyn Random>,
    /// takes events and delivers them
    pub engine: Arc<Engine>,
    /// what system-wide hooks have to carry
    pub hook_secret: Secret,
    /// where people and tools reach this server, without a slash at the end
    pub external_url: String,
    /// how often it may be asked
    pub rates: Rates,
}

/// A cheap handle on the server's [`Parts`].
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    parts: Parts,
    throttle: Throttle,
    limits: Limits,
    unverified_bodies: UnverifiedBodies,
}

impl App {
    /// Puts the parts together.
    pub fn new(mut parts: Parts) -> Self {
        let length = parts.external_url.trim_end_matches('/').len();
        parts.external_url.truncate(length);
        Self(Arc::new(Inner {
            limits: Limits::new(parts.rates),
            parts,
            throttle: Throttle::default(),
            unverified_bodies: UnverifiedBodies::default(),
        }))
    }

    /// Holds back those who ask too often.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Holds back those who try passwords.
    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    /// Limits the memory for bodies of unverified origin.
    pub(crate) fn unverified_bodies(&self) -> &UnverifiedBodies {
        &self.0.unverified_bodies
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0.parts
    }
}
