//! `/projects/:id/members` and `/groups/:id/members`.

use super::entities;
use super::listing::LEVELS;
use crate::answer;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use model::access::AccessLevel;
use model::id::UserId;
use serde_json::{Value, json};
use store::Sql;
use store::audit::{self, Change};
use store::projects::{self, Member, MemberFilter, MemberScope, NamespaceKind};

/// What has members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Project,
    Group,
}

impl Kind {
    /// The level that may change who is a member.
    fn manages(self) -> AccessLevel {
        match self {
            Self::Project => AccessLevel::Maintainer,
            Self::Group => AccessLevel::Owner,
        }
    }
}

const LIST: &[Parameter] = &[
    Parameter::optional("query", ParamKind::Text, "Only members with this in a name"),
    PAGE,
    PER_PAGE,
];

const LEVEL: Parameter = Parameter::required(
    "access_level",
    ParamKind::Integer,
    "10 Guest, 15 Planner, 20 Reporter, 30 Developer, 40 Maintainer, 50 Owner",
)
.one_of(LEVELS);
const ENDS: Parameter = Parameter::optional(
    "expires_at",
    ParamKind::Date,
    "The first day on which the membership no longer holds",
);

const ADD: &[Parameter] = &[
    Parameter::required("user_id", ParamKind::Integer, "Who"),
    LEVEL,
    ENDS,
];
const EDIT: &[Parameter] = &[LEVEL, ENDS];

pub(super) fn routes() -> Vec<Route> {
    [(Kind::Project, "projects"), (Kind::Group, "groups")]
        .into_iter()
        .flat_map(|(kind, name)| below(kind, &format!("/{name}/{{id}}/members")))
        .collect()
}

fn below(kind: Kind, base: &str) -> Vec<Route> {
    let one = format!("{base}/{{user_id}}");
    let all = format!("{base}/all");
    let one_of_all = format!("{all}/{{user_id}}");
    vec![
        Route::get(base, "List direct members", move |call| {
            index(call, kind, false)
        })
        .with(LIST),
        Route::get(
            &all,
            "List members, those of the groups above too",
            move |call| index(call, kind, true),
        )
        .with(LIST),
        Route::get(&one, "Get a direct member", move |call| {
            show(call, kind, false)
        }),
        Route::get(
            &one_of_all,
            "Get a member, be it of a group above",
            move |call| show(call, kind, true),
        ),
        Route::post(base, "Add a member", move |call| add(call, kind))
            .with(ADD)
            .refuses(&[StatusCode::CONFLICT]),
        Route::put(&one, "Edit a member", move |call| edit(call, kind)).with(EDIT),
        Route::delete(&one, "Remove a member", move |call| remove(call, kind)),
    ]
}

/// The group or project of a path.
struct Target {
    scope: MemberScope,
    /// the caller's level there
    level: AccessLevel,
    /// who owns the personal namespace it is in
    landlord: Option<UserId>,
}

async fn target(call: &Call, kind: Kind, needs: AccessLevel) -> Result<Target, ApiError> {
    let (scope, level, landlord) = match kind {
        Kind::Project => {
            let found = call.project(needs).await?;
            let namespace = &found.row.namespace;
            let landlord = match namespace.kind {
                NamespaceKind::User => namespace.owner_id,
                NamespaceKind::Group => None,
            };
            (MemberScope::Project(found.row.id), found.level, landlord)
        }
        Kind::Group => {
            let found = call.group(needs).await?;
            (MemberScope::Namespace(found.row.id), found.level, None)
        }
    };
    Ok(Target {
        scope,
        level: level.unwrap_or(AccessLevel::NoAccess),
        landlord,
    })
}

async fn index(call: Call, kind: Kind, all: bool) -> Result<Response, ApiError> {
    let scope = target(&call, kind, AccessLevel::NoAccess).await?.scope;
    let params = call.params()?;
    let page = paging::page(&params)?;
    let filter = MemberFilter {
        query: params.filled("query").map(str::to_owned),
    };
    let today = call.today();
    let found = call.app.store.read(move |sql| {
        if all {
            projects::all_members(sql, scope, &filter, today, page)
        } else {
            projects::members(sql, scope, &filter, today, page)
        }
    });
    let found = found.await?;
    Ok(paging::answer(&call, page, &found, |member| {
        entity(&call, member)
    }))
}

async fn show(call: Call, kind: Kind, all: bool) -> Result<Response, ApiError> {
    let scope = target(&call, kind, AccessLevel::NoAccess).await?.scope;
    let (user_id, today) = (call.id("user_id")?, call.today());
    let found = call.app.store.read(move |sql| {
        if all {
            projects::member_of_all(sql, scope, user_id, today)
        } else {
            projects::member(sql, scope, user_id, today)
        }
    });
    let member = found.await?.ok_or(ApiError::NoRecord)?;
    Ok(answer::ok(&entity(&call, &member)))
}

async fn add(call: Call, kind: Kind) -> Result<Response, ApiError> {
    let target = target(&call, kind, kind.manages()).await?;
    let params = call.params()?;
    let level = level(&params)?;
    let expires_at = expiry(&call, &params)?;
    let user = call
        .user(UserId(params.integer("user_id").unwrap_or(0)))
        .await?;
    if level > target.level {
        return Err(ApiError::Forbidden);
    }
    let (today, now, scope) = (call.today(), call.now, target.scope);
    let mut entry = call.entry("member.added", scope.into(), [])?;
    let work = call.write(move |sql| {
        if projects::member(sql, scope, user.id, today)?.is_some() {
            return Err(ApiError::Conflict("Member already exists".into()));
        }
        check_inherited(sql, scope, user.id, level, today)?;
        projects::add_member(sql, scope, (user.id, level, expires_at), now)?;
        let member = find_member(sql, scope, user.id, today)?;
        entry.changes = differences(None, Some(&member));
        audit::add(sql, &entry)?;
        Ok(member)
    });
    let member = work.await?;
    Ok(answer::created(&entity(&call, &member)))
}

async fn edit(call: Call, kind: Kind) -> Result<Response, ApiError> {
    let target = target(&call, kind, kind.manages()).await?;
    let params = call.params()?;
    let level = level(&params)?;
    let expires_at = expiry(&call, &params)?;
    let (user_id, today, scope) = (call.id("user_id")?, call.today(), target.scope);
    let given = params.has("expires_at");
    let mut entry = call.entry("member.changed", scope.into(), [])?;
    let work = call.write(move |sql| {
        let old = projects::member(sql, scope, user_id, today)?.ok_or(ApiError::NoRecord)?;
        if old.access_level > target.level || level > target.level {
            return Err(ApiError::Forbidden);
        }
        let expires_at = if given { expires_at } else { old.expires_at };
        let stays_owner = level == AccessLevel::Owner && expires_at.is_none();
        if !stays_owner {
            check_last_owner(sql, &target, &old)?;
        }
        check_inherited(sql, scope, user_id, level, today)?;
        projects::update_member(sql, scope, (user_id, level, expires_at))?;
        let member = find_member(sql, scope, user_id, today)?;
        entry.changes = differences(Some(&old), Some(&member));
        if !entry.changes.is_empty() {
            audit::add(sql, &entry)?;
        }
        Ok(member)
    });
    let member = work.await?;
    Ok(answer::ok(&entity(&call, &member)))
}

async fn remove(call: Call, kind: Kind) -> Result<Response, ApiError> {
    let (user_id, today) = (call.id("user_id")?, call.today());
    // One may always leave.
    let needs = if user_id == call.caller()?.user.id {
        AccessLevel::NoAccess
    } else {
        kind.manages()
    };
    let target = target(&call, kind, needs).await?;
    let mut entry = call.entry("member.removed", target.scope.into(), [])?;
    let work = call.write(move |sql| {
        let old = projects::member(sql, target.scope, user_id, today)?;
        let old = old.ok_or(ApiError::NoRecord)?;
        if old.access_level > target.level {
            return Err(ApiError::Forbidden);
        }
        check_last_owner(sql, &target, &old)?;
        entry.changes = differences(Some(&old), None);
        audit::add(sql, &entry)?;
        Ok(projects::remove_member(sql, target.scope, user_id)?)
    });
    work.await?;
    Ok(answer::no_content())
}

/// What the audit log says of a membership.
fn differences(old: Option<&Member>, new: Option<&Member>) -> Vec<Change> {
    let shown = |member: Option<&Member>| {
        member.map(|member| {
            json!({
                "username": member.user.username,
                "access_level": member.access_level.number(),
                "expires_at": member.expires_at.map(|day| day.to_string()),
            })
        })
    };
    Change::value("member", shown(old), shown(new))
        .into_iter()
        .collect()
}

fn entity(call: &Call, member: &Member) -> Value {
    entities::member(&call.app, member)
}

fn level(params: &Params) -> Result<AccessLevel, ApiError> {
    let number = params.integer("access_level").unwrap_or(-1);
    AccessLevel::try_from(number)
        .map_err(|_| ApiError::Parameters("access_level does not have a valid value".into()))
}

fn expiry(call: &Call, params: &Params) -> Result<Option<Date>, ApiError> {
    match params.date("expires_at") {
        Some(day) if day <= call.today() => {
            Err(Problems::one("expires_at", "cannot be a date in the past"))
        }
        other => Ok(other),
    }
}

fn find_member(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
    today: Date,
) -> Result<Member, ApiError> {
    projects::member(sql, scope, user_id, today)?.ok_or(ApiError::NoRecord)
}

/// A group never is without an owner, and a personal project never without its own.
fn check_last_owner(sql: &mut dyn Sql, target: &Target, old: &Member) -> Result<(), ApiError> {
    let owns = old.access_level == AccessLevel::Owner && old.expires_at.is_none();
    let last = match target.scope {
        MemberScope::Namespace(_) => owns && projects::owner_count(sql, target.scope)? <= 1,
        MemberScope::Project(_) => target.landlord == Some(old.user.id),
    };
    if last {
        return Err(ApiError::Forbidden);
    }
    Ok(())
}

/// A membership below the one inherited from the groups above would have no effect.
fn check_inherited(
    sql: &mut dyn Sql,
    scope: MemberScope,
    user_id: UserId,
    level: AccessLevel,
    today: Date,
) -> Result<(), ApiError> {
    match projects::inherited_level(sql, scope, user_id, today)? {
        Some(above) if above > level => Err(Problems::one(
            "access_level",
            format!(
                "should be greater than or equal to the level {} inherited from a group above",
                above.number()
            ),
        )),
        _ => Ok(()),
    }
}
