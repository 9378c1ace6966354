//! `/projects`.

use super::listing::{self, PROJECTS, VISIBILITIES};
use super::{audit_changes, entities, names};
use crate::answer;
use crate::call::Call;
use crate::error::{ApiError, Problems};
use crate::params::{ParamKind, Parameter, Params};
use crate::routes::Route;
use axum::response::Response;
use http::StatusCode;
use model::access::{AccessLevel, Visibility};
use model::id::{NamespaceId, ProjectId};
use store::Sql;
use store::audit::{self, Subject};
use store::projects::{self, Namespace, NamespaceKind, NewProject, ProjectChanges, ProjectRow};

const DESCRIPTION: Parameter =
    Parameter::optional("description", ParamKind::Text, "What the project is for");
const SEEN: Parameter =
    Parameter::optional("visibility", ParamKind::Text, "Who may see it").one_of(VISIBILITIES);
const DEFAULT_BRANCH: Parameter = Parameter::optional(
    "default_branch",
    ParamKind::Text,
    "The branch on which closing references count",
);

const CREATE: &[Parameter] = &[
    Parameter::optional(
        "name",
        ParamKind::Text,
        "Name that is shown; made from the path unless given",
    ),
    Parameter::optional(
        "path",
        ParamKind::Text,
        "Last part of the path; made from the name unless given",
    ),
    Parameter::optional(
        "namespace_id",
        ParamKind::Integer,
        "The group or personal namespace to put it in; your own unless given",
    ),
    DESCRIPTION,
    SEEN,
    DEFAULT_BRANCH,
];

const EDIT: &[Parameter] = &[
    Parameter::optional("name", ParamKind::Text, "Name that is shown"),
    Parameter::optional("path", ParamKind::Text, "Last part of the path"),
    DESCRIPTION,
    SEEN,
    DEFAULT_BRANCH,
];

const LONGEST_BRANCH: usize = 255;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/projects", "List projects", index).with(&PROJECTS[..]),
        Route::post("/projects", "Create a project", create).with(CREATE),
        Route::get("/projects/{id}", "Get a project", show),
        Route::put("/projects/{id}", "Edit a project", edit).with(EDIT),
        Route::delete("/projects/{id}", "Delete a project", delete).answers(StatusCode::ACCEPTED),
        Route::post("/projects/{id}/archive", "Put a project away", |call| {
            archive(call, true)
        }),
        Route::post("/projects/{id}/unarchive", "Take a project back", |call| {
            archive(call, false)
        }),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    listing::projects(&call, None, false).await
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let found = call.project(AccessLevel::NoAccess).await?;
    Ok(answer::ok(&entities::project(&call.app, &found.row)))
}

async fn create(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let (name, path) = name_and_path(&params)?;
    let namespace = home(&call, params.integer("namespace_id")).await?;
    let visibility = params.text("visibility").and_then(Visibility::from_name);
    let visibility = visibility.unwrap_or_default();
    let branch = params.filled("default_branch").unwrap_or("main").to_owned();
    let mut problems = Problems::default();
    names::check_name(&name, &mut problems);
    names::check_path(&path, false, "path", &mut problems);
    check_branch(&branch, &mut problems);
    check_visibility(visibility, &namespace, &mut problems);
    problems.check()?;
    let description = params.text("description").map(str::to_owned);
    let (creator_id, now) = (call.caller()?.user.id, call.now);
    let mut entry = call.entry("project.created", Subject::Instance, [])?;
    let work = call.write(move |sql| {
        let full_path = format!("{}/{path}", namespace.full_path);
        check_free(sql, namespace.id, Some(&name), Some(&full_path), None)?;
        let new = NewProject {
            namespace: &namespace,
            name: &name,
            path: &path,
            description: description.as_deref(),
            visibility,
            default_branch: &branch,
            creator_id,
        };
        let project = projects::add_project(sql, &new, now)?;
        entry.subject = Subject::Project(project.id);
        audit::add(sql, &entry)?;
        Ok(project)
    });
    let project = work.await?;
    Ok(answer::created(&entities::project(&call.app, &project)))
}

/// Name and path; each is made from the other when it is left out.
fn name_and_path(params: &Params) -> Result<(String, String), ApiError> {
    let (name, path) = (params.text("name"), params.text("path"));
    match (name.map(str::trim), path.map(str::trim)) {
        (None, None) => Err(ApiError::Parameters(
            "name, path are missing, at least one parameter must be provided".into(),
        )),
        (Some(name), None) => Ok((name.to_owned(), names::path_from(name))),
        (None, Some(path)) => Ok((path.to_owned(), path.to_owned())),
        (Some(name), Some(path)) => Ok((name.to_owned(), path.to_owned())),
    }
}

/// The namespace of a new project; in a group it requires Developer.
async fn home(call: &Call, id: Option<i64>) -> Result<Namespace, ApiError> {
    let Some(id) = id else {
        let user_id = call.caller()?.user.id;
        let own = call
            .app
            .store
            .read(move |sql| projects::personal_namespace(sql, user_id));
        return own.await?.ok_or(ApiError::NotFound("Namespace"));
    };
    let found = call
        .namespace(&id.to_string(), AccessLevel::Developer)
        .await?;
    Ok(found.row)
}

fn check_branch(branch: &str, problems: &mut Problems) {
    let odd =
        |letter: char| letter.is_control() || letter.is_whitespace() || "~^:?*[\\".contains(letter);
    if branch.is_empty() {
        problems.add("default_branch", "can't be blank");
    } else if branch.len() > LONGEST_BRANCH
        || branch.chars().any(odd)
        || branch.contains("..")
        || branch.starts_with(['-', '/'])
        || branch.ends_with(['/', '.'])
    {
        problems.add("default_branch", "is not the name of a branch");
    }
}

fn check_visibility(wanted: Visibility, namespace: &Namespace, problems: &mut Problems) {
    if namespace.kind == NamespaceKind::Group && wanted > namespace.visibility {
        let text = format!(
            "{} is not allowed in a {} group.",
            wanted.name(),
            namespace.visibility.name()
        );
        problems.add("visibility_level", text);
    }
}

/// Tells every name that is taken at once.
fn check_free(
    sql: &mut dyn Sql,
    namespace_id: NamespaceId,
    name: Option<&str>,
    full_path: Option<&str>,
    except: Option<ProjectId>,
) -> Result<(), ApiError> {
    let mut problems = Problems::default();
    if let Some(name) = name
        && projects::name_taken(sql, namespace_id, name, except)?
    {
        problems.add("name", "has already been taken");
    }
    if let Some(path) = full_path
        && projects::path_taken(sql, path)?
    {
        problems.add("path", "has already been taken");
    }
    problems.check()
}

async fn edit(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Maintainer).await?.row;
    let params = call.params()?;
    let text = |name: &str| params.text(name).map(|text| text.trim().to_owned());
    let changes = ProjectChanges {
        name: text("name"),
        path: text("path"),
        description: params
            .has("description")
            .then(|| params.text("description").map(str::to_owned)),
        visibility: params.text("visibility").and_then(Visibility::from_name),
        default_branch: text("default_branch"),
        archived: None,
    };
    let mut problems = Problems::default();
    if let Some(name) = &changes.name {
        names::check_name(name, &mut problems);
    }
    if let Some(path) = &changes.path {
        names::check_path(path, false, "path", &mut problems);
    }
    if let Some(branch) = &changes.default_branch {
        check_branch(branch, &mut problems);
    }
    if let Some(visibility) = changes.visibility {
        check_visibility(visibility, &project.namespace, &mut problems);
    }
    problems.check()?;
    let project = save(&call, project, changes).await?;
    Ok(answer::ok(&entities::project(&call.app, &project)))
}

async fn save(
    call: &Call,
    project: ProjectRow,
    changes: ProjectChanges,
) -> Result<ProjectRow, ApiError> {
    let mut entry = call.entry("project.changed", Subject::Project(project.id), [])?;
    call.write(move |sql| {
        let moved = changes
            .path
            .as_ref()
            .map(|path| format!("{}/{path}", project.namespace.full_path))
            .filter(|path| projects::path_key(path) != projects::path_key(&project.full_path));
        let (name, path) = (changes.name.as_deref(), moved.as_deref());
        check_free(sql, project.namespace.id, name, path, Some(project.id))?;
        let new = projects::update_project(sql, &project, &changes)?;
        entry.changes = audit_changes::project(&project, &new);
        audit::add_if_changed(sql, &entry)?;
        Ok(new)
    })
    .await
}

async fn delete(call: Call) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Owner).await?.row;
    let entry = call.entry("project.deleted", Subject::Project(project.id), [])?;
    let work = call.app.store.write(move |sql| {
        audit::add(sql, &entry)?;
        projects::delete_project(sql, project.id)
    });
    work.await?;
    Ok(answer::accepted())
}

async fn archive(call: Call, archived: bool) -> Result<Response, ApiError> {
    let project = call.project(AccessLevel::Owner).await?.row;
    let changes = ProjectChanges {
        archived: Some(archived),
        ..ProjectChanges::default()
    };
    let project = save(&call, project, changes).await?;
    Ok(answer::created(&entities::project(&call.app, &project)))
}
