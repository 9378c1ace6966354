//! Sessions of the web pages. Only the digests of their tokens are kept.

use super::users::User;
use crate::rows::columns;
use crate::sql::params;
use crate::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};
use model::id::UserId;

/// Ends after so long without use.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Ends after so long whatever happens.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How stale the time of the last use may be.
const RENEW_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// who
    pub user: User,
    /// when it began
    pub created_at: Timestamp,
    /// when it was last used, about
    pub last_used: Timestamp,
    /// when it ends, unless it is used before
    pub expires_at: Timestamp,
}

columns!(Session, "s.": created_at, last_used, expires_at; user);

impl Session {
    /// Whether it is time to note its use and move its end.
    pub fn renewal_is_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used) >= RENEW_AFTER
    }

    /// When it ends if it is used now.
    pub fn end_if_used(&self, now: Timestamp) -> Timestamp {
        (now + IDLE).min(self.created_at + LONGEST)
    }
}

/// Begins a session under the digest of its token, and clears away those that are over.
pub fn add_session(
    sql: &mut dyn Sql,
    user_id: UserId,
    digest: &str,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    sql.run("DELETE FROM sessions WHERE expires_at <= ?1", params![now])?;
    let end = now + IDLE;
    sql.run(
        "INSERT INTO sessions (digest, user_id, created_at, last_used, expires_at) VALUES (?1, ?2, ?3, ?3, ?4)",
        params![digest, user_id, now, end],
    )?;
    Ok(end)
}

/// The session whose token has that digest, unless it is over.
pub fn session(
    sql: &mut dyn Sql,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let query = format!(
        "SELECT {}, {} FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.digest = ?1 AND s.expires_at > ?2",
        Session::COLUMNS,
        User::COLUMNS
    );
    sql.find(&query, params![digest, now])
}

/// Notes a use and moves the end.
pub fn renew_session(
    sql: &mut dyn Sql,
    digest: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sql.run(
        "UPDATE sessions SET last_used = ?2, expires_at = ?3 WHERE digest = ?1",
        params![digest, now, expires_at],
    )?;
    Ok(())
}

/// Ends one session.
pub fn end_session(sql: &mut dyn Sql, digest: &str) -> Result<(), StoreError> {
    sql.run("DELETE FROM sessions WHERE digest = ?1", params![digest])?;
    Ok(())
}

/// Ends all sessions of a user.
pub fn end_sessions(sql: &mut dyn Sql, user_id: UserId) -> Result<(), StoreError> {
    sql.run("DELETE FROM sessions WHERE user_id = ?1", params![user_id])?;
    Ok(())
}
