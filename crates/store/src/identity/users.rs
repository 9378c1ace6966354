//! Users. Each has a personal namespace of the same name.

use crate::projects::like;
use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::Timestamp;
use model::id::UserId;

/// A user, human or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// its id
    pub id: UserId,
    /// the name it signs in with
    pub username: String,
    /// the name that is shown
    pub name: String,
    /// its mail address
    pub email: String,
    /// whether it is an administrator
    pub admin: bool,
    /// hash of its password, if it has one
    pub password_hash: Option<String>,
    /// when it was created
    pub created_at: Timestamp,
}

/// A user to create.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// the name it signs in with
    pub username: &'a str,
    /// the name that is shown
    pub name: &'a str,
    /// its mail address
    pub email: &'a str,
    /// whether it is an administrator
    pub admin: bool,
    /// hash of its password
    pub password_hash: Option<&'a str>,
}

/// Selects users.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// with this username, case-insensitive
    pub username: Option<String>,
    /// with this in a name, or with this mail address
    pub search: Option<String>,
}

const COLUMNS: &str = User::COLUMNS;
columns!(User, "u.": id, username, name, email, admin, password_hash, created_at);

/// The user with that id.
pub fn user(sql: &mut dyn Sql, id: UserId) -> Result<Option<User>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM users u WHERE u.id = ?1");
    sql.find(&query, params![id])
}

/// The user with that username, case-insensitive.
pub fn user_by_name(sql: &mut dyn Sql, username: &str) -> Result<Option<User>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM users u WHERE u.username_key = ?1");
    sql.find(&query, params![username.to_ascii_lowercase()])
}

/// Whether a user has that mail address, case-insensitive.
pub fn email_taken(sql: &mut dyn Sql, email: &str) -> Result<bool, StoreError> {
    let count = sql.number(
        "SELECT COUNT(*) FROM users WHERE LOWER(email) = LOWER(?1)",
        params![email],
    )?;
    Ok(count > 0)
}

/// Users, newest first.
pub fn list_users(
    sql: &mut dyn Sql,
    filter: &UserFilter,
    page: Page,
) -> Result<Paged<User>, StoreError> {
    let from = r"users u WHERE (?1 IS NULL OR u.username_key = ?1)
        AND (?2 IS NULL OR u.username_key LIKE LOWER(?2) ESCAPE '\' OR LOWER(u.name) LIKE LOWER(?2) ESCAPE '\' OR LOWER(u.email) = LOWER(?3))";
    let search = filter.search.as_deref();
    let given = params![
        filter
            .username
            .as_ref()
            .map(|name| name.to_ascii_lowercase()),
        search.map(like),
        search,
    ];
    page::read(sql, (COLUMNS, from, "u.id DESC"), given, page)
}
