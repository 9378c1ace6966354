//! GitLab's API, version 4: `/api/v4`.

mod audit_changes;
mod entities;
mod groups;
pub(super) mod integrations;
mod listing;
mod markdown;
mod members;
mod names;
mod namespaces;
mod projects;
mod protected_branches;
mod tokens;
mod users;
mod version;

pub(super) use integrations::parameter as setting_parameter;

use crate::routes::Route;

/// The resources: what the OpenAPI document calls them, and their routes.
type Resource = (&'static str, fn() -> Vec<Route>);

const RESOURCES: &[Resource] = &[
    ("version", version::routes),
    ("users", users::routes),
    ("personal_access_tokens", tokens::routes),
    ("groups", groups::routes),
    ("projects", projects::routes),
    ("integrations", integrations::routes),
    ("members", members::routes),
    ("protected_branches", protected_branches::routes),
    ("namespaces", namespaces::routes),
    ("markdown", markdown::routes),
];

/// All routes of this API.
pub(super) fn routes() -> Vec<Route> {
    RESOURCES
        .iter()
        .flat_map(|(tag, routes)| {
            routes()
                .into_iter()
                .map(|route| route.within("/api/v4", tag))
        })
        .collect()
}

#[cfg(test)]
mod tests;
