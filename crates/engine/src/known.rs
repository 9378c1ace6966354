//! What was read of a project, for as long as nothing but the log changes.
//!
//! Most events find their project's settings as the event before left them. The store counts every
//! change that could matter; what was read at an earlier count is read anew.

use crate::context::disabled_triggers;
use crate::{Engine, UnsealError, matching, trackers, unseal};
use catalogue::{Integration, Values};
use model::{Secret, Trigger};
use outbound::Redactor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::settings::SettingsRow;
use store::surroundings::{self, Surroundings};
use store::{SecretsError, Sql, StoreError, sources};

/// Projects remembered at a time; a few kilobytes each.
const MANY: usize = 2_048;

/// Names a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProjectKey {
    /// by its id
    Id(i64),
    /// by its full path, upper and lower case alike
    Path(String),
}

/// A project and what is active for it.
pub struct Known {
    /// the project
    pub project: Surroundings,
    /// what its source's events have to carry, if that is set
    pub hook_secret: Option<Result<Secret, SecretsError>>,
    /// its integrations that are active, by slug
    pub(crate) active: Vec<Arc<Active>>,
}

/// An integration that is active for a project, with its settings read and its secrets opened.
pub(crate) struct Active {
    pub integration: &'static Integration,
    pub row: SettingsRow,
    pub values: Result<Values, UnsealError>,
    /// event switches that are off
    pub off: Vec<Trigger>,
    /// knows the secrets
    pub redactor: Redactor,
    /// scheme, host and port it goes to; empty when that cannot be told
    pub destination: String,
}

/// Each with the store's count before it was read.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<ProjectKey, (u64, Arc<Known>)>>);

impl Memory {
    fn get(&self, key: &ProjectKey, version: u64) -> Option<Arc<Known>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (then, known) = known.get(key)?;
        (*then == version).then(|| Arc::clone(known))
    }

    fn put(&self, key: ProjectKey, version: u64, fresh: &Arc<Known>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.clear();
        }
        known.insert(key, (version, Arc::clone(fresh)));
    }
}

impl Engine {
    /// The project of that name with its effective settings, as they are now.
    pub async fn known(&self, key: ProjectKey) -> Result<Option<Arc<Known>>, StoreError> {
        let version = self.parts.store.settings_version();
        if let Some(known) = self.memory.get(&key, version) {
            return Ok(Some(known));
        }
        let wanted = key.clone();
        let store = &self.parts.store;
        let (version, known) = store.read_versioned(move |sql| read(sql, &wanted)).await?;
        let known = known.map(|(project, rows)| Arc::new(self.make_ready(project, rows)));
        if let Some(known) = &known {
            self.memory.put(key, version, known);
        }
        Ok(known)
    }

    fn make_ready(&self, project: Surroundings, rows: Vec<SettingsRow>) -> Known {
        let active = rows.into_iter().filter(|row| row.active);
        // A row of an integration that this version no longer has is left alone.
        let active = active.filter_map(|row| Some((catalogue::find(&row.slug)?, row)));
        let active = active
            .map(|(integration, row)| Arc::new(self.active(integration, row)))
            .collect();
        let sealed = project.source.as_ref();
        let sealed = sealed.and_then(|source| source.secret.as_deref());
        let open = |sealed| {
            let place = sources::secret_place(project.project_id);
            let plain = self.parts.keyring.open(&place, sealed)?;
            Ok(Secret::new(String::from_utf8_lossy(&plain)))
        };
        Known {
            hook_secret: sealed.map(open),
            project,
            active,
        }
    }

    /// A row made ready for use, whether it is switched on or not.
    pub(crate) fn active(&self, integration: &'static Integration, row: SettingsRow) -> Active {
        let values = unseal(integration, &row, &self.parts.keyring);
        let off = disabled_triggers(integration, &row);
        let destination = values
            .as_ref()
            .map(|values| matching::destination(&self.address(integration, values)));
        let redactor = values
            .as_ref()
            .map(|values| Redactor::new(values.secrets(), &values.texts()));
        Active {
            destination: destination.unwrap_or_default(),
            redactor: redactor.unwrap_or_default(),
            integration,
            row,
            values,
            off,
        }
    }
}

/// The project and its effective settings, one row per integration.
fn read(
    sql: &mut dyn Sql,
    key: &ProjectKey,
) -> Result<Option<(Surroundings, Vec<SettingsRow>)>, StoreError> {
    let project = match key {
        ProjectKey::Id(id) => surroundings::by_id(sql, *id)?,
        ProjectKey::Path(path) => surroundings::by_path(sql, path)?,
    };
    let Some(project) = project else {
        return Ok(None);
    };
    let rows = trackers::effective(sql, project.project_id)?;
    Ok(Some((project, rows)))
}
