//! One thing that happened in a project, in GitLab's webhook shape whatever its source.
//!
//! Shapes: GitLab's `webhook_events` page and its `data_builder` code. Unknown keys
//! are ignored and missing ones tolerated, because older hosts send fewer.

mod issue;
mod item;
mod kind;
mod merge_request;
mod note;
mod notice;
mod parts;
mod pipeline;
mod push;

pub use issue::{Issue, IssueAttributes};
pub use item::Item;
pub use kind::Kind;
pub use merge_request::{MergeRequest, MergeRequestAttributes};
pub use note::{Note, NoteAttributes, Snippet};
pub use notice::{
    Alert, AlertAttributes, Deployment, GroupMention, MentionAttributes, Named, Vulnerability,
    VulnerabilityAttributes, WikiPage, WikiPageAttributes,
};
pub use parts::{Commit, Label, Person, ProjectPart, User};
pub use pipeline::{Build, Pipeline, PipelineAttributes};
pub use push::Push;

use crate::Trigger;
use serde::Deserialize;
use std::sync::Arc;

/// An event: its kind, the typed part that integrations read, and the whole JSON text.
#[derive(Clone, Debug)]
pub struct Event {
    /// what happened
    pub kind: Kind,
    /// whether only members who may see confidential things should learn of it
    pub confidential: bool,
    /// the typed part
    pub body: Body,
    json: Arc<str>,
}

/// The typed part of an event, for the kinds that integrations look into.
#[derive(Clone, Debug)]
pub enum Body {
    /// commits on a branch, or a tag
    Push(Push),
    /// something about a merge request
    MergeRequest(Box<MergeRequest>),
    /// something about an issue, a work item or an incident
    Issue(Box<Issue>),
    /// a comment
    Note(Box<Note>),
    /// a pipeline changed its status
    Pipeline(Box<Pipeline>),
    /// something about a wiki page
    WikiPage(Box<WikiPage>),
    /// a deployment started or ended
    Deployment(Box<Deployment>),
    /// an alert came up
    Alert(Box<Alert>),
    /// a vulnerability was found
    Vulnerability(Box<Vulnerability>),
    /// a group was named
    GroupMention(Box<GroupMention>),
    /// every other kind, known by its JSON alone
    Other(Other),
}

/// What is read of an event whose body no integration looks into yet.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Other {
    /// the project it happened in; some kinds have none
    #[serde(default)]
    pub project: Option<ProjectPart>,
    /// who did it
    #[serde(default)]
    pub user: Option<User>,
}

/// Why a body is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// not JSON at all
    #[error("the body is not valid JSON: {0}")]
    Syntax(serde_json::Error),
    /// JSON, but neither `object_kind` nor `event_name` names a known event
    #[error(
        "unknown event {found}: `object_kind` or `event_name` has to be one of GitLab's, such as \"push\" or \"merge_request\""
    )]
    UnknownKind {
        /// what was there instead, for a human
        found: String,
    },
    /// a known event with a field of the wrong type
    #[error("the {kind} event cannot be read: {source}")]
    Shape {
        /// the kind it says to be
        kind: &'static str,
        /// which field, where
        source: serde_json::Error,
    },
}

/// The fields that tell what a body is (events facts: by `object_kind`, else `event_name`).
#[derive(Deserialize)]
struct Envelope {
    object_kind: Option<serde_json::Value>,
    event_name: Option<serde_json::Value>,
    event_type: Option<String>,
    object_attributes: Option<Flags>,
}

#[derive(Deserialize)]
struct Flags {
    #[serde(default)]
    confidential: Option<serde_json::Value>,
    #[serde(default, rename = "type")]
    type_name: Option<serde_json::Value>,
}

impl Event {
    /// Reads a webhook body.
    ///
    /// Fails when it is no JSON object, names no known event, or a field that is
    /// read has the wrong type; the message says which and where.
    pub fn parse(json: &str) -> Result<Self, EventError> {
        Self::read(json.into())
    }

    /// [`parse`](Self::parse) of a text that is shared with others.
    pub fn read(json: Arc<str>) -> Result<Self, EventError> {
        if let Some(kind) = said_first(&json)
            && let Ok(body) = Body::read(kind, &json)
        {
            return Ok(Self {
                kind,
                confidential: false,
                body,
                json,
            });
        }
        let envelope: Envelope = serde_json::from_str(&json).map_err(EventError::Syntax)?;
        let kind = kind_of(&envelope)?;
        let body = Body::read(kind, &json).map_err(|source| EventError::Shape {
            kind: kind.name(),
            source,
        })?;
        Ok(Self {
            kind,
            confidential: is_confidential(&envelope),
            body,
            json,
        })
    }

    /// The body as it is kept, GitLab's shape.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// [`json`](Self::json), to be kept elsewhere too.
    pub fn shared_json(&self) -> Arc<str> {
        Arc::clone(&self.json)
    }

    /// The switch that lets this event through, where GitLab has one for its kind.
    pub fn trigger(&self) -> Option<Trigger> {
        self.kind.trigger(self.confidential)
    }

    /// The project part of the body, where there is one.
    pub fn project(&self) -> Option<&ProjectPart> {
        match &self.body {
            Body::Push(body) => body.project.as_ref(),
            Body::MergeRequest(body) => body.project.as_ref(),
            Body::Issue(body) => body.project.as_ref(),
            Body::Note(body) => body.project.as_ref(),
            Body::Pipeline(body) => body.project.as_ref(),
            Body::WikiPage(body) => body.project.as_ref(),
            Body::Deployment(body) => body.project.as_ref(),
            Body::Alert(body) => body.project.as_ref(),
            Body::Vulnerability(body) => body.project.as_ref(),
            Body::GroupMention(body) => body.project.as_ref(),
            Body::Other(body) => body.project.as_ref(),
        }
    }
}

impl Body {
    fn read(kind: Kind, json: &str) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Push | Kind::TagPush => Self::Push(serde_json::from_str(json)?),
            Kind::MergeRequest => Self::MergeRequest(serde_json::from_str(json)?),
            Kind::Issue | Kind::WorkItem | Kind::Incident => {
                Self::Issue(serde_json::from_str(json)?)
            }
            Kind::Note => Self::Note(serde_json::from_str(json)?),
            Kind::Pipeline => Self::Pipeline(serde_json::from_str(json)?),
            Kind::WikiPage => Self::WikiPage(serde_json::from_str(json)?),
            Kind::Deployment => Self::Deployment(serde_json::from_str(json)?),
            Kind::Alert => Self::Alert(serde_json::from_str(json)?),
            Kind::Vulnerability => Self::Vulnerability(serde_json::from_str(json)?),
            Kind::GroupMention => Self::GroupMention(serde_json::from_str(json)?),
            _ => Self::Other(serde_json::from_str(json)?),
        })
    }
}

/// The kind of a body that begins with it, as GitLab's do, where nothing else in the body tells more
/// of it: such a body is read once, others first for what they are.
fn said_first(json: &str) -> Option<Kind> {
    let said = json.strip_prefix(r#"{"object_kind":""#)?;
    let (name, _) = said.split_at_checked(said.find('"')?)?;
    let plain = [
        Kind::Push,
        Kind::TagPush,
        Kind::MergeRequest,
        Kind::Pipeline,
    ];
    plain.into_iter().find(|kind| kind.name() == name)
}

fn kind_of(envelope: &Envelope) -> Result<Kind, EventError> {
    let said = envelope
        .object_kind
        .as_ref()
        .or(envelope.event_name.as_ref());
    let kind = said
        .and_then(|value| value.as_str())
        .and_then(Kind::from_name)
        .ok_or_else(|| EventError::UnknownKind {
            found: said.map_or_else(|| "without a name".to_owned(), cut),
        })?;
    let is_incident = kind == Kind::WorkItem && envelope.has_type("Incident");
    Ok(if is_incident { Kind::Incident } else { kind })
}

impl Envelope {
    /// GitLab's hooks tell of incidents as work items of that type; its own integrations get an
    /// event of their own, with a switch of its own.
    fn has_type(&self, name: &str) -> bool {
        let flags = self.object_attributes.as_ref();
        flags
            .and_then(|flags| flags.type_name.as_ref())
            .is_some_and(|said| said == name)
    }
}

/// A stranger's text in an error message stays short.
fn cut(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn is_confidential(envelope: &Envelope) -> bool {
    let flagged = envelope
        .object_attributes
        .as_ref()
        .and_then(|flags| flags.confidential.as_ref())
        .is_some_and(|value| value == true);
    flagged
        || envelope
            .event_type
            .as_deref()
            .is_some_and(|event_type| event_type.contains("confidential"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_kind_decides_before_event_name() {
        let event =
            Event::parse(r#"{"object_kind":"tag_push","event_name":"push","ref":"refs/tags/v1"}"#)
                .unwrap();
        assert_eq!(event.kind, Kind::TagPush);
        let event = Event::parse(r#"{"event_name":"project_create"}"#).unwrap();
        assert_eq!(event.kind, Kind::Project);
    }

    #[test]
    fn what_is_no_event_says_why() {
        let message = |json: &str| Event::parse(json).unwrap_err().to_string();
        assert!(message("{\"object_kind\":").contains("not valid JSON"));
        assert!(message("[]").contains("not valid JSON"));
        assert!(message("{}").contains("unknown event without a name"));
        assert!(message(r#"{"object_kind":"coffee"}"#).contains("\"coffee\""));
        assert!(message(r#"{"object_kind":7}"#).contains("unknown event 7"));
        let wrong = message(r#"{"object_kind":"push","commits":"many"}"#);
        assert!(
            wrong.contains("push event") && wrong.contains("line 1"),
            "{wrong}"
        );
    }

    #[test]
    fn an_incident_is_told_from_other_work_items() {
        for (body, kind) in [
            (
                r#"{"object_kind":"work_item","object_attributes":{"type":"Incident"}}"#,
                Kind::Incident,
            ),
            (
                r#"{"object_kind":"work_item","object_attributes":{"type":"Task"}}"#,
                Kind::WorkItem,
            ),
            (
                r#"{"object_kind":"note","object_attributes":{"type":null}}"#,
                Kind::Note,
            ),
        ] {
            assert_eq!(Event::parse(body).unwrap().kind, kind, "{body}");
        }
    }

    #[test]
    fn confidential_by_flag_or_by_type() {
        for json in [
            r#"{"object_kind":"issue","object_attributes":{"confidential":true}}"#,
            r#"{"object_kind":"note","event_type":"confidential_note"}"#,
        ] {
            assert!(Event::parse(json).unwrap().confidential, "{json}");
        }
        let open = Event::parse(r#"{"object_kind":"issue","event_type":"issue"}"#).unwrap();
        assert!(!open.confidential);
        assert_eq!(open.trigger(), Some(Trigger::Issues));
    }

    #[test]
    fn it_does_not_matter_where_a_body_says_what_it_is() {
        for rest in [
            r#""ref":"refs/heads/x""#,
            r#""commits":"many""#,
            r#""ref":"#,
        ] {
            let read = |json: String| match Event::parse(&json) {
                Ok(event) => format!("{:?} {}", event.body, event.confidential),
                Err(EventError::Shape { kind, .. }) => kind.to_owned(),
                Err(error) => error.to_string().split(':').next().unwrap().to_owned(),
            };
            let first = read(format!(r#"{{"object_kind":"push",{rest}}}"#));
            let last = read(format!(r#"{{{rest},"object_kind":"push"}}"#));
            assert_eq!(first, last, "{rest}");
        }
    }

    #[test]
    fn the_text_is_kept_as_it_came() {
        let json = r#"{"object_kind":"push", "extra": [1, 2]}"#;
        assert_eq!(Event::parse(json).unwrap().json(), json);
    }
}
