//! The APIs. Every resource is one file that exports its routes.

mod own;
mod v4;

pub(crate) use own::delivery_with_attempts;

use crate::routes::Route;

/// All routes of all APIs.
pub fn routes() -> Vec<Route> {
    [v4::routes(), own::routes()]
        .into_iter()
        .flatten()
        .collect()
}
