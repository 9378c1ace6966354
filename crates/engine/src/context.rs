//! Builds the context that an integration gets besides the event and its settings.

use crate::Engine;
use catalogue::{Context, Integration};
use model::event::ProjectPart;
use model::id::DeliveryId;
use model::{Links, Project, SourceKind, Trigger};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use store::project_details::ProjectDetails;
use store::settings::SettingsRow;

impl Engine {
    /// The context of an event in a project, without an idempotency key.
    ///
    /// Links lead to the source's page of the project, else to the project's URL in the event, else
    /// to Crosstie's own pages.
    pub(crate) fn context(
        &self,
        project: &ProjectDetails,
        off: &[Trigger],
        in_event: Option<&ProjectPart>,
    ) -> Context {
        let external_url = &self.parts.external_url;
        let default_branch = in_event
            .map(|part| part.default_branch.as_str())
            .filter(|branch| !branch.is_empty())
            .unwrap_or(&project.default_branch);
        Context {
            project: Project {
                id: project.project_id.0,
                name: project.name.clone(),
                name_with_namespace: project.name_with_namespace.clone(),
                full_path: project.full_path.clone(),
                default_branch: default_branch.to_owned(),
                protected_branches: project.protected_branches.clone(),
                links: links(project, in_event, external_url),
            },
            disabled_triggers: off.to_vec(),
            now: self.parts.clock.now(),
            external_url: external_url.clone(),
            delivery_key: String::new(),
            external_ids: BTreeMap::new(),
        }
    }

    /// The [`context`](Self::context) of a stored delivery, with its idempotency key; none for a
    /// test or preview.
    pub(crate) fn context_of(
        &self,
        delivery: Option<DeliveryId>,
        project: &ProjectDetails,
        off: &[Trigger],
        in_event: Option<&ProjectPart>,
    ) -> Context {
        Context {
            delivery_key: delivery_key(&self.parts.external_url, delivery.map_or(0, |id| id.0)),
            ..self.context(project, off, in_event)
        }
    }
}

fn links(project: &ProjectDetails, in_event: Option<&ProjectPart>, external_url: &str) -> Links {
    let source = project.source.as_ref();
    let set = source.map(|source| source.web_url.as_str());
    let in_body = in_event.map(|part| part.web_url.as_str());
    match [set, in_body].into_iter().flatten().find(|url| is_web(url)) {
        Some(url) => Links::new(source.map(|source| source.kind).unwrap_or_default(), url),
        None => own_links(external_url, &project.full_path),
    }
}

/// A UUID (version 8) derived from the delivery's id, so that every attempt has the same.
fn delivery_key(external_url: &str, delivery: i64) -> String {
    let hash = digest(&SHA256, format!("{external_url} {delivery}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = model::hex(&bytes);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

/// Links to Crosstie's own pages, which are laid out as GitLab's.
pub fn own_links(external_url: &str, full_path: &str) -> Links {
    Links::new(SourceKind::Gitlab, &format!("{external_url}/{full_path}"))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The triggers that are disabled: explicitly, or by default.
pub(crate) fn disabled_triggers(integration: &Integration, row: &SettingsRow) -> Vec<Trigger> {
    let is_disabled = |trigger: &Trigger| {
        let set = row
            .triggers
            .get(trigger.field())
            .and_then(serde_json::Value::as_bool);
        !set.unwrap_or_else(|| integration.is_enabled_by_default(*trigger))
    };
    Trigger::ALL
        .into_iter()
        .map(|row| row.0)
        .filter(is_disabled)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::delivery_key;

    #[test]
    fn a_deliverys_key_is_stable_and_unique() {
        let key = delivery_key("https://crosstie.test", 7);
        assert_eq!(key, delivery_key("https://crosstie.test", 7));
        assert_ne!(key, delivery_key("https://crosstie.test", 8));
        assert_eq!((key.len(), key.as_bytes()[14]), (36, b'8'));
    }
}
