//! Sessions of the web pages. Only digests of their tokens are stored.

use super::users::User;
use crate::rows::columns;
use crate::sql::params;
use crate::{Sql, StoreError};
use jiff::{SignedDuration, Timestamp};
use model::id::UserId;

/// A session ends after this time without use,
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// and after this time in any case.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How old the stored time of the last use may be.
const RENEW_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// the user
    pub user: User,
    /// when it began
    pub created_at: Timestamp,
    /// when it was last used, within minutes
    pub last_used: Timestamp,
    /// when it ends, unless it is used before
    pub expires_at: Timestamp,
}

columns!(Session, "s.": created_at, last_used, expires_at; user);

impl Session {
    /// Whether its use has to be stored, which extends it.
    pub fn renewal_is_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used) >= RENEW_AFTER
    }

    /// When it ends if it is used now.
    pub fn end_if_used(&self, now: Timestamp) -> Timestamp {
        (now + IDLE).min(self.created_at + MAX_AGE)
    }
}

/// Starts a session under the digest of its token, and deletes expired ones. Returns when it ends.
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

/// The session whose token has that digest, unless it has expired.
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

/// Stores a use and the new end.
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
