//! The first start: the administrator `root`, with a token and a password.

use jiff::Timestamp;
use model::access::Scope;
use store::identity::{self, NewToken};
use store::{Sql, StoreError};

/// Whether there is a user already.
pub fn is_done(sql: &mut dyn Sql) -> Result<bool, StoreError> {
    Ok(sql.number("SELECT COUNT(*) FROM users", &[])? > 0)
}

/// Makes `root`, its token (`api`, without an end) and its password, given as its hash.
pub fn run(
    sql: &mut dyn Sql,
    token: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let root = identity::ensure_root(sql, now)?;
    identity::set_password(sql, root.id, password_hash)?;
    let new = NewToken {
        user_id: root.id,
        name: "first administrator",
        description: None,
        scopes: &[Scope::Api],
        expires_at: None,
    };
    identity::add_token(sql, &new, &identity::digest(token), now).map(drop)
}
