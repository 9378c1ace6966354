//! What lists of projects have in common, wherever they are.

use super::entities;
use crate::call::Call;
use crate::error::ApiError;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter, Params};
use axum::response::Response;
use model::access::{AccessLevel, Visibility};
use model::id::NamespaceId;
use store::projects::{self, ProjectFilter, ProjectOrder, Viewer};

/// Levels that a member can have.
pub(super) const LEVELS: &[&str] = &["10", "15", "20", "30", "40", "50"];
/// Who may see something.
pub(super) const VISIBILITIES: &[&str] = &["private", "internal", "public"];

pub(super) const SEARCH: Parameter = Parameter::optional(
    "search",
    ParamKind::Text,
    "Only those with this in name or path",
);
pub(super) const OWNED: Parameter = Parameter::optional(
    "owned",
    ParamKind::Boolean,
    "Only those that the user of the token owns",
);
pub(super) const MIN_ACCESS_LEVEL: Parameter = Parameter::optional(
    "min_access_level",
    ParamKind::Integer,
    "Only those in which the user of the token has at least this level",
)
.one_of(LEVELS);
pub(super) const VISIBILITY: Parameter =
    Parameter::optional("visibility", ParamKind::Text, "Only those visible so")
        .one_of(VISIBILITIES);
pub(super) const SORT: Parameter =
    Parameter::optional("sort", ParamKind::Text, "Ascending or descending")
        .one_of(&["asc", "desc"]);

/// The parameters of every list of projects.
pub(super) const PROJECTS: [Parameter; 13] = [
    SEARCH,
    Parameter::optional(
        "membership",
        ParamKind::Boolean,
        "Only projects that the user of the token is a member of",
    ),
    OWNED,
    Parameter::optional(
        "archived",
        ParamKind::Boolean,
        "Only projects that are archived, or that are not",
    ),
    VISIBILITY,
    Parameter::optional("simple", ParamKind::Boolean, "Fewer fields"),
    MIN_ACCESS_LEVEL,
    Parameter::optional("order_by", ParamKind::Text, "By what to order").one_of(&[
        "id",
        "name",
        "path",
        "created_at",
        "updated_at",
        "last_activity_at",
        "similarity",
        "star_count",
    ]),
    SORT,
    Parameter::optional(
        "id_after",
        ParamKind::Integer,
        "Only projects with a greater id",
    ),
    Parameter::optional(
        "id_before",
        ParamKind::Integer,
        "Only projects with a smaller id",
    ),
    PAGE,
    PER_PAGE,
];

/// The level that `owned`, `min_access_level` and `membership` ask for together.
pub(super) fn least_level(params: &Params) -> Option<AccessLevel> {
    let requested = |name: &str, level| params.flag(name).filter(|flag| *flag).map(|_| level);
    let number = params.integer("min_access_level");
    [
        requested("owned", AccessLevel::Owner),
        requested("membership", AccessLevel::Guest),
        number.and_then(|number| AccessLevel::try_from(number).ok()),
    ]
    .into_iter()
    .flatten()
    .max()
}

/// Answers with a list of projects, of one namespace if given.
pub(super) async fn projects(
    call: &Call,
    namespace_id: Option<NamespaceId>,
    subgroups: bool,
) -> Result<Response, ApiError> {
    let params = call.params()?;
    let page = paging::page(&params)?;
    let caller = &call.caller()?.user;
    let viewer = match least_level(&params) {
        Some(level) => Viewer::Member(caller.id, level),
        None if caller.admin => Viewer::Admin,
        None => Viewer::User(caller.id),
    };
    let filter = ProjectFilter {
        viewer,
        search: params.filled("search").map(str::to_owned),
        archived: params.flag("archived"),
        visibility: params.text("visibility").and_then(Visibility::from_name),
        namespace_id,
        subgroups,
        id_after: params.integer("id_after"),
        id_before: params.integer("id_before"),
        order: match params.text("order_by") {
            Some("id") => ProjectOrder::Id,
            Some("name" | "similarity") => ProjectOrder::Name,
            Some("path") => ProjectOrder::Path,
            Some("updated_at" | "last_activity_at") => ProjectOrder::Activity,
            _ => ProjectOrder::Created,
        },
        ascending: params.text("sort") == Some("asc"),
    };
    let today = call.today();
    let found = call
        .app
        .store
        .read(move |sql| projects::list_projects(sql, &filter, today, page));
    let found = found.await?;
    let simple = params.flag("simple") == Some(true);
    Ok(paging::answer(call, page, &found, |project| {
        if simple {
            entities::simple_project(&call.app, project)
        } else {
            entities::project(&call.app, project)
        }
    }))
}
