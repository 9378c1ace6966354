//! What an integration gets in addition to the event and its settings.

use jiff::Timestamp;
use model::{Links, Project, SourceKind, Trigger};
use std::collections::BTreeMap;

/// The context of one delivery.
#[derive(Clone, Debug)]
pub struct Context {
    /// the project the event happened in
    pub project: Project,
    /// triggers that are disabled
    pub disabled_triggers: Vec<Trigger>,
    /// the current time
    pub now: Timestamp,
    /// Crosstie's own URL
    pub external_url: String,
    /// an idempotency key in the form of a UUID: the same at every attempt of a delivery, different
    /// for each delivery
    pub delivery_key: String,
    /// the external ids that exist for the plan's [subjects](crate::Plan::subjects)
    pub external_ids: BTreeMap<String, String>,
}

impl Context {
    /// A context for tests and examples: `Group / Project` on `git.test`, every trigger enabled.
    pub fn sample() -> Self {
        Self {
            project: Project {
                id: 1,
                name: "Project".into(),
                name_with_namespace: "Group / Project".into(),
                full_path: "group/project".into(),
                default_branch: "main".into(),
                protected_branches: Vec::new(),
                links: Links::new(SourceKind::Gitlab, "https://git.test/group/project"),
            },
            disabled_triggers: Vec::new(),
            now: Timestamp::UNIX_EPOCH,
            external_url: "https://crosstie.test".into(),
            delivery_key: "00000000-0000-8000-8000-000000000000".into(),
            external_ids: BTreeMap::new(),
        }
    }

    /// Whether a trigger is enabled.
    pub fn is_enabled(&self, trigger: Trigger) -> bool {
        !self.disabled_triggers.contains(&trigger)
    }

    /// The id of what an earlier delivery created in the tool for a subject.
    pub fn external_id(&self, subject: &str) -> Option<&str> {
        self.external_ids.get(subject).map(String::as_str)
    }
}
