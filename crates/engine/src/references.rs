//! What a project's texts may refer to: the issues of its trackers, and its own.

use crate::{Engine, effective};
use catalogue::{References, Values};
use model::id::ProjectId;
use serde_json::Map;
use std::collections::BTreeMap;
use store::settings::SettingsRow;
use store::{StoreError, source_items};

impl Engine {
    /// The references that this text of a project may have.
    pub async fn references(
        &self,
        project_id: ProjectId,
        markdown: &str,
    ) -> Result<References, StoreError> {
        let wanted = References::own_in(markdown);
        let read = self.parts.store.read(move |sql| {
            let rows = effective::settings(sql, project_id)?;
            let own = source_items::find(sql, project_id, &wanted)?;
            Ok((rows, own))
        });
        let (rows, own) = read.await?;
        let mut references = References::of_project(project_id.0);
        for item in own {
            references.know(item);
        }
        for row in rows.iter().filter(|row| row.active) {
            track(&mut references, row);
        }
        Ok(references)
    }
}

/// Adds the tracker of a row, if it is one; its secrets are not needed and stay sealed.
fn track(references: &mut References, row: &SettingsRow) {
    let Some(integration) = catalogue::find(&row.slug) else {
        return;
    };
    if let Some(tracker) = integration.tracker {
        let values = Values::new(
            integration.settings,
            row.fields.clone(),
            BTreeMap::new(),
            Map::new(),
        );
        references.track(integration.title, tracker(&values));
    }
}
