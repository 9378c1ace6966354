//! What an integration is told besides the event and its settings.

use crate::Engine;
use catalogue::{Context, Integration};
use model::event::ProjectPart;
use model::{Links, Project, SourceKind, Trigger};
use ring::digest::{SHA256, digest};
use store::settings::SettingsRow;
use store::surroundings::Surroundings;

impl Engine {
    /// The context of one delivery for a project, without a key of its own.
    ///
    /// Links lead to the source's page of the project; failing that to where the event
    /// says the project lives, and failing that to Crosstie's own pages.
    pub(crate) fn context(
        &self,
        project: &Surroundings,
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
                id: project.project_id,
                name: project.name.clone(),
                name_with_namespace: project.name_with_namespace.clone(),
                full_path: project.full_path.clone(),
                default_branch: default_branch.to_owned(),
                protected_branches: project.protected_branches.clone(),
                links: links(project, in_event, external_url),
            },
            off: off.to_vec(),
            now: self.parts.clock.now(),
            external_url: external_url.clone(),
            delivery_key: String::new(),
            mail: self.parts.mail.clone(),
            comparison: None,
        }
    }

    /// The [`context`](Self::context) of that delivery, with its key; 0 stands for one that is not kept.
    pub(crate) fn context_of(
        &self,
        delivery: i64,
        project: &Surroundings,
        off: &[Trigger],
        in_event: Option<&ProjectPart>,
    ) -> Context {
        Context {
            delivery_key: delivery_key(&self.parts.external_url, delivery),
            ..self.context(project, off, in_event)
        }
    }
}

fn links(project: &Surroundings, in_event: Option<&ProjectPart>, external_url: &str) -> Links {
    let source = project.source.as_ref();
    let set = source.map(|source| source.web_url.as_str());
    let said = in_event.map(|part| part.web_url.as_str());
    match [set, said].into_iter().flatten().find(|url| is_web(url)) {
        Some(url) => Links::new(source.map(|source| source.kind).unwrap_or_default(), url),
        None => own_links(external_url, &project.full_path),
    }
}

/// A delivery's own UUID (of the free form, version 8), the same whenever it is made.
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

/// The switches that are off: set to off, or never set and off at first.
pub(crate) fn triggers_off(integration: &Integration, row: &SettingsRow) -> Vec<Trigger> {
    let is_off = |trigger: &Trigger| {
        let set = row
            .triggers
            .get(trigger.field())
            .and_then(serde_json::Value::as_bool);
        !set.unwrap_or_else(|| integration.is_on_at_first(*trigger))
    };
    Trigger::ALL
        .into_iter()
        .map(|row| row.0)
        .filter(is_off)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::delivery_key;

    #[test]
    fn a_delivery_keeps_its_key_and_shares_it_with_no_other() {
        let key = delivery_key("https://crosstie.test", 7);
        assert_eq!(key, delivery_key("https://crosstie.test", 7));
        assert_ne!(key, delivery_key("https://crosstie.test", 8));
        assert_eq!((key.len(), key.as_bytes()[14]), (36, b'8'));
    }
}
