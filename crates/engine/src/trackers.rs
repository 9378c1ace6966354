//! A project has one active issue tracker: its own before an inherited one, and of inherited ones the
//! nearest.
//!
//! Activating a second one in a project is an error. Groups and the instance can activate one without
//! a check of all projects below: where another tracker is nearer, the inherited one is inactive.

use catalogue::{FieldError, Integration};
use store::settings::{self, Inheritance, Level, SettingsRow};
use store::{Sql, StoreError};

/// The inheritance of an integration at a level, with farther trackers inactive.
pub fn inheritance(
    sql: &mut dyn Sql,
    level: Level,
    integration: &Integration,
) -> Result<Inheritance, StoreError> {
    let found = settings::stored_inheritance(sql, level, integration.slug)?;
    if !integration.is_issue_tracker() || !found.effective().is_some_and(|row| row.active) {
        return Ok(found);
    }
    let mut all = inheritances(sql, level)?;
    let of_slug = |inheritance: &Inheritance| {
        let row = inheritance.own.as_ref().or(inheritance.above.as_ref());
        row.is_some_and(|row| row.slug == integration.slug)
    };
    let place = all.iter().position(of_slug);
    Ok(place.map_or(found, |place| all.swap_remove(place)))
}

/// The inheritance of each integration at a level, by slug, with farther trackers inactive.
pub fn inheritances(sql: &mut dyn Sql, level: Level) -> Result<Vec<Inheritance>, StoreError> {
    let mut all = settings::stored_inheritances(sql, level)?;
    suppress_farther_trackers(&mut all);
    Ok(all)
}

/// The effective settings of a project, one row per integration, by slug.
pub fn effective(sql: &mut dyn Sql, project_id: i64) -> Result<Vec<SettingsRow>, StoreError> {
    let all = inheritances(sql, Level::Project(project_id))?;
    Ok(all
        .iter()
        .filter_map(Inheritance::effective)
        .cloned()
        .collect())
}

/// Makes all inherited trackers inactive except the nearest; of several at one level, the oldest.
fn suppress_farther_trackers(all: &mut [Inheritance]) {
    let rank = |inheritance: &Inheritance| {
        let row = inheritance.effective().filter(|row| row.active)?;
        is_tracker(&row.slug).then(|| (inheritance.distance(), row.id))
    };
    let Some(nearest) = all.iter().filter_map(rank).min() else {
        return;
    };
    for inheritance in all {
        let farther = rank(inheritance).is_some_and(|rank| rank != nearest);
        if farther && inheritance.distance() > 0 {
            inheritance
                .above
                .iter_mut()
                .for_each(|row| row.active = false);
        }
    }
}

/// The error of activating an issue tracker in a project that has another active one.
pub(crate) fn conflicting_tracker(
    sql: &mut dyn Sql,
    level: Level,
    integration: &Integration,
) -> Result<Option<FieldError>, StoreError> {
    if !matches!(level, Level::Project(_)) || !integration.is_issue_tracker() {
        return Ok(None);
    }
    for inheritance in settings::stored_inheritances(sql, level)? {
        let active = inheritance.effective().filter(|row| row.active);
        let other = active.filter(|row| is_other(integration, &row.slug));
        if inheritance.own.is_some() && other.is_some() {
            return Ok(Some(in_use()));
        }
    }
    Ok(None)
}

/// Whether both are issue trackers, and different ones.
pub fn is_other(integration: &Integration, slug: &str) -> bool {
    integration.is_issue_tracker() && slug != integration.slug && is_tracker(slug)
}

/// GitLab's error for a second tracker.
pub fn in_use() -> FieldError {
    FieldError::new(
        "base",
        "Another issue tracker is already in use. Only one issue tracker service can be active at a time",
    )
}

fn is_tracker(slug: &str) -> bool {
    catalogue::find(slug).is_some_and(Integration::is_issue_tracker)
}
