//! The user on whose behalf a request acts.

use crate::error::ApiError;
use jiff::Timestamp;
use jiff::civil::Date;
use std::net::IpAddr;
use store::audit::{Actor, Change, Entry, Subject};
use store::identity::User;

/// A user who acts, now and from an address: what checks of rights and the audit log need.
#[derive(Clone, Debug)]
pub struct Caller {
    /// the user
    pub user: User,
    /// the client's address, if known
    pub address: Option<IpAddr>,
    /// when the request was received
    pub now: Timestamp,
}

impl Caller {
    /// The current day in UTC, by which memberships expire.
    pub fn today(&self) -> Date {
        model::ambient::day(self.now)
    }

    /// The caller as the audit log names it.
    pub fn actor(&self) -> Actor {
        Actor {
            user_id: Some(self.user.id),
            name: self.user.username.clone(),
            address: self.address.map(|address| address.to_string()),
        }
    }

    /// An audit log entry about what the caller does.
    pub fn entry(
        &self,
        action: &'static str,
        subject: Subject,
        changes: impl IntoIterator<Item = Option<Change>>,
    ) -> Entry {
        Entry {
            at: self.now,
            actor: self.actor(),
            action,
            subject,
            integration: None,
            changes: changes.into_iter().flatten().collect(),
        }
    }

    /// Fails unless the caller is an administrator.
    pub fn require_admin(&self) -> Result<(), ApiError> {
        if self.user.admin {
            Ok(())
        } else {
            Err(ApiError::Forbidden)
        }
    }
}
