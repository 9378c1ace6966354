//! A project that a document names has one issue tracker at a time.

use super::entry::{Owner, Problem};
use super::plan::{Found, Work};
use catalogue::Integration;
use engine::effective;
use store::settings::Level;
use store::{Sql, StoreError};

impl Work {
    /// What is wrong with the issue trackers of a project, once all its rows are known as they will
    /// be: one that the document turns on while there is another.
    pub(super) fn check_trackers(
        &mut self,
        sql: &mut dyn Sql,
        owner: &Owner,
        found: &Found,
        named: &[&'static Integration],
    ) -> Result<(), StoreError> {
        if !matches!(found.level, Level::Project(_)) {
            return Ok(());
        }
        for integration in named {
            if !self.will_be_active(sql, found, integration.slug)? {
                continue;
            }
            let others = catalogue::ALL
                .iter()
                .filter(|other| effective::is_other_tracker(integration, other.slug));
            for other in others {
                if self.will_be_active(sql, found, other.slug)? {
                    let message = effective::tracker_in_use().message;
                    let at = [
                        owner.at(),
                        vec!["integrations".into(), integration.slug.into()],
                    ];
                    self.planned.problems.push(Problem {
                        at: at.concat(),
                        message: format!("{message}: {} is the other", other.slug),
                    });
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether a project will have set an integration up, and it will be active there.
    fn will_be_active(
        &self,
        sql: &mut dyn Sql,
        found: &Found,
        slug: &str,
    ) -> Result<bool, StoreError> {
        let Some(own) = self.row(sql, found.level, slug)? else {
            return Ok(false);
        };
        if !own.inherits {
            return Ok(own.active);
        }
        let above = self.above(sql, found, slug)?;
        Ok(above.is_some_and(|row| row.active))
    }
}
