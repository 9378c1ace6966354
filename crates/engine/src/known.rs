//! What was read of a project, for as long as nothing but the log changes.
//!
//! Most events find their project's settings as the event before left them. The store counts every
//! change that could matter; what was read at an earlier count is read anew.

use crate::{Engine, trackers};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::settings::SettingsRow;
use store::surroundings::{self, Surroundings};
use store::{Sql, StoreError};

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

/// A project and the settings that hold for it.
#[derive(Debug)]
pub struct Known {
    /// the project
    pub project: Surroundings,
    /// its effective settings, one row per integration
    pub rows: Vec<SettingsRow>,
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
        let version = self.parts.store.version();
        if let Some(known) = self.memory.get(&key, version) {
            return Ok(Some(known));
        }
        let wanted = key.clone();
        let read = self.parts.store.read(move |sql| read(sql, &wanted));
        let known = read.await?.map(Arc::new);
        if let Some(known) = &known {
            self.memory.put(key, version, known);
        }
        Ok(known)
    }
}

fn read(sql: &mut dyn Sql, key: &ProjectKey) -> Result<Option<Known>, StoreError> {
    let project = match key {
        ProjectKey::Id(id) => surroundings::by_id(sql, *id)?,
        ProjectKey::Path(path) => surroundings::by_path(sql, path)?,
    };
    let Some(project) = project else {
        return Ok(None);
    };
    let rows = trackers::effective(sql, project.project_id)?;
    Ok(Some(Known { project, rows }))
}
