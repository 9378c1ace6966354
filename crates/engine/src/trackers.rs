//! A project has one issue tracker at a time: its own before one from above, the nearer before the
//! farther.
//!
//! A project that sets up a second one is told so. Settings above are made without a look at all the
//! projects below, so one that would come from there gives way instead: it is not active where
//! another is nearer, and is again when that one is switched off.

use catalogue::{FieldError, Integration};
use store::settings::{self, Level, SettingsRow, Standing};
use store::{Sql, StoreError};

/// How an integration is set up at a level, what gives way not active.
pub fn standing(
    sql: &mut dyn Sql,
    level: Level,
    integration: &Integration,
) -> Result<Standing, StoreError> {
    let found = settings::standing(sql, level, integration.slug)?;
    if !integration.is_issue_tracker() || !found.holds().is_some_and(|row| row.active) {
        return Ok(found);
    }
    let mut all = standings(sql, level)?;
    let of_slug = |standing: &Standing| {
        let row = standing.own.as_ref().or(standing.above.as_ref());
        row.is_some_and(|row| row.slug == integration.slug)
    };
    let place = all.iter().position(of_slug);
    Ok(place.map_or(found, |place| all.swap_remove(place)))
}

/// How each integration is set up at a level, what gives way not active; by slug.
pub fn standings(sql: &mut dyn Sql, level: Level) -> Result<Vec<Standing>, StoreError> {
    let mut all = settings::standings(sql, level)?;
    give_way(&mut all);
    Ok(all)
}

/// The rows that hold for a project, one per integration and by slug, what gives way not active.
pub fn effective(sql: &mut dyn Sql, project_id: i64) -> Result<Vec<SettingsRow>, StoreError> {
    let all = standings(sql, Level::Project(project_id))?;
    Ok(all.iter().filter_map(Standing::holds).cloned().collect())
}

/// Of several at one level, the one that was there first counts as the nearest.
fn give_way(all: &mut [Standing]) {
    let rank = |standing: &Standing| {
        let row = standing.holds().filter(|row| row.active)?;
        is_tracker(&row.slug).then(|| (standing.distance(), row.id))
    };
    let Some(nearest) = all.iter().filter_map(rank).min() else {
        return;
    };
    for standing in all {
        let farther = rank(standing).is_some_and(|rank| rank != nearest);
        if farther && standing.distance() > 0 {
            standing.above.iter_mut().for_each(|row| row.active = false);
        }
    }
}

/// What keeps an issue tracker from becoming active at a level: that a project has set up another,
/// with values of its own or from above.
pub(crate) fn second(
    sql: &mut dyn Sql,
    level: Level,
    integration: &Integration,
) -> Result<Option<FieldError>, StoreError> {
    if !matches!(level, Level::Project(_)) || !integration.is_issue_tracker() {
        return Ok(None);
    }
    for standing in settings::standings(sql, level)? {
        let active = standing.holds().filter(|row| row.active);
        let other = active.filter(|row| is_other(integration, &row.slug));
        if standing.own.is_some() && other.is_some() {
            return Ok(Some(in_use()));
        }
    }
    Ok(None)
}

/// Whether that is an issue tracker, and not this one.
pub fn is_other(integration: &Integration, slug: &str) -> bool {
    integration.is_issue_tracker() && slug != integration.slug && is_tracker(slug)
}

/// GitLab's words for a second one.
pub fn in_use() -> FieldError {
    FieldError::new(
        "base",
        "Another issue tracker is already in use. Only one issue tracker service can be active at a time",
    )
}

fn is_tracker(slug: &str) -> bool {
    catalogue::find(slug).is_some_and(Integration::is_issue_tracker)
}
