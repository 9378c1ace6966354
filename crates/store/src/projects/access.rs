//! What a user may do where: the highest of all memberships on the way up.

use crate::sql::params;
use crate::{Sql, StoreError};
use jiff::civil::Date;
use model::access::AccessLevel;
use model::id::{NamespaceId, ProjectId, UserId};

/// The user's level in a project, through it, its groups, or as the owner of the namespace.
pub fn access_level_of(
    sql: &mut dyn Sql,
    user_id: UserId,
    project_id: ProjectId,
    today: Date,
) -> Result<Option<AccessLevel>, StoreError> {
    let highest = sql.find(
        "WITH RECURSIVE chain (id) AS (
             SELECT namespace_id FROM projects WHERE id = ?2
             UNION ALL
             SELECT n.parent_id FROM chain JOIN namespaces n ON n.id = chain.id WHERE n.parent_id IS NOT NULL)
         SELECT MAX(found.level) FROM (
             SELECT m.access_level AS level FROM members m
             WHERE m.scope = 'project' AND m.owner_id = ?2 AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?3)
             UNION ALL
             SELECT m.access_level FROM chain JOIN members m ON m.owner_id = chain.id
             WHERE m.scope = 'namespace' AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?3)
             UNION ALL
             SELECT 50 FROM chain JOIN namespaces n ON n.id = chain.id WHERE n.owner_id = ?1) AS found",
        params![user_id, project_id, today],
    );
    highest.map(Option::flatten)
}

/// The user's level in a group or personal namespace, through it or the groups above.
pub fn namespace_access_level_of(
    sql: &mut dyn Sql,
    user_id: UserId,
    namespace_id: NamespaceId,
    today: Date,
) -> Result<Option<AccessLevel>, StoreError> {
    let highest = sql.find(
        "WITH RECURSIVE chain (id) AS (
             SELECT id FROM namespaces WHERE id = ?2
             UNION ALL
             SELECT n.parent_id FROM chain JOIN namespaces n ON n.id = chain.id WHERE n.parent_id IS NOT NULL)
         SELECT MAX(found.level) FROM (
             SELECT m.access_level AS level FROM chain JOIN members m ON m.owner_id = chain.id
             WHERE m.scope = 'namespace' AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?3)
             UNION ALL
             SELECT 50 FROM chain JOIN namespaces n ON n.id = chain.id WHERE n.owner_id = ?1) AS found",
        params![user_id, namespace_id, today],
    );
    highest.map(Option::flatten)
}
