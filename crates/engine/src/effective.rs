//! Effective settings: inheritance resolved, with one active issue tracker for each project.
//!
//! A project's own tracker applies before one from above, and the nearer before the farther. A second
//! one is rejected when a project sets it up. Settings above are saved without a look at all projects
//! below, so a tracker that a project would inherit beside a nearer one is inactive there, and becomes
//! active again when the nearer one is disabled.

use catalogue::{FieldError, Integration};
use model::id::ProjectId;
use store::settings::{self, Inheritance, Level, SettingsRow};
use store::{Sql, StoreError};

/// An integration's settings at a level, a suppressed tracker inactive.
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
    let index = all.iter().position(of_slug);
    Ok(index.map_or(found, |index| all.swap_remove(index)))
}

/// Each integration's settings at a level, by slug, suppressed trackers inactive.
pub fn inheritances(sql: &mut dyn Sql, level: Level) -> Result<Vec<Inheritance>, StoreError> {
    let mut all = settings::stored_inheritances(sql, level)?;
    suppress_farther_trackers(&mut all);
    Ok(all)
}

/// The effective settings of a project, one row per integration, by slug.
pub fn settings(sql: &mut dyn Sql, project_id: ProjectId) -> Result<Vec<SettingsRow>, StoreError> {
    let all = inheritances(sql, Level::Project(project_id))?;
    Ok(all
        .iter()
        .filter_map(Inheritance::effective)
        .cloned()
        .collect())
}

/// Makes all but the nearest active tracker inactive. Of several at one level, the oldest is nearest.
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

/// Why an issue tracker cannot become active at a level, if so: the project has set up another one.
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
        let other = active.filter(|row| is_other_tracker(integration, &row.slug));
        if inheritance.own.is_some() && other.is_some() {
            return Ok(Some(tracker_in_use()));
        }
    }
    Ok(None)
}

/// Whether a slug is that of an issue tracker other than this one.
pub fn is_other_tracker(integration: &Integration, slug: &str) -> bool {
    integration.is_issue_tracker() && slug != integration.slug && is_tracker(slug)
}

/// GitLab's error for a second tracker.
pub fn tracker_in_use() -> FieldError {
    FieldError::new(
        "base",
        "Another issue tracker is already in use. Only one issue tracker service can be active at a time",
    )
}

fn is_tracker(slug: &str) -> bool {
    catalogue::find(slug).is_some_and(Integration::is_issue_tracker)
}
