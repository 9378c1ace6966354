//! Personal access tokens. Only their digests are stored.

use super::users::User;
use crate::audit::Change;
use crate::projects::like;
use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use model::access::Scope;
use model::id::{TokenId, UserId};
use ring::digest::SHA256;
use serde_json::Value as Json;

/// How old the stored time of the last use may be.
const TOUCH_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// A token without its text, which is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// its id
    pub id: TokenId,
    /// the user it authenticates
    pub user_id: UserId,
    /// its name
    pub name: String,
    /// its description
    pub description: Option<String>,
    /// what it grants
    pub scopes: Vec<Scope>,
    /// whether it was revoked
    pub revoked: bool,
    /// the first day on which it is invalid, in UTC
    pub expires_at: Option<Date>,
    /// when it was made
    pub created_at: Timestamp,
    /// when it was last used, within minutes
    pub last_used_at: Option<Timestamp>,
}

impl Token {
    /// Whether it has expired: at the start of `expires_at` in UTC.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires_at.is_some_and(|end| end <= today)
    }

    /// Whether it can be used.
    pub fn is_active(&self, today: Date) -> bool {
        !self.revoked && !self.is_expired(today)
    }

    /// The audit changes of a new token.
    pub fn as_changes(&self) -> Vec<Change> {
        let scopes: Json = self.scopes.iter().map(|scope| scope.name()).collect();
        let ends = self.expires_at.map(|day| day.to_string());
        let changes = [
            Change::value("name", Json::Null, self.name.as_str()),
            Change::value("scopes", Json::Null, scopes),
            Change::value("expires_at", Json::Null, ends),
        ];
        changes.into_iter().flatten().collect()
    }

    /// Whether its use has to be stored again.
    pub fn touch_is_due(&self, now: Timestamp) -> bool {
        self.last_used_at
            .is_none_or(|last| now.duration_since(last) >= TOUCH_AFTER)
    }
}

/// A token to create.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// the user it authenticates
    pub user_id: UserId,
    /// its name
    pub name: &'a str,
    /// its description
    pub description: Option<&'a str>,
    /// what it grants
    pub scopes: &'a [Scope],
    /// the first day on which it is invalid, in UTC
    pub expires_at: Option<Date>,
}

/// Selects tokens.
#[derive(Clone, Debug, Default)]
pub struct TokenFilter {
    /// of this user
    pub user_id: Option<UserId>,
    /// revoked or not
    pub revoked: Option<bool>,
    /// usable or not
    pub active: Option<bool>,
    /// with this in the name
    pub search: Option<String>,
}

/// The digest of a token: SHA-256 in hexadecimal digits.
pub fn digest(text: &str) -> String {
    model::hex(ring::digest::digest(&SHA256, text.as_bytes()).as_ref())
}

const COLUMNS: &str = Token::COLUMNS;
columns!(Token, "t.": id, user_id, name, description, scopes, revoked, expires_at, created_at,
    last_used_at);

/// Stores a new token under the digest of its text.
pub fn add_token(
    sql: &mut dyn Sql,
    new: &NewToken<'_>,
    digest: &str,
    now: Timestamp,
) -> Result<Token, StoreError> {
    insert(sql, new, digest, None, now)
}

fn insert(
    sql: &mut dyn Sql,
    new: &NewToken<'_>,
    digest: &str,
    previous: Option<TokenId>,
    now: Timestamp,
) -> Result<Token, StoreError> {
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.name()).collect();
    let id = sql.insert_new(
        "INSERT INTO tokens (user_id, name, description, digest, scopes, expires_at, created_at, previous_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.user_id,
            new.name,
            new.description,
            digest,
            scopes.join(" "),
            new.expires_at,
            now,
            previous
        ],
    )?;
    token(sql, id)?.ok_or_else(|| StoreError::broken("a new token is missing"))
}

/// The token with that id.
pub fn token(sql: &mut dyn Sql, id: TokenId) -> Result<Option<Token>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM tokens t WHERE t.id = ?1");
    sql.find(&query, params![id])
}

/// The token whose text has that digest, with its owner.
pub fn token_by_digest(
    sql: &mut dyn Sql,
    digest: &str,
) -> Result<Option<(Token, User)>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS}, {} FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = ?1",
        User::COLUMNS
    );
    sql.find(&query, params![digest])
}

/// Tokens, newest first.
pub fn list_tokens(
    sql: &mut dyn Sql,
    filter: &TokenFilter,
    today: Date,
    page: Page,
) -> Result<Paged<Token>, StoreError> {
    let from = r"tokens t WHERE (?1 IS NULL OR t.user_id = ?1) AND (?2 IS NULL OR t.revoked = ?2)
        AND (?3 IS NULL OR ?3 = CASE WHEN t.revoked = 0 AND (t.expires_at IS NULL OR t.expires_at > ?4) THEN 1 ELSE 0 END)
        AND (?5 IS NULL OR LOWER(t.name) LIKE LOWER(?5) ESCAPE '\')";
    let given = params![
        filter.user_id,
        filter.revoked,
        filter.active,
        today,
        filter.search.as_deref().map(like),
    ];
    page::read(sql, (COLUMNS, from, "t.id DESC"), given, page)
}

/// Revokes a token; returns `false` if it was revoked already.
pub fn revoke(sql: &mut dyn Sql, id: TokenId) -> Result<bool, StoreError> {
    let changed = sql.run(
        "UPDATE tokens SET revoked = 1 WHERE id = ?1 AND revoked = 0",
        params![id],
    )?;
    Ok(changed > 0)
}

/// Revokes all tokens that rotations of this one created.
pub fn revoke_successors(sql: &mut dyn Sql, id: TokenId) -> Result<u64, StoreError> {
    sql.run(
        "WITH RECURSIVE later (id) AS (
             SELECT id FROM tokens WHERE previous_id = ?1
             UNION ALL
             SELECT t.id FROM later JOIN tokens t ON t.previous_id = later.id)
         UPDATE tokens SET revoked = 1 WHERE revoked = 0 AND id IN (SELECT id FROM later)",
        params![id],
    )
}

/// Replaces a token by one of the same name and scopes; a conflict if it is revoked.
pub fn rotate(
    sql: &mut dyn Sql,
    old: &Token,
    digest: &str,
    expires_at: Date,
    now: Timestamp,
) -> Result<Token, StoreError> {
    if !revoke(sql, old.id)? {
        // Another request has rotated or revoked it.
        return Err(StoreError::Conflict);
    }
    let new = NewToken {
        user_id: old.user_id,
        name: &old.name,
        description: old.description.as_deref(),
        scopes: &old.scopes,
        expires_at: Some(expires_at),
    };
    insert(sql, &new, digest, Some(old.id), now)
}

/// Stores that a token was used.
pub fn touch(sql: &mut dyn Sql, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
    sql.run(
        "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1",
        params![id, now],
    )?;
    Ok(())
}
