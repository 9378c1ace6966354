//! `/groups`, nested as deep as one likes.

use super::listing::{
    self, MIN_ACCESS_LEVEL, OWNED, PROJECTS, SEARCH, SORT, VISIBILITIES, VISIBILITY,
};
use super::{audit_changes, entities, names};
use crate::answer;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use model::access::{AccessLevel, Visibility};
use model::id::NamespaceId;
use store::StoreError;
use store::audit::{self, Subject};
use store::projects::{self, GroupChanges, GroupFilter, GroupOrder, Namespace, NewGroup};

const LIST: &[Parameter] = &[
    SEARCH,
    OWNED,
    MIN_ACCESS_LEVEL,
    Parameter::optional(
        "top_level_only",
        ParamKind::Boolean,
        "Only groups that are in no other",
    ),
    Parameter::optional(
        "all_available",
        ParamKind::Boolean,
        "Also groups that the user may see without being a member",
    ),
    VISIBILITY,
    Parameter::optional("order_by", ParamKind::Text, "By what to order").one_of(&[
        "name",
        "path",
        "id",
        "similarity",
    ]),
    SORT,
    PAGE,
    PER_PAGE,
];

const NAME: &str = "Name that is shown";
const PATH: &str = "Last part of the path";
const DESCRIPTION: Parameter =
    Parameter::optional("description", ParamKind::Text, "What the group is for");
const SEEN: Parameter =
    Parameter::optional("visibility", ParamKind::Text, "Who may see it").one_of(VISIBILITIES);

const CREATE: &[Parameter] = &[
    Parameter::required("name", ParamKind::Text, NAME),
    Parameter::required("path", ParamKind::Text, PATH),
    Parameter::optional("parent_id", ParamKind::Integer, "The group to put it in"),
    DESCRIPTION,
    SEEN,
];

const EDIT: &[Parameter] = &[
    Parameter::optional("name", ParamKind::Text, NAME),
    Parameter::optional("path", ParamKind::Text, PATH),
    DESCRIPTION,
    SEEN,
];

pub(super) fn routes() -> Vec<Route> {
    let inside = Parameter::optional(
        "include_subgroups",
        ParamKind::Boolean,
        "Also projects of the groups below",
    );
    let projects: Vec<Parameter> = PROJECTS.into_iter().chain([inside]).collect();
    vec![
        Route::get("/groups", "List groups", index).with(LIST),
        Route::post("/groups", "Create a group", create).with(CREATE),
        Route::get("/groups/{id}", "Get a group", show),
        Route::put("/groups/{id}", "Edit a group", edit).with(EDIT),
        Route::delete(
            "/groups/{id}",
            "Delete a group with all that is in it",
            delete,
        )
        .answers(StatusCode::ACCEPTED),
        Route::get(
            "/groups/{id}/subgroups",
            "List the groups in a group",
            subgroups,
        )
        .with(LIST),
        Route::get(
            "/groups/{id}/projects",
            "List the projects of a group",
            group_projects,
        )
        .with(projects),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    list(&call, None).await
}

async fn subgroups(call: Call) -> Result<Response, ApiError> {
    let group = call.group(AccessLevel::NoAccess).await?;
    list(&call, Some(group.row.id)).await
}

async fn group_projects(call: Call) -> Result<Response, ApiError> {
    let group = call.group(AccessLevel::NoAccess).await?;
    let inside = call.params()?.flag("include_subgroups") == Some(true);
    listing::projects(&call, Some(group.row.id), inside).await
}

async fn list(call: &Call, parent_id: Option<NamespaceId>) -> Result<Response, ApiError> {
    let params = call.params()?;
    let page = paging::page(&params)?;
    let caller = &call.caller()?.user;
    let mut at_least = listing::least_level(&params);
    if params.flag("all_available") == Some(false) {
        at_least = at_least.max(Some(AccessLevel::Guest));
    }
    let filter = GroupFilter {
        viewer: (!caller.admin || at_least.is_some()).then_some(caller.id),
        at_least,
        parent_id,
        top_level: params.flag("top_level_only") == Some(true),
        search: params.filled("search").map(str::to_owned),
        visibility: params.text("visibility").and_then(Visibility::from_name),
        order: match params.text("order_by") {
            Some("path") => GroupOrder::Path,
            Some("id") => GroupOrder::Id,
            _ => GroupOrder::Name,
        },
        descending: params.text("sort") == Some("desc"),
    };
    let today = call.today();
    let found = call
        .app
        .store
        .read(move |sql| projects::list_groups(sql, &filter, today, page));
    let found = found.await?;
    Ok(paging::answer(call, page, &found, |group| {
        entities::group(&call.app, group)
    }))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let group = call.group(AccessLevel::NoAccess).await?;
    Ok(answer::ok(&entities::group(&call.app, &group.row)))
}

async fn create(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let parent = match params.integer("parent_id") {
        Some(id) => Some(parent(&call, id).await?),
        None => None,
    };
    let text = |name: &str| params.text(name).unwrap_or_default().trim().to_owned();
    let (name, path, description) = (text("name"), text("path"), text("description"));
    let visibility = params.text("visibility").and_then(Visibility::from_name);
    let visibility = visibility.unwrap_or_default();
    let mut problems = Problems::default();
    names::check_name(&name, &mut problems);
    names::check_path(&path, parent.is_none(), "path", &mut problems);
    check_visibility(visibility, parent.as_ref(), &mut problems);
    problems.check()?;
    let (creator_id, now) = (call.caller()?.user.id, call.now);
    let mut entry = call.entry("group.created", Subject::Instance, [])?;
    let work = call.app.store.write(move |sql| {
        let new = NewGroup {
            name: &name,
            path: &path,
            description: &description,
            visibility,
            parent: parent.as_ref(),
            creator_id,
        };
        let group = projects::add_group(sql, &new, now)?;
        entry.subject = Subject::Namespace(group.id);
        audit::add(sql, &entry)?;
        Ok(group)
    });
    let group = work.await.map_err(taken)?;
    Ok(answer::created(&entities::group(&call.app, &group)))
}

/// The parent of a new group; requires Maintainer.
async fn parent(call: &Call, id: i64) -> Result<Namespace, ApiError> {
    let found = call
        .namespace(&id.to_string(), AccessLevel::NoAccess)
        .await
        .map_err(|error| match error {
            ApiError::NotFound(_) => ApiError::NotFound("Group"),
            other => other,
        })?;
    match found.row.kind {
        projects::NamespaceKind::User => Err(ApiError::NotFound("Group")),
        projects::NamespaceKind::Group if found.has(AccessLevel::Maintainer) => Ok(found.row),
        projects::NamespaceKind::Group => Err(ApiError::Forbidden),
    }
}

fn check_visibility(wanted: Visibility, parent: Option<&Namespace>, problems: &mut Problems) {
    if let Some(parent) = parent
        && wanted > parent.visibility
    {
        let text = format!(
            "{} is not allowed since the parent group has a {} visibility.",
            wanted.name(),
            parent.visibility.name()
        );
        problems.add("visibility_level", text);
    }
}

fn taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict => Problems::one("path", "has already been taken"),
        other => other.into(),
    }
}

async fn edit(call: Call) -> Result<Response, ApiError> {
    let group = call.group(AccessLevel::Owner).await?.row;
    let params = call.params()?;
    let text = |name: &str| params.text(name).map(|text| text.trim().to_owned());
    let changes = GroupChanges {
        name: text("name"),
        path: text("path"),
        description: text("description"),
        visibility: params.text("visibility").and_then(Visibility::from_name),
    };
    let parent = match group.parent_id {
        Some(id) => {
            call.app
                .store
                .read(move |sql| projects::namespace(sql, id))
                .await?
        }
        None => None,
    };
    let mut problems = Problems::default();
    if let Some(name) = &changes.name {
        names::check_name(name, &mut problems);
    }
    if let Some(path) = &changes.path {
        names::check_path(path, parent.is_none(), "path", &mut problems);
    }
    if let Some(visibility) = changes.visibility {
        check_visibility(visibility, parent.as_ref(), &mut problems);
    }
    problems.check()?;
    let mut entry = call.entry("group.changed", Subject::Namespace(group.id), [])?;
    let work = call.app.store.write(move |sql| {
        let new = projects::update_group(sql, &group, &changes)?;
        entry.changes = audit_changes::group(&group, &new);
        audit::add_if_changed(sql, &entry)?;
        Ok(new)
    });
    let group = work.await.map_err(taken)?;
    Ok(answer::ok(&entities::group(&call.app, &group)))
}

async fn delete(call: Call) -> Result<Response, ApiError> {
    let group = call.group(AccessLevel::Owner).await?.row;
    let entry = call.entry("group.deleted", Subject::Namespace(group.id), [])?;
    let work = call.app.store.write(move |sql| {
        audit::add(sql, &entry)?;
        projects::delete_group(sql, group.id)
    });
    work.await?;
    Ok(answer::accepted())
}
