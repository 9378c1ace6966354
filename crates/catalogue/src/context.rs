//! What an integration is told besides the event and its settings.

use jiff::Timestamp;
use model::{Comparison, Links, Project, SourceKind, Trigger};

/// The surroundings of one delivery.
#[derive(Clone, Debug)]
pub struct Context {
    /// the project the event happened in
    pub project: Project,
    /// event switches that are off
    pub off: Vec<Trigger>,
    /// the present moment
    pub now: Timestamp,
    /// Crosstie's own address
    pub external_url: String,
    /// the same at every attempt of a delivery and different for each, in the form of a UUID;
    /// for tools that know a repeat by it
    pub delivery_key: String,
    /// how mail leaves, if the operator has set a mail server
    pub mail: Option<MailSite>,
    /// what the push changed, for an integration that asks for it and a source that can be read
    pub comparison: Option<Comparison>,
}

/// How mail leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSite {
    /// the address that stands in `From`
    pub from: String,
    /// the mail server, `smtp://host:port`
    pub relay: String,
}

impl Context {
    /// A context made up for a test: `Group / Project` on `git.test`, every switch on.
    pub fn made_up() -> Self {
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
            off: Vec::new(),
            now: Timestamp::UNIX_EPOCH,
            external_url: "https://crosstie.test".into(),
            delivery_key: "00000000-0000-8000-8000-000000000000".into(),
            mail: Some(MailSite {
                from: "crosstie@git.test".into(),
                relay: "smtp://mail.test:25".into(),
            }),
            comparison: None,
        }
    }

    /// Whether the settings row wants events of this switch.
    pub fn wants(&self, trigger: Trigger) -> bool {
        !self.off.contains(&trigger)
    }
}
