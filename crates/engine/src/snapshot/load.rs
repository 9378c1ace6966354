//! Reads a project and its effective settings from the store.

use super::{ActiveIntegration, ProjectKey, ProjectSnapshot};
use crate::context::disabled_triggers;
use crate::{Engine, effective, matching, unseal};
use catalogue::Integration;
use model::Secret;
use model::id::ProjectId;
use outbound::Redactor;
use std::sync::Arc;
use store::project_details::{self, ProjectDetails};
use store::settings::SettingsRow;
use store::{Sql, StoreError, sources};

impl Engine {
    /// The project with its effective settings, as they are now.
    ///
    /// Reads the cache and does not fill it, so that unauthenticated requests cannot evict what
    /// others use: [`accept`](Self::accept) caches the projects of authenticated ones.
    pub async fn snapshot(
        &self,
        key: ProjectKey,
    ) -> Result<Option<Arc<ProjectSnapshot>>, StoreError> {
        let (key, store) = (key.normalized(), &self.parts.store);
        if let Some(snapshot) = self.snapshots.get(&key, store.settings_version()) {
            return Ok(Some(snapshot));
        }
        let (version, found) = store.read_versioned(move |sql| read(sql, &key)).await?;
        Ok(found.map(|(project, rows)| Arc::new(self.build_snapshot(version, project, rows))))
    }

    /// [`snapshot`](Self::snapshot) of the project of a delivery; cached.
    pub(crate) async fn cached_snapshot(
        &self,
        project_id: ProjectId,
    ) -> Result<Option<Arc<ProjectSnapshot>>, StoreError> {
        let snapshot = self.snapshot(ProjectKey::Id(project_id)).await?;
        if let Some(snapshot) = &snapshot {
            self.snapshots.put(snapshot);
        }
        Ok(snapshot)
    }

    fn build_snapshot(
        &self,
        version: u64,
        project: ProjectDetails,
        rows: Vec<SettingsRow>,
    ) -> ProjectSnapshot {
        let active = rows.into_iter().filter(|row| row.active);
        // Rows of integrations that this version does not have are ignored.
        let active = active.filter_map(|row| Some((catalogue::find(&row.slug)?, row)));
        let active = active
            .map(|(integration, row)| Arc::new(self.activate(integration, row)))
            .collect();
        let sealed = project.source.as_ref();
        let sealed = sealed.and_then(|source| source.secret.as_deref());
        let open = |sealed| {
            let seal_context = sources::secret_context(project.project_id);
            let plain = self.parts.keyring.open(&seal_context, sealed)?;
            Ok(Secret::new(String::from_utf8_lossy(&plain)))
        };
        ProjectSnapshot {
            hook_secret: sealed.map(open),
            project,
            active,
            version,
        }
    }

    /// Settings ready for use, whether they are active or not.
    pub(crate) fn activate(
        &self,
        integration: &'static Integration,
        row: SettingsRow,
    ) -> ActiveIntegration {
        let values = unseal(integration, &row, &self.parts.keyring);
        let destination = values
            .as_ref()
            .map(|values| matching::destination(&self.address(integration, values)));
        let redactor = values
            .as_ref()
            .map(|values| Redactor::new(values.secrets(), &values.texts()));
        ActiveIntegration {
            destination: destination.unwrap_or_default(),
            redactor: redactor.unwrap_or_default(),
            disabled_triggers: disabled_triggers(integration, &row),
            integration,
            row,
            values,
        }
    }
}

/// The project and its effective settings, one row per integration.
fn read(
    sql: &mut dyn Sql,
    key: &ProjectKey,
) -> Result<Option<(ProjectDetails, Vec<SettingsRow>)>, StoreError> {
    let project = match key {
        ProjectKey::Id(id) => project_details::by_id(sql, *id)?,
        ProjectKey::Path(path) => project_details::by_path(sql, path)?,
    };
    let Some(project) = project else {
        return Ok(None);
    };
    let rows = effective::settings(sql, project.project_id)?;
    Ok(Some((project, rows)))
}
