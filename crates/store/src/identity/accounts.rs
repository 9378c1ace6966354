//! Creates users with what belongs to them, and changes their passwords.

use super::sessions::end_sessions;
use super::users::{NewUser, User, user, user_by_name};
use crate::projects;
use crate::sql::params;
use crate::{Sql, StoreError};
use jiff::Timestamp;
use model::id::UserId;

/// Creates a user and its personal namespace; a conflict if either name is taken.
pub fn add_user(sql: &mut dyn Sql, new: &NewUser<'_>, now: Timestamp) -> Result<User, StoreError> {
    let id = sql.insert_new(
        "INSERT INTO users (username, username_key, name, email, admin, password_hash, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            new.username,
            new.username.to_ascii_lowercase(),
            new.name,
            new.email,
            new.admin,
            new.password_hash,
            now
        ],
    )?;
    let user = user(sql, id)?.ok_or_else(|| StoreError::broken("a new user is missing"))?;
    projects::add_personal_namespace(sql, &user, now)?;
    Ok(user)
}

/// Returns the first administrator, and creates it if it does not exist.
pub fn ensure_root(sql: &mut dyn Sql, now: Timestamp) -> Result<User, StoreError> {
    if let Some(root) = user_by_name(sql, "root")? {
        return Ok(root);
    }
    let root = NewUser {
        username: "root",
        name: "Administrator",
        email: "admin@example.com",
        admin: true,
        password_hash: None,
    };
    add_user(sql, &root, now)
}

/// Sets a user's password hash, and ends all sessions that began with the old one.
pub fn set_password(sql: &mut dyn Sql, id: UserId, hash: &str) -> Result<(), StoreError> {
    sql.run(
        "UPDATE users SET password_hash = ?2 WHERE id = ?1",
        params![id, hash],
    )?;
    end_sessions(sql, id)
}
