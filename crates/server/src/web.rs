//! Web pages: sign-in, projects, and Crosstie's own page of a commit.
//!
//! Pages show what the API's rules allow and never decide themselves. What a user may not see is
//! treated the same whether it exists or not: a redirect to the sign-in page before signing in, 404
//! after.

mod assets;
mod commit;
mod cookie;
mod delivery;
mod error_page;
mod form_token;
mod home;
mod layout;
mod page_error;
mod page_request;
mod project;
mod pushed;
mod redirect;
mod security_headers;
mod sign_in;
mod text;

use crate::app::App;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use page_error::PageError;
use page_request::PageRequest;

/// Handles every path that is not an API route.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(name) = path.strip_prefix(assets::FOLDER) {
        return assets::answer(name);
    }
    if is_for_programs(path) {
        return ApiError::NoRoute.into_response();
    }
    let mut request = PageRequest::of(app, request).await;
    let result = authenticated_page(&mut request).await;
    let response = result.unwrap_or_else(|error| error_page::respond(&error, &request));
    request.with_cookies(response)
}

async fn authenticated_page(request: &mut PageRequest) -> Result<Response, PageError> {
    request.authenticate().await?;
    request.check_rate_limit()?;
    page(request).await
}

/// Whether clients of these paths are programs, which get errors as JSON.
fn is_for_programs(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    matches!(first, Some("api" | "hooks" | "-"))
}

async fn page(request: &mut PageRequest) -> Result<Response, PageError> {
    let path = request.path()?;
    match (request.method(), path.as_str()) {
        (&Method::GET, "") => home::show(request).await,
        (&Method::GET, "users/sign_in") => sign_in::form(request),
        (&Method::POST, "users/sign_in") => sign_in::submit(request).await,
        (&Method::POST, "users/sign_out") => sign_in::end(request).await,
        (_, path) => page_of_project(request, path).await,
    }
}

/// A project's pages: the project's path, which may have any depth, `/-/`, and the page's own path.
async fn page_of_project(request: &PageRequest, path: &str) -> Result<Response, PageError> {
    let (project, rest) = path.split_once("/-/").unwrap_or((path, ""));
    let project = request.project(project).await?;
    let parts: Vec<&str> = rest.split('/').collect();
    match (request.method(), &parts[..]) {
        (&Method::GET, [""]) => project::show(request, &project).await,
        // Messages link to branches and tags; the project's page shows their pushes.
        (&Method::GET, ["tree" | "commits" | "tags", _, ..] | ["branches"]) => {
            Ok(request.redirect(&format!("/{}", project.row.full_path)))
        }
        // Messages also link to the changes of a push; the page of its newest commit shows them.
        (&Method::GET, ["compare", range]) => {
            let (_, newest) = range.rsplit_once("...").ok_or(PageError::NotFound)?;
            commit::show(request, &project, newest).await
        }
        (&Method::GET, ["commit", sha]) => commit::show(request, &project, sha).await,
        (&Method::GET, ["deliveries", file]) => delivery::show(request, &project, file).await,
        _ => Err(PageError::NotFound),
    }
}

#[cfg(test)]
mod tests;
