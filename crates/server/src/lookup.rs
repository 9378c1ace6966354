//! Finding what a path names, as the caller may see it.
//!
//! What a caller may not read is absent (404); what it may read but not change is
//! forbidden (403). Administrators have every right everywhere.

use crate::app::App;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ApiError;
use jiff::civil::Date;
use model::access::{AccessLevel, Visibility};
use model::id::{NamespaceId, ProjectId, UserId};
use store::identity::User;
use store::projects::{self, Namespace, NamespaceKind, ProjectRow};

/// Something found, and what the caller may do with it.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// what was found
    pub row: T,
    /// the caller's level there; none: not a member
    pub level: Option<AccessLevel>,
}

impl<T> Found<T> {
    /// Whether the caller has at least this level.
    pub fn has(&self, level: AccessLevel) -> bool {
        self.level.is_some_and(|own| own >= level)
    }
}

impl Call {
    /// The project that `{id}` names, if the caller has `needs` there.
    pub async fn project(&self, needs: AccessLevel) -> Result<Found<ProjectRow>, ApiError> {
        self.project_by(self.key("id"), needs).await
    }

    /// The project of that id, if the caller has `needs` there.
    pub async fn project_of(
        &self,
        id: ProjectId,
        needs: AccessLevel,
    ) -> Result<Found<ProjectRow>, ApiError> {
        self.project_by(Key::Id(id.0), needs).await
    }

    /// The project of that full path, if the caller has `needs` there.
    pub async fn project_at(
        &self,
        path: &str,
        needs: AccessLevel,
    ) -> Result<Found<ProjectRow>, ApiError> {
        self.project_by(Key::Path(path.to_owned()), needs).await
    }

    async fn project_by(
        &self,
        key: Key,
        needs: AccessLevel,
    ) -> Result<Found<ProjectRow>, ApiError> {
        project_for(&self.app, self.caller()?, key, needs).await
    }

    /// The group that `{id}` names, if the caller has `needs` there.
    pub async fn group(&self, needs: AccessLevel) -> Result<Found<Namespace>, ApiError> {
        group_for(&self.app, self.caller()?, self.key("id"), needs).await
    }

    /// A namespace by the id or path that was given for it, if the caller has `needs` there.
    pub async fn namespace(
        &self,
        text: &str,
        needs: AccessLevel,
    ) -> Result<Found<Namespace>, ApiError> {
        let caller = self.caller()?;
        let found = find_namespace(&self.app, caller, Key::new(text), "Namespace").await?;
        let visibility = match found.row.kind {
            NamespaceKind::Group => found.row.visibility,
            NamespaceKind::User => Visibility::Private,
        };
        permitted(seen(found, visibility, true, "Namespace")?, needs)
    }

    /// The caller, if it is an administrator.
    pub fn admin(&self) -> Result<&Caller, ApiError> {
        let caller = self.caller()?;
        caller.require_admin()?;
        Ok(caller)
    }

    /// The user with that id.
    pub async fn user(&self, id: UserId) -> Result<User, ApiError> {
        let found = self
            .app
            .store
            .read(move |sql| store::identity::user(sql, id));
        found.await?.ok_or(ApiError::NotFound("User"))
    }

    /// The key in the path.
    pub(crate) fn key(&self, name: &str) -> Key {
        Key::new(self.name(name))
    }
}

/// An id or a path; digits alone are always an id.
pub(crate) enum Key {
    Id(i64),
    Path(String),
}

impl Key {
    pub(crate) fn new(text: &str) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // No row has the id of a number too great for one.
            Self::Id(text.parse().unwrap_or(0))
        } else {
            Self::Path(text.to_owned())
        }
    }
}

/// The project of a key, if the caller has `needs` there.
pub(crate) async fn project_for(
    app: &App,
    caller: &Caller,
    key: Key,
    needs: AccessLevel,
) -> Result<Found<ProjectRow>, ApiError> {
    let found = project(app, Some(&caller.user), key, caller.today()).await?;
    permitted(found, needs)
}

/// The group of a key, if the caller has `needs` there.
pub(crate) async fn group_for(
    app: &App,
    caller: &Caller,
    key: Key,
    needs: AccessLevel,
) -> Result<Found<Namespace>, ApiError> {
    let found = find_namespace(app, caller, key, "Group").await?;
    if found.row.kind != NamespaceKind::Group {
        return Err(ApiError::NotFound("Group"));
    }
    let visibility = found.row.visibility;
    permitted(seen(found, visibility, true, "Group")?, needs)
}

/// The namespace of a key with the caller's level there; `what` names it in the error.
async fn find_namespace(
    app: &App,
    caller: &Caller,
    key: Key,
    what: &'static str,
) -> Result<Found<Namespace>, ApiError> {
    let (user, today) = (caller.user.clone(), caller.today());
    let found = app.store.read(move |sql| {
        let row = match key {
            Key::Id(id) => projects::namespace(sql, NamespaceId(id))?,
            Key::Path(path) => projects::namespace_by_path(sql, &path)?,
        };
        let Some(row) = row else { return Ok(None) };
        let level = if user.admin {
            Some(AccessLevel::Owner)
        } else {
            projects::namespace_access_level_of(sql, user.id, row.id, today)?
        };
        Ok(Some(Found { row, level }))
    });
    found.await?.ok_or(ApiError::NotFound(what))
}

/// The project of a key, if the user may see it; without a user, if it is public.
pub(crate) async fn project(
    app: &App,
    user: Option<&User>,
    key: Key,
    today: Date,
) -> Result<Found<ProjectRow>, ApiError> {
    let who = user.map(|user| (user.id, user.admin));
    let found = app.store.read(move |sql| {
        let row = match key {
            Key::Id(id) => projects::project(sql, ProjectId(id))?,
            Key::Path(path) => projects::project_by_path(sql, &path)?,
        };
        let Some(row) = row else { return Ok(None) };
        let level = match who {
            Some((_, true)) => Some(AccessLevel::Owner),
            Some((id, false)) => projects::access_level_of(sql, id, row.id, today)?,
            None => None,
        };
        Ok(Some(Found { row, level }))
    });
    let found = found.await?.ok_or(ApiError::NotFound("Project"))?;
    let visibility = found.row.visibility;
    seen(found, visibility, user.is_some(), "Project")
}

/// What was found, if it may be seen.
fn seen<T>(
    found: Found<T>,
    visibility: Visibility,
    signed_in: bool,
    what: &'static str,
) -> Result<Found<T>, ApiError> {
    let least = if signed_in {
        Visibility::Internal
    } else {
        Visibility::Public
    };
    if found.has(AccessLevel::Guest) || visibility >= least {
        Ok(found)
    } else {
        Err(ApiError::NotFound(what))
    }
}

/// What may be seen, if the caller has `needs` there.
fn permitted<T>(found: Found<T>, needs: AccessLevel) -> Result<Found<T>, ApiError> {
    if needs > AccessLevel::NoAccess && !found.has(needs) {
        return Err(ApiError::Forbidden);
    }
    Ok(found)
}
