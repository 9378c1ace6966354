//! Projects.

use super::members::{self, MemberScope};
use super::namespaces::Namespace;
use super::{OWNED, like, path_key, path_taken};
use crate::rows::columns;
use crate::sql::params;
use crate::{Page, Paged, Sql, StoreError, page};
use jiff::Timestamp;
use jiff::civil::Date;
use model::access::{AccessLevel, Visibility};
use model::id::{NamespaceId, ProjectId, UserId};

/// A project with its namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    /// its id
    pub id: ProjectId,
    /// display name of it alone
    pub name: String,
    /// last part of its path
    pub path: String,
    /// path with its groups, `a/b/project`
    pub full_path: String,
    /// its description
    pub description: Option<String>,
    /// who may see it
    pub visibility: Visibility,
    /// its default branch
    pub default_branch: String,
    /// whether it is archived
    pub archived: bool,
    /// its creator
    pub creator_id: UserId,
    /// when it was created
    pub created_at: Timestamp,
    /// when something last happened in it
    pub last_activity_at: Timestamp,
    /// its namespace
    pub namespace: Namespace,
}

impl ProjectRow {
    /// Human form with its groups, `Group / Sub / Project`.
    pub fn name_with_namespace(&self) -> String {
        format!("{} / {}", self.namespace.full_name, self.name)
    }
}

/// A project to create.
#[derive(Clone, Copy, Debug)]
pub struct NewProject<'a> {
    /// its namespace
    pub namespace: &'a Namespace,
    /// display name
    pub name: &'a str,
    /// last part of its path
    pub path: &'a str,
    /// its description
    pub description: Option<&'a str>,
    /// who may see it
    pub visibility: Visibility,
    /// its default branch
    pub default_branch: &'a str,
    /// who creates it
    pub creator_id: UserId,
}

/// What changes of a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectChanges {
    /// display name
    pub name: Option<String>,
    /// last part of its path
    pub path: Option<String>,
    /// its description
    pub description: Option<Option<String>>,
    /// who may see it
    pub visibility: Option<Visibility>,
    /// its default branch
    pub default_branch: Option<String>,
    /// whether it is archived
    pub archived: Option<bool>,
}

/// Who lists projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Viewer {
    /// sees all
    #[default]
    Admin,
    /// sees what is public, internal, or its own
    User(UserId),
    /// sees only projects in which this user has at least this level
    Member(UserId, AccessLevel),
}

/// By what a list of projects is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProjectOrder {
    /// by id
    Id,
    /// by display name
    Name,
    /// by path
    Path,
    /// by the time it was made
    #[default]
    Created,
    /// by the time something last happened
    Activity,
}

/// Which projects are wanted.
#[derive(Clone, Debug, Default)]
pub struct ProjectFilter {
    /// the user
    pub viewer: Viewer,
    /// with this in name or path
    pub search: Option<String>,
    /// put away or not
    pub archived: Option<bool>,
    /// visible for these alone
    pub visibility: Option<Visibility>,
    /// in this namespace
    pub namespace_id: Option<NamespaceId>,
    /// in the groups below that namespace too
    pub subgroups: bool,
    /// with a greater id
    pub id_after: Option<i64>,
    /// with a smaller id
    pub id_before: Option<i64>,
    /// by what
    pub order: ProjectOrder,
    /// first or oldest first
    pub ascending: bool,
}

const FROM: &str = "projects p JOIN namespaces n ON n.id = p.namespace_id";

/// Projects in which user ?1 has on day ?2 at least level ?3.
const GRANTED: &str = "WITH RECURSIVE granted (id) AS (
        SELECT m.owner_id FROM members m
        WHERE m.scope = 'namespace' AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?2) AND m.access_level >= ?3
        UNION
        SELECT own.id FROM namespaces own WHERE own.owner_id = ?1
        UNION
        SELECT child.id FROM granted JOIN namespaces child ON child.parent_id = granted.id)
    SELECT inside.id FROM granted JOIN projects inside ON inside.namespace_id = granted.id
    UNION
    SELECT m.owner_id FROM members m
    WHERE m.scope = 'project' AND m.user_id = ?1 AND (m.expires_at IS NULL OR m.expires_at > ?2) AND m.access_level >= ?3";

columns!(ProjectRow, "p.": id, name, path, full_path, description, visibility, default_branch,
    archived, creator_id, created_at, last_activity_at; namespace);

fn columns() -> String {
    format!("{}, {}", ProjectRow::COLUMNS, Namespace::COLUMNS)
}

/// The project with that id.
pub fn project(sql: &mut dyn Sql, id: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
    let query = format!("SELECT {} FROM {FROM} WHERE p.id = ?1", columns());
    sql.find(&query, params![id])
}

/// The project at that full path, case-insensitive.
pub fn project_by_path(sql: &mut dyn Sql, path: &str) -> Result<Option<ProjectRow>, StoreError> {
    let query = format!("SELECT {} FROM {FROM} WHERE p.path_key = ?1", columns());
    sql.find(&query, params![path_key(path)])
}

/// Whether another project of the namespace has that name.
pub fn name_taken(
    sql: &mut dyn Sql,
    namespace_id: NamespaceId,
    name: &str,
    except: Option<ProjectId>,
) -> Result<bool, StoreError> {
    let count = sql.number(
        "SELECT COUNT(*) FROM projects WHERE namespace_id = ?1 AND name = ?2 AND (?3 IS NULL OR id <> ?3)",
        params![namespace_id, name, except],
    )?;
    Ok(count > 0)
}

/// Creates a project; a conflict if the path is taken. The owner of a personal namespace owns it.
pub fn add_project(
    sql: &mut dyn Sql,
    new: &NewProject<'_>,
    now: Timestamp,
) -> Result<ProjectRow, StoreError> {
    let full_path = format!("{}/{}", new.namespace.full_path, new.path);
    if path_taken(sql, &full_path)? {
        return Err(StoreError::Conflict);
    }
    let id = sql.insert_new(
        "INSERT INTO projects (namespace_id, name, path, full_path, path_key, description, visibility, default_branch, creator_id, created_at, last_activity_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        params![
            new.namespace.id,
            new.name,
            new.path,
            &full_path,
            path_key(&full_path),
            new.description,
            new.visibility,
            new.default_branch,
            new.creator_id,
            now
        ],
    )?;
    if let Some(owner) = new.namespace.owner_id {
        let owned = (owner, AccessLevel::Owner, None);
        members::add_member(sql, MemberScope::Project(id), owned, now)?;
    }
    project(sql, id)?.ok_or_else(|| StoreError::broken("a new project is missing"))
}

/// Changes a project; a conflict when the new path is taken.
pub fn update_project(
    sql: &mut dyn Sql,
    old: &ProjectRow,
    changes: &ProjectChanges,
) -> Result<ProjectRow, StoreError> {
    let path = changes.path.as_ref().unwrap_or(&old.path);
    let full_path = format!("{}/{path}", old.namespace.full_path);
    if path_key(&full_path) != path_key(&old.full_path) && path_taken(sql, &full_path)? {
        return Err(StoreError::Conflict);
    }
    let description = changes.description.as_ref().unwrap_or(&old.description);
    let branch = changes.default_branch.as_ref();
    sql.run(
        "UPDATE projects SET name = ?2, path = ?3, full_path = ?4, path_key = ?5, description = ?6, visibility = ?7,
             default_branch = ?8, archived = ?9 WHERE id = ?1",
        params![
            old.id,
            changes.name.as_ref().unwrap_or(&old.name),
            path,
            &full_path,
            path_key(&full_path),
            description.clone(),
            changes.visibility.unwrap_or(old.visibility),
            branch.unwrap_or(&old.default_branch),
            changes.archived.unwrap_or(old.archived)
        ],
    )?;
    project(sql, old.id)?.ok_or_else(|| StoreError::broken("a changed project is missing"))
}

/// Deletes a project and what belongs to it.
pub fn delete_project(sql: &mut dyn Sql, id: ProjectId) -> Result<(), StoreError> {
    for table in OWNED {
        sql.run(
            &format!("DELETE FROM {table} WHERE scope = 'project' AND owner_id = ?1"),
            params![id],
        )?;
    }
    sql.run("DELETE FROM projects WHERE id = ?1", params![id])?;
    Ok(())
}

/// Projects.
pub fn list_projects(
    sql: &mut dyn Sql,
    filter: &ProjectFilter,
    today: Date,
    page: Page,
) -> Result<Paged<ProjectRow>, StoreError> {
    let from = format!(
        r"{FROM} WHERE (?4 = 2 OR (?4 = 1 AND p.visibility <> 'private') OR p.id IN ({GRANTED}))
          AND (?5 IS NULL OR LOWER(p.name) LIKE LOWER(?5) ESCAPE '\' OR LOWER(p.path) LIKE LOWER(?5) ESCAPE '\')
          AND (?6 IS NULL OR p.archived = ?6) AND (?7 IS NULL OR p.visibility = ?7)
          AND (?8 IS NULL OR p.namespace_id = ?8 OR (?9 = 1 AND p.namespace_id IN (
              WITH RECURSIVE tree (id) AS (
                  SELECT id FROM namespaces WHERE id = ?8
                  UNION ALL
                  SELECT child.id FROM tree JOIN namespaces child ON child.parent_id = tree.id)
              SELECT id FROM tree)))
          AND (?10 IS NULL OR p.id > ?10) AND (?11 IS NULL OR p.id < ?11)"
    );
    let order = match (filter.order, filter.ascending) {
        (ProjectOrder::Id, true) => "p.id",
        (ProjectOrder::Id, false) => "p.id DESC",
        (ProjectOrder::Name, true) => "LOWER(p.name), p.id",
        (ProjectOrder::Name, false) => "LOWER(p.name) DESC, p.id DESC",
        (ProjectOrder::Path, true) => "LOWER(p.path), p.id",
        (ProjectOrder::Path, false) => "LOWER(p.path) DESC, p.id DESC",
        (ProjectOrder::Created, true) => "p.created_at, p.id",
        (ProjectOrder::Created, false) => "p.created_at DESC, p.id DESC",
        (ProjectOrder::Activity, true) => "p.last_activity_at, p.id",
        (ProjectOrder::Activity, false) => "p.last_activity_at DESC, p.id DESC",
    };
    let (user, least, sees) = match filter.viewer {
        Viewer::Admin => (UserId(0), AccessLevel::Guest, 2),
        Viewer::User(id) => (id, AccessLevel::Guest, 1),
        Viewer::Member(id, least) => (id, least, 0),
    };
    let given = params![
        user,
        today,
        least,
        sees,
        filter.search.as_deref().map(like),
        filter.archived,
        filter.visibility,
        filter.namespace_id,
        filter.subgroups,
        filter.id_after,
        filter.id_before,
    ];
    page::read(sql, (&columns(), &from, order), given, page)
}
