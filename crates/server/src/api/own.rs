//! `/api/crosstie/v1`: what GitLab's API lacks.

mod apply;
mod audit_events;
mod catalogue;
mod deliveries;
mod events;
mod levels;
mod source;
mod test;

pub(crate) use deliveries::with_attempts as delivery_with_attempts;

use crate::routes::Route;

/// All routes, paths below the API's root.
pub(super) fn routes() -> Vec<Route> {
    let all = [
        ("audit_events", audit_events::routes()),
        ("settings", apply::routes()),
        ("catalogue", catalogue::routes()),
        ("deliveries", deliveries::routes()),
        ("events", events::routes()),
        ("integrations", levels::routes()),
        ("source", source::routes()),
        ("test", test::routes()),
    ];
    all.into_iter()
        .flat_map(|(tag, routes)| {
            routes
                .into_iter()
                .map(move |route| route.within("/api/crosstie/v1", tag))
        })
        .collect()
}
