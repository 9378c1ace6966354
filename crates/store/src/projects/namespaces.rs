//! Groups, nested to any depth, and the personal namespaces of users.

use super::{OWNED, members, path_key, path_taken};
use crate::identity::User;
use crate::rows::columns;
use crate::sql::params;
use crate::{Columns, FromColumns, Sql, StoreError};
use jiff::Timestamp;
use model::access::{AccessLevel, Visibility};
use model::id::{NamespaceId, UserId};

/// What a namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamespaceKind {
    /// a group
    Group,
    /// the personal namespace of a user
    User,
}

impl NamespaceKind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::User => "user",
        }
    }
}

/// A group or a personal namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// its id
    pub id: NamespaceId,
    /// what it is
    pub kind: NamespaceKind,
    /// the group above
    pub parent_id: Option<NamespaceId>,
    /// the user whose personal namespace it is
    pub owner_id: Option<UserId>,
    /// display name of it alone
    pub name: String,
    /// last part of its path
    pub path: String,
    /// human form with the groups above, `A / B / C`
    pub full_name: String,
    /// path with the groups above, `a/b/c`
    pub full_path: String,
    /// its description
    pub description: String,
    /// who may see it
    pub visibility: Visibility,
    /// when it was created
    pub created_at: Timestamp,
}

/// A group to create.
#[derive(Clone, Copy, Debug)]
pub struct NewGroup<'a> {
    /// display name
    pub name: &'a str,
    /// last part of the path
    pub path: &'a str,
    /// its description
    pub description: &'a str,
    /// who may see it
    pub visibility: Visibility,
    /// the group above
    pub parent: Option<&'a Namespace>,
    /// who becomes its owner
    pub creator_id: UserId,
}

/// What changes of a group.
#[derive(Clone, Debug, Default)]
pub struct GroupChanges {
    /// display name
    pub name: Option<String>,
    /// last part of the path
    pub path: Option<String>,
    /// its description
    pub description: Option<String>,
    /// who may see it
    pub visibility: Option<Visibility>,
}

pub(super) const COLUMNS: &str = Namespace::COLUMNS;
columns!(Namespace, "n.": id, kind, parent_id, owner_id, name, path, full_name, full_path,
    description, visibility, created_at);

impl FromColumns for NamespaceKind {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.parse("a kind of namespace", |name| {
            let mut kinds = [Self::Group, Self::User].into_iter();
            kinds.find(|kind| kind.name() == name)
        })
    }
}

fn insert(sql: &mut dyn Sql, new: &Namespace) -> Result<Namespace, StoreError> {
    if path_taken(sql, &new.full_path)? {
        return Err(StoreError::Conflict);
    }
    let id = sql.insert_new(
        "INSERT INTO namespaces (kind, parent_id, owner_id, name, path, full_name, full_path, path_key, description, visibility, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            new.kind.name(),
            new.parent_id,
            new.owner_id,
            &new.name,
            &new.path,
            &new.full_name,
            &new.full_path,
            path_key(&new.full_path),
            &new.description,
            new.visibility,
            new.created_at
        ],
    )?;
    namespace(sql, id)?.ok_or_else(|| StoreError::broken("a new namespace is missing"))
}

/// Creates the personal namespace of a user.
pub(crate) fn add_personal_namespace(
    sql: &mut dyn Sql,
    user: &User,
    now: Timestamp,
) -> Result<Namespace, StoreError> {
    let new = Namespace {
        id: NamespaceId(0),
        kind: NamespaceKind::User,
        parent_id: None,
        owner_id: Some(user.id),
        name: user.name.clone(),
        path: user.username.clone(),
        full_name: user.name.clone(),
        full_path: user.username.clone(),
        description: String::new(),
        visibility: Visibility::Public,
        created_at: now,
    };
    insert(sql, &new)
}

/// Creates a group with its creator as owner; a conflict if the path is taken.
pub fn add_group(
    sql: &mut dyn Sql,
    new: &NewGroup<'_>,
    now: Timestamp,
) -> Result<Namespace, StoreError> {
    let below = |parent: Option<&str>, own: &str, between: &str| {
        parent.map_or_else(|| own.to_owned(), |above| format!("{above}{between}{own}"))
    };
    let parent = new.parent;
    let group = Namespace {
        id: NamespaceId(0),
        kind: NamespaceKind::Group,
        parent_id: parent.map(|parent| parent.id),
        owner_id: None,
        name: new.name.to_owned(),
        path: new.path.to_owned(),
        full_name: below(
            parent.map(|above| above.full_name.as_str()),
            new.name,
            " / ",
        ),
        full_path: below(parent.map(|above| above.full_path.as_str()), new.path, "/"),
        description: new.description.to_owned(),
        visibility: new.visibility,
        created_at: now,
    };
    let group = insert(sql, &group)?;
    let scope = members::MemberScope::Namespace(group.id);
    members::add_member(sql, scope, (new.creator_id, AccessLevel::Owner, None), now)?;
    Ok(group)
}

/// The namespace with that id.
pub fn namespace(sql: &mut dyn Sql, id: NamespaceId) -> Result<Option<Namespace>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM namespaces n WHERE n.id = ?1");
    sql.find(&query, params![id])
}

/// The namespace at that full path, case-insensitive.
pub fn namespace_by_path(sql: &mut dyn Sql, path: &str) -> Result<Option<Namespace>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM namespaces n WHERE n.path_key = ?1");
    sql.find(&query, params![path_key(path)])
}

/// The personal namespace of a user.
pub fn personal_namespace(
    sql: &mut dyn Sql,
    user_id: UserId,
) -> Result<Option<Namespace>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM namespaces n WHERE n.owner_id = ?1 ORDER BY n.id");
    sql.find(&query, params![user_id])
}

/// Changes a group and the paths of all below it; a conflict if the new path is taken.
pub fn update_group(
    sql: &mut dyn Sql,
    group: &Namespace,
    changes: &GroupChanges,
) -> Result<Namespace, StoreError> {
    let name = changes.name.as_ref().unwrap_or(&group.name);
    let path = changes.path.as_ref().unwrap_or(&group.path);
    let full_name = renamed(&group.full_name, &group.name, name);
    let full_path = renamed(&group.full_path, &group.path, path);
    if path_key(&full_path) != path_key(&group.full_path) && path_taken(sql, &full_path)? {
        return Err(StoreError::Conflict);
    }
    sql.run(
        "UPDATE namespaces SET name = ?2, path = ?3, description = ?4, visibility = ?5 WHERE id = ?1",
        params![
            group.id,
            name,
            path,
            changes.description.as_ref().unwrap_or(&group.description),
            changes.visibility.unwrap_or(group.visibility)
        ],
    )?;
    let rest = |text: &str| i64::try_from(text.chars().count() + 1).unwrap_or(i64::MAX);
    let (after_name, after_path) = (rest(&group.full_name), rest(&group.full_path));
    sql.run(
        &format!(
            "{TREE} UPDATE namespaces SET full_name = ?2 || SUBSTR(full_name, ?3),
                 full_path = ?4 || SUBSTR(full_path, ?6), path_key = ?5 || SUBSTR(path_key, ?6)
             WHERE id IN (SELECT id FROM tree)"
        ),
        params![
            group.id,
            &full_name,
            after_name,
            &full_path,
            path_key(&full_path),
            after_path
        ],
    )?;
    sql.run(
        &format!(
            "{TREE} UPDATE projects SET full_path = ?2 || SUBSTR(full_path, ?4), path_key = ?3 || SUBSTR(path_key, ?4)
             WHERE namespace_id IN (SELECT id FROM tree)"
        ),
        params![group.id, &full_path, path_key(&full_path), after_path],
    )?;
    namespace(sql, group.id)?.ok_or_else(|| StoreError::broken("a changed group is missing"))
}

/// `full` with another last part.
fn renamed(full: &str, old: &str, new: &str) -> String {
    format!("{}{new}", full.strip_suffix(old).unwrap_or_default())
}

/// The namespace ?1 and all below it.
const TREE: &str = "WITH RECURSIVE tree (id) AS (
        SELECT id FROM namespaces WHERE id = ?1
        UNION ALL
        SELECT child.id FROM tree JOIN namespaces child ON child.parent_id = tree.id)";

/// Deletes a group with its subgroups, their projects, and what belongs to all of them.
pub fn delete_group(sql: &mut dyn Sql, id: NamespaceId) -> Result<(), StoreError> {
    for table in OWNED {
        sql.run(
            &format!(
                "{TREE} DELETE FROM {table} WHERE (scope = 'namespace' AND owner_id IN (SELECT id FROM tree))
                 OR (scope = 'project' AND owner_id IN (SELECT p.id FROM projects p JOIN tree ON tree.id = p.namespace_id))"
            ),
            params![id],
        )?;
    }
    sql.run("DELETE FROM namespaces WHERE id = ?1", params![id])?;
    Ok(())
}
