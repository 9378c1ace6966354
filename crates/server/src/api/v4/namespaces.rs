//! `/namespaces`: groups and personal namespaces together.

use super::entities;
use super::listing::SEARCH;
use crate::answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::paging::{self, PAGE, PER_PAGE};
use crate::params::{ParamKind, Parameter};
use crate::routes::Route;
use axum::response::Response;
use model::access::AccessLevel;
use store::projects::{self, NamespaceFilter};

const LIST: &[Parameter] = &[
    SEARCH,
    Parameter::optional(
        "owned_only",
        ParamKind::Boolean,
        "Only those that the user of the token owns",
    ),
    PAGE,
    PER_PAGE,
];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(
            "/namespaces",
            "List the namespaces of the user of the token",
            index,
        )
        .with(LIST),
        Route::get("/namespaces/{id}", "Get a namespace", show),
    ]
}

async fn index(call: Call) -> Result<Response, ApiError> {
    let params = call.params()?;
    let page = paging::page(&params)?;
    let caller = &call.caller()?.user;
    let owned = params.flag("owned_only") == Some(true);
    let filter = NamespaceFilter {
        viewer: (!caller.admin || owned).then_some(caller.id),
        owned,
        search: params.filled("search").map(str::to_owned),
    };
    let today = call.today();
    let found = call
        .app
        .store
        .read(move |sql| projects::list_namespaces(sql, &filter, today, page));
    let found = found.await?;
    Ok(paging::answer(&call, page, &found, |namespace| {
        entities::namespace(&call.app, namespace)
    }))
}

async fn show(call: Call) -> Result<Response, ApiError> {
    let found = call
        .namespace(call.name("id"), AccessLevel::NoAccess)
        .await?;
    Ok(answer::ok(&entities::namespace(&call.app, &found.row)))
}
