//! Pages for people: sign-in, the projects, and Crosstie's own page of a commit.
//!
//! Pages show what was decided elsewhere, by the rules of the API, and never decide
//! themselves. Whoever is not signed in and asks for what is not public is led to the
//! sign-in page, whether there is such a thing or not; whoever is signed in and may not
//! see it learns that it is not there.

mod assets;
mod commit;
mod cookie;
mod delivery;
mod form_token;
mod frame;
mod home;
mod local;
mod project;
mod pushed;
mod refusal;
mod sign_in;
mod text;
mod throttle;
mod visit;

pub(crate) use throttle::Throttle;

use crate::app::App;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::Method;
use refusal::Refusal;
use visit::Visit;

/// Answers whatever is not the API's.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(name) = path.strip_prefix(assets::FOLDER) {
        return assets::answer(name);
    }
    if is_for_programs(path) {
        return ApiError::NoRoute.into_response();
    }
    let mut visit = Visit::of(app, request).await;
    let result = match visit.recognise().await {
        Ok(()) => match visit.count() {
            Ok(()) => page(&mut visit).await,
            Err(refusal) => Err(refusal),
        },
        Err(error) => Err(error.into()),
    };
    let response = result.unwrap_or_else(|refusal| refusal.answer(&visit));
    visit.leave(response)
}

/// What stands at these paths is for programs, and so is the news that it is not there.
fn is_for_programs(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    matches!(first, Some("api" | "hooks" | "-"))
}

async fn page(visit: &mut Visit) -> Result<Response, Refusal> {
    let path = visit.path()?;
    match (visit.method(), path.as_str()) {
        (&Method::GET, "") => home::show(visit).await,
        (&Method::GET, "users/sign_in") => sign_in::form(visit),
        (&Method::POST, "users/sign_in") => sign_in::submit(visit).await,
        (&Method::POST, "users/sign_out") => sign_in::end(visit).await,
        (_, path) => page_of_project(visit, path).await,
    }
}

/// A project's pages: the project's path, which may be of any depth, `/-/`, and the page's own.
async fn page_of_project(visit: &Visit, path: &str) -> Result<Response, Refusal> {
    let (project, rest) = path.split_once("/-/").unwrap_or((path, ""));
    let project = visit.project(project).await?;
    let parts: Vec<&str> = rest.split('/').collect();
    match (visit.method(), &parts[..]) {
        (&Method::GET, [""]) => project::show(visit, &project).await,
        // Messages link to branches and tags; what was pushed to them is on the project's page.
        (&Method::GET, ["tree" | "commits" | "tags", _, ..] | ["branches"]) => {
            Ok(visit.lead(&format!("/{}", project.row.full_path)))
        }
        // They link to what a push changed, too; that is told with its newest commit.
        (&Method::GET, ["compare", range]) => {
            let (_, newest) = range.rsplit_once("...").ok_or(Refusal::NotFound)?;
            commit::show(visit, &project, newest).await
        }
        (&Method::GET, ["commit", sha]) => commit::show(visit, &project, sha).await,
        (&Method::GET, ["deliveries", file]) => delivery::show(visit, &project, file).await,
        _ => Err(Refusal::NotFound),
    }
}

#[cfg(test)]
mod tests;
