//! A project with its effective settings, cached until settings change.
//!
//! Settings rarely change between two events. A snapshot has the settings version
//! that it was read at, and is current for as long as the store's stays the same.

mod load;

use crate::UnsealError;
use catalogue::{Integration, Values};
use model::id::ProjectId;
use model::{Secret, Trigger};
use outbound::Redactor;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::SecretsError;
use store::project_details::ProjectDetails;
use store::settings::SettingsRow;

/// The maximum number of cached projects; a few kilobytes each.
const MAX_PROJECTS: usize = 2_048;

/// Names a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ProjectKey {
    /// by its id
    Id(ProjectId),
    /// by its full path, case-insensitive
    Path(String),
}

impl ProjectKey {
    /// The same for all spellings of a path.
    fn normalized(self) -> Self {
        match self {
            Self::Path(path) => Self::Path(path.to_lowercase()),
            id @ Self::Id(_) => id,
        }
    }
}

/// A project with its effective settings, as read at one settings version.
pub struct ProjectSnapshot {
    /// the project
    pub project: ProjectDetails,
    /// the secret of its source's webhook, if one is set
    pub hook_secret: Option<Result<Secret, SecretsError>>,
    /// its active integrations, by slug
    pub(crate) active: Vec<Arc<ActiveIntegration>>,
    version: u64,
}

impl ProjectSnapshot {
    fn keys(&self) -> [ProjectKey; 2] {
        let project = &self.project;
        let path = ProjectKey::Path(project.full_path.clone());
        [ProjectKey::Id(project.project_id), path.normalized()]
    }
}

/// An active integration of a project, with its settings read and its secrets decrypted.
pub(crate) struct ActiveIntegration {
    pub integration: &'static Integration,
    pub row: SettingsRow,
    pub values: Result<Values, UnsealError>,
    pub disabled_triggers: Vec<Trigger>,
    /// knows the secrets
    pub redactor: Redactor,
    /// scheme, host and port it sends to; empty if unknown
    pub destination: String,
}

/// Snapshots by id and by path.
#[derive(Default)]
pub(crate) struct SnapshotCache(Mutex<HashMap<ProjectKey, Arc<ProjectSnapshot>>>);

impl SnapshotCache {
    fn entries(&self) -> MutexGuard<'_, HashMap<ProjectKey, Arc<ProjectSnapshot>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The snapshot of a normalized key, if it is of that version.
    fn get(&self, key: &ProjectKey, version: u64) -> Option<Arc<ProjectSnapshot>> {
        let entries = self.entries();
        let snapshot = entries.get(key)?;
        (snapshot.version == version).then(|| Arc::clone(snapshot))
    }

    /// Caches a snapshot, in place of the oldest one if the cache is full.
    pub(crate) fn put(&self, snapshot: &Arc<ProjectSnapshot>) {
        let id = ProjectKey::Id(snapshot.project.project_id);
        let mut entries = self.entries();
        let evicted = match entries.get(&id) {
            Some(present) if Arc::ptr_eq(present, snapshot) => return,
            Some(present) => Some(Arc::clone(present)),
            None if entries.len() < 2 * MAX_PROJECTS => None,
            None => entries.values().min_by_key(|it| it.version).cloned(),
        };
        for key in evicted.iter().flat_map(|snapshot| snapshot.keys()) {
            entries.remove(&key);
        }
        for key in snapshot.keys() {
            entries.insert(key, Arc::clone(snapshot));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(id: i64, path: &str, version: u64) -> Arc<ProjectSnapshot> {
        Arc::new(ProjectSnapshot {
            project: ProjectDetails {
                project_id: ProjectId(id),
                name: String::new(),
                name_with_namespace: String::new(),
                full_path: path.into(),
                default_branch: String::new(),
                protected_branches: Vec::new(),
                source: None,
            },
            hook_secret: None,
            active: Vec::new(),
            version,
        })
    }

    fn path(text: &str) -> ProjectKey {
        ProjectKey::Path(text.into()).normalized()
    }

    #[test]
    fn a_project_is_found_by_id_and_by_every_spelling_of_its_path() {
        let cache = SnapshotCache::default();
        cache.put(&snapshot(1, "Group/App", 5));
        for key in [
            ProjectKey::Id(ProjectId(1)),
            path("group/app"),
            path("GROUP/App"),
        ] {
            assert!(cache.get(&key, 5).is_some(), "{key:?}");
            assert!(cache.get(&key, 6).is_none(), "settings changed: {key:?}");
        }
    }

    #[test]
    fn a_renamed_project_leaves_nothing_behind() {
        let cache = SnapshotCache::default();
        cache.put(&snapshot(1, "old", 1));
        cache.put(&snapshot(1, "new", 2));
        cache.put(&snapshot(1, "new", 2));
        assert_eq!(cache.entries().len(), 2);
        assert!(cache.get(&path("new"), 2).is_some());
    }

    #[test]
    fn a_full_cache_evicts_one_of_the_oldest() {
        let cache = SnapshotCache::default();
        for id in (0..).take(MAX_PROJECTS + 10) {
            let version = if id == 7 { 1 } else { 2 };
            cache.put(&snapshot(id, &id.to_string(), version));
        }
        assert_eq!(cache.entries().len(), 2 * MAX_PROJECTS);
        assert!(cache.get(&ProjectKey::Id(ProjectId(7)), 1).is_none());
    }
}
