//! Lists of groups and namespaces, as their viewer may see them.

use super::like;
use super::namespaces::{COLUMNS, Namespace};
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::civil::Date;
use model::access::{AccessLevel, Visibility};
use model::id::{NamespaceId, UserId};

/// Order of a list of groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupOrder {
    /// by display name
    #[default]
    Name,
    /// by full path
    Path,
    /// by id
    Id,
}

/// Which groups are wanted.
#[derive(Clone, Debug, Default)]
pub struct GroupFilter {
    /// only what this user may see; all if none
    pub viewer: Option<UserId>,
    /// only groups in which the viewer has at least this level; needs a viewer
    pub at_least: Option<AccessLevel>,
    /// directly below this group
    pub parent_id: Option<NamespaceId>,
    /// below no group
    pub top_level: bool,
    /// with this in name or path
    pub search: Option<String>,
    /// visible for these alone
    pub visibility: Option<Visibility>,
    /// by what
    pub order: GroupOrder,
    /// last first
    pub descending: bool,
}

/// Which namespaces are wanted.
#[derive(Clone, Debug, Default)]
pub struct NamespaceFilter {
    /// the user's own, and groups it is a member of; all if none
    pub viewer: Option<UserId>,
    /// only those it owns
    pub owned: bool,
    /// with this in name or path
    pub search: Option<String>,
}

/// Namespaces in which user ?1 has on day ?2 at least level ?3, with all below them.
const GRANTED: &str = "WITH RECURSIVE granted (id) AS (
        SELECT m.owner_id FROM members m
        WHERE m.scope = 'namespace' AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?2) AND m.access_level >= ?3
        UNION
        SELECT own.id FROM namespaces own WHERE own.owner_id = ?1
        UNION
        SELECT child.id FROM granted JOIN namespaces child ON child.parent_id = granted.id)
    SELECT id FROM granted";

/// Groups.
pub fn list_groups(
    sql: &mut dyn Sql,
    filter: &GroupFilter,
    today: Date,
    page: Page,
) -> Result<Paged<Namespace>, StoreError> {
    let from = format!(
        r"namespaces n WHERE n.kind = 'group'
          AND (?4 = 1 OR n.id IN ({GRANTED}) OR (?5 = 1 AND n.visibility <> 'private'))
          AND (?6 IS NULL OR n.parent_id = ?6) AND (?7 = 0 OR n.parent_id IS NULL)
          AND (?8 IS NULL OR LOWER(n.name) LIKE LOWER(?8) ESCAPE '\' OR n.path_key LIKE LOWER(?8) ESCAPE '\')
          AND (?9 IS NULL OR n.visibility = ?9)"
    );
    let order = match (filter.order, filter.descending) {
        (GroupOrder::Name, false) => "LOWER(n.name), n.id",
        (GroupOrder::Name, true) => "LOWER(n.name) DESC, n.id DESC",
        (GroupOrder::Path, false) => "n.path_key, n.id",
        (GroupOrder::Path, true) => "n.path_key DESC, n.id DESC",
        (GroupOrder::Id, false) => "n.id",
        (GroupOrder::Id, true) => "n.id DESC",
    };
    let given = params![
        filter.viewer.unwrap_or(UserId(0)),
        today,
        filter.at_least.unwrap_or(AccessLevel::Guest),
        filter.viewer.is_none(),
        filter.at_least.is_none(),
        filter.parent_id,
        filter.top_level,
        filter.search.as_deref().map(like),
        filter.visibility,
    ];
    page::read(sql, (COLUMNS, &from, order), given, page)
}

/// Namespaces, by full path.
pub fn list_namespaces(
    sql: &mut dyn Sql,
    filter: &NamespaceFilter,
    today: Date,
    page: Page,
) -> Result<Paged<Namespace>, StoreError> {
    let from = format!(
        r"namespaces n WHERE (?4 = 1 OR n.id IN ({GRANTED}))
          AND (?5 IS NULL OR LOWER(n.name) LIKE LOWER(?5) ESCAPE '\' OR n.path_key LIKE LOWER(?5) ESCAPE '\')"
    );
    let least = if filter.owned {
        AccessLevel::Owner
    } else {
        AccessLevel::Guest
    };
    let given = params![
        filter.viewer.unwrap_or(UserId(0)),
        today,
        least,
        filter.viewer.is_none(),
        filter.search.as_deref().map(like),
    ];
    page::read(sql, (COLUMNS, &from, "n.path_key"), given, page)
}
