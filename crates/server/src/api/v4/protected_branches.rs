//! `/projects/:id/protected_branches`, which `branches_to_be_notified` refers to.

use super::{audit_changes, entities};
use crate::answer;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use model::access::AccessLevel;
use store::StoreError;
use store::audit::{self, Subject};
use store::projects::{self, NewProtectedBranch};

const LEVELS: &[&str] = &["0", "30", "40"];
const PUSH: Parameter = Parameter::optional(
    "push_access_level",
    ParamKind::Integer,
    "Who may push: 0 nobody, 30 Developers, 40 Maintainers",
)
.one_of(LEVELS);
const MERGE: Parameter = Parameter::optional(
    "merge_access_level",
    ParamKind::Integer,
    "Who may merge: 0 nobody, 30 Developers, 40 Maintainers",
)
.one_of(LEVELS);
const FORCE: Parameter = Parameter::optional(
    "allow_force_push",
    ParamKind::Boolean,
    "Whether history may be rewritten",
);

const LIST: &[Parameter] = &[
    Parameter::optional(
        "search",
        ParamKind::Text,
        "Only those with this in their name",
    ),
    PAGE,
    PER_PAGE,
];
const CREATE: &[Parameter] = &[
    Parameter::required(
        "name",
        ParamKind::Text,
        "Name of the branch, or a pattern with *",
    ),
    PUSH,
    MERGE,
    FORCE,
];
const EDIT: &[Parameter] = &[PUSH, MERGE, FORCE];

const LONGEST: usize = 255;

pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/projects/{id}/protected_branches";
    const ONE: &str = "/projects/{id}/protected_branches/{name}";
    vec![
        Route::get(ALL, "List protected branches", index).with(LIST),
        Route::post(ALL, "Protect a branch", create)
            .with(CREATE)
            .refuses(&[StatusCode::CONFLICT]),
        Route::get(ONE, "Get a protected branch", show),
        Route::patch(ONE, "Edit how a branch is protected", edit).with(EDIT),
        Route::delete(ONE, "End the protection of a branch", delete),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let project_id = call.project(AccessLevel::Developer).await?.row.id;
    let params = call.params()?;
    let page = paging::page(&params)?;
    let search = params.filled("search").map(str::to_owned);
    let found = call.app.store.read(move |sql| {
        projects::protected_branches_page(sql, project_id, search.as_deref(), page)
    });
    let found = found.await?;
    Ok(paging::answer(
        &call,
        page,
        &found,
        entities::protected_branch,
    ))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let project_id = call.project(AccessLevel::Developer).await?.row.id;
    let name = call.name("name").to_owned();
    let found = call
        .app
        .store
        .read(move |sql| projects::protected_branch(sql, project_id, &name));
    let branch = found.await?.ok_or(ApiError::NoRecord)?;
    Ok(answer::ok(&entities::protected_branch(&branch)))
}

async fn create(call: Call) -> Result<Response, ApiError> {
    let project_id = call.project(AccessLevel::Maintainer).await?.row.id;
    let params = call.params()?;
    let name = params.text("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(Problems::one("name", "can't be blank"));
    }
    if name.len() > LONGEST {
        let text = "is too long (maximum is 255 characters)";
        return Err(Problems::one("name", text));
    }
    let push_level = level(&params, "push_access_level").unwrap_or(AccessLevel::Maintainer);
    let merge_level = level(&params, "merge_access_level").unwrap_or(AccessLevel::Maintainer);
    let allow_force_push = params.flag("allow_force_push").unwrap_or(false);
    let mut entry = call.entry("protected_branch.added", Subject::Project(project_id), [])?;
    let taken = ApiError::Conflict(format!("Protected branch '{name}' already exists"));
    let work = call.app.store.write(move |sql| {
        let new = NewProtectedBranch {
            name: &name,
            push_level,
            merge_level,
            allow_force_push,
        };
        let branch = projects::add_protected_branch(sql, project_id, &new)?;
        entry.changes = audit_changes::branch(None, Some(&branch));
        audit::add(sql, &entry)?;
        Ok(branch)
    });
    let branch = work.await.map_err(|error| match error {
        StoreError::Conflict => taken,
        other => other.into(),
    })?;
    Ok(answer::created(&entities::protected_branch(&branch)))
}

async fn edit(call: Call) -> Result<Response, ApiError> {
    let project_id = call.project(AccessLevel::Maintainer).await?.row.id;
    let params = call.params()?;
    let name = call.name("name").to_owned();
    let mut entry = call.entry("protected_branch.changed", Subject::Project(project_id), [])?;
    let work = call.write(move |sql| {
        let found = projects::protected_branch(sql, project_id, &name)?;
        let old = found.ok_or(ApiError::NoRecord)?;
        let mut branch = old.clone();
        branch.push_level = level(&params, "push_access_level").unwrap_or(branch.push_level);
        branch.merge_level = level(&params, "merge_access_level").unwrap_or(branch.merge_level);
        branch.allow_force_push = params
            .flag("allow_force_push")
            .unwrap_or(branch.allow_force_push);
        projects::update_protected_branch(sql, &branch)?;
        entry.changes = audit_changes::branch(Some(&old), Some(&branch));
        audit::add_if_changed(sql, &entry)?;
        Ok(branch)
    });
    let branch = work.await?;
    Ok(answer::ok(&entities::protected_branch(&branch)))
}

async fn delete(call: Call) -> Result<Response, ApiError> {
    let project_id = call.project(AccessLevel::Maintainer).await?.row.id;
    let name = call.name("name").to_owned();
    let mut entry = call.entry("protected_branch.removed", Subject::Project(project_id), [])?;
    let work = call.write(move |sql| {
        let found = projects::protected_branch(sql, project_id, &name)?;
        let old = found.ok_or(ApiError::NoRecord)?;
        entry.changes = audit_changes::branch(Some(&old), None);
        audit::add(sql, &entry)?;
        Ok(projects::delete_protected_branch(sql, project_id, &name)?)
    });
    work.await?;
    Ok(answer::no_content())
}

fn level(params: &Params, name: &str) -> Option<AccessLevel> {
    AccessLevel::try_from(params.integer(name)?).ok()
}
