//! Members of groups and projects, direct and from the groups above.

use super::like;
use crate::identity::User;
use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::Timestamp;
use jiff::civil::Date;
use model::access::AccessLevel;
use model::id::{NamespaceId, ProjectId, UserId};

/// What a user can be a member of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberScope {
    /// a group
    Namespace(NamespaceId),
    /// a project
    Project(ProjectId),
}

impl MemberScope {
    fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Namespace(id) => ("namespace", id.0),
            Self::Project(id) => ("project", id.0),
        }
    }
}

/// A membership of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// the user
    pub user: User,
    /// its access level
    pub access_level: AccessLevel,
    /// the first day on which it is invalid, in UTC
    pub expires_at: Option<Date>,
    /// when it was added
    pub created_at: Timestamp,
}

/// Selects members.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// with this in a name
    pub query: Option<String>,
}

columns!(Member, "m.": access_level, expires_at, created_at; user);

/// Columns of `members m JOIN users u`.
fn columns() -> String {
    format!("{}, {}", Member::COLUMNS, User::COLUMNS)
}

/// The memberships of scope (?1, ?2) and of all groups above it, the best of each user first.
const BEST: &str = "(WITH RECURSIVE chain (scope, id, depth) AS (
        SELECT ?1, ?2, 0
        UNION ALL
        SELECT 'namespace', COALESCE(p.namespace_id, n.parent_id), chain.depth + 1 FROM chain
        LEFT JOIN projects p ON chain.scope = 'project' AND p.id = chain.id
        LEFT JOIN namespaces n ON chain.scope = 'namespace' AND n.id = chain.id
        WHERE COALESCE(p.namespace_id, n.parent_id) IS NOT NULL)
    SELECT every.*, chain.depth AS depth,
        ROW_NUMBER() OVER (PARTITION BY every.user_id ORDER BY every.access_level DESC, chain.depth) AS rank
    FROM chain JOIN members every ON every.scope = chain.scope AND every.owner_id = chain.id
    WHERE every.expires_at IS NULL OR every.expires_at > ?3)";

/// The direct members of a scope, oldest first.
pub fn members(
    sql: &mut dyn Sql,
    scope: MemberScope,
    filter: &MemberFilter,
    today: Date,
    page: Page,
) -> Result<Paged<Member>, StoreError> {
    let (scope, owner) = scope.parts();
    let from = r"members m JOIN users u ON u.id = m.user_id WHERE m.scope = ?1 AND m.owner_id = ?2
        AND (m.expires_at IS NULL OR m.expires_at > ?3)
        AND (?4 IS NULL OR u.username_key LIKE LOWER(?4) ESCAPE '\' OR LOWER(u.name) LIKE LOWER(?4) ESCAPE '\')";
    let given = params![scope, owner, today, filter.query.as_deref().map(like)];
    let order = "m.created_at, u.id";
    page::read(sql, (&columns(), from, order), given, page)
}

/// The members of a scope and of all groups above it; each user with its highest level.
pub fn all_members(
    sql: &mut dyn Sql,
    scope: MemberScope,
    filter: &MemberFilter,
    today: Date,
    page: Page,
) -> Result<Paged<Member>, StoreError> {
    let (scope, owner) = scope.parts();
    let from = format!(
        r"{BEST} m JOIN users u ON u.id = m.user_id WHERE m.rank = 1
          AND (?4 IS NULL OR u.username_key LIKE LOWER(?4) ESCAPE '\' OR LOWER(u.name) LIKE LOWER(?4) ESCAPE '\')"
    );
    let given = params![scope, owner, today, filter.query.as_deref().map(like)];
    let order = "m.created_at, u.id";
    page::read(sql, (&columns(), &from, order), given, page)
}

/// A direct member of a scope.
pub fn member(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
    today: Date,
) -> Result<Option<Member>, StoreError> {
    let (scope, owner) = scope.parts();
    let query = format!(
        "SELECT {} FROM members m JOIN users u ON u.id = m.user_id
         WHERE m.scope = ?1 AND m.owner_id = ?2 AND m.user_id = ?3 AND (m.expires_at IS NULL OR m.expires_at > ?4)",
        columns()
    );
    sql.find(&query, params![scope, owner, user_id, today])
}

/// A member of a scope or of a group above it, with its highest level.
pub fn member_of_all(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
    today: Date,
) -> Result<Option<Member>, StoreError> {
    let (scope, owner) = scope.parts();
    let query = format!(
        "SELECT {} FROM {BEST} m JOIN users u ON u.id = m.user_id WHERE m.rank = 1 AND m.user_id = ?4",
        columns()
    );
    sql.find(&query, params![scope, owner, today, user_id])
}

/// The level a user has in a scope from the groups above it alone.
pub fn inherited_level(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
    today: Date,
) -> Result<Option<AccessLevel>, StoreError> {
    let (scope, owner) = scope.parts();
    let query =
        format!("SELECT MAX(m.access_level) FROM {BEST} m WHERE m.depth > 0 AND m.user_id = ?4");
    sql.find(&query, params![scope, owner, today, user_id])
        .map(Option::flatten)
}

/// Makes a user a member; a conflict when it is one already.
pub fn add_member(
    sql: &mut dyn Sql,
    scope: MemberScope,
    (user_id, access_level, expires_at): (UserId, AccessLevel, Option<Date>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (scope, owner) = scope.parts();
    // An expired membership is replaced by a new one.
    sql.run(
        "DELETE FROM members WHERE scope = ?1 AND owner_id = ?2 AND user_id = ?3 AND expires_at <= ?4",
        params![scope, owner, user_id, now.strftime("%Y-%m-%d").to_string()],
    )?;
    sql.run(
        "INSERT INTO members (scope, owner_id, user_id, access_level, expires_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![scope, owner, user_id, access_level, expires_at, now],
    )?;
    Ok(())
}

/// Changes a membership; `false` when there is none.
pub fn update_member(
    sql: &mut dyn Sql,
    scope: MemberScope,
    (user_id, access_level, expires_at): (UserId, AccessLevel, Option<Date>),
) -> Result<bool, StoreError> {
    let (scope, owner) = scope.parts();
    let changed = sql.run(
        "UPDATE members SET access_level = ?4, expires_at = ?5 WHERE scope = ?1 AND owner_id = ?2 AND user_id = ?3",
        params![
            scope,
            owner,
            user_id,
            access_level,
            expires_at
        ],
    )?;
    Ok(changed > 0)
}

/// Ends a membership; `false` when there is none.
pub fn remove_member(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
) -> Result<bool, StoreError> {
    let (scope, owner) = scope.parts();
    let changed = sql.run(
        "DELETE FROM members WHERE scope = ?1 AND owner_id = ?2 AND user_id = ?3",
        params![scope, owner, user_id],
    )?;
    Ok(changed > 0)
}

/// How many direct members of a scope are owners without an end.
pub fn owner_count(sql: &mut dyn Sql, scope: MemberScope) -> Result<i64, StoreError> {
    let (scope, owner) = scope.parts();
    sql.number(
        "SELECT COUNT(*) FROM members WHERE scope = ?1 AND owner_id = ?2 AND access_level = 50 AND expires_at IS NULL",
        params![scope, owner],
    )
}
