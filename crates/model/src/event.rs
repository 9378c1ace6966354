//! One thing that happened in a project, in GitLab's webhook shape whatever its source.
//!
//! Shapes: <https://docs.gitlab.com/user/project/integrations/webhook_events/> and
//! <https://gitlab.com/gitlab-org/gitlab/-/tree/master/lib/gitlab/data_builder>. Unknown keys
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
    Alert, AlertAttributes, Deployment, GroupMention, MentionAttributes, Named, Notice,
    Vulnerability, VulnerabilityAttributes, WikiPage, WikiPageAttributes,
};
pub use parts::{Commit, Label, Person, ProjectPart, User};
pub use pipeline::{Build, Pipeline, PipelineAttributes};
pub use push::Push;

use crate::Trigger;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::sync::Arc;

/// An event: its kind, the fields that integrations read, and the whole JSON text.
#[derive(Clone, Debug)]
pub struct Event {
    /// what happened
    pub kind: Kind,
    /// whether only members who may read confidential issues may see it
    pub confidential: bool,
    /// the typed part
    pub body: Body,
    json: Arc<str>,
}

/// The fields of an event that integrations read, by kind.
#[derive(Clone, Debug)]
pub enum Body {
    /// commits on a branch, or a tag
    Push(Push),
    /// a merge request was opened, changed, merged or closed
    MergeRequest(Box<MergeRequest>),
    /// an issue, a work item or an incident was opened, changed or closed
    Issue(Box<Issue>),
    /// a comment
    Note(Box<Note>),
    /// a pipeline changed its status
    Pipeline(Box<Pipeline>),
    /// a wiki page was created, changed or deleted
    WikiPage(Box<WikiPage>),
    /// a deployment started or ended
    Deployment(Box<Deployment>),
    /// an alert was raised
    Alert(Box<Alert>),
    /// a vulnerability was found
    Vulnerability(Box<Vulnerability>),
    /// a group was mentioned
    GroupMention(Box<GroupMention>),
    /// every other kind
    Other(Other),
}

/// The common fields of an event whose other fields no integration reads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Other {
    /// the project it happened in; some kinds have none
    pub project: Option<ProjectPart>,
    /// who caused it
    pub user: Option<User>,
    /// the project's path in system hooks about projects
    path_with_namespace: Option<String>,
    /// the project's path in system hooks about members
    project_path_with_namespace: Option<String>,
}

/// Why a body is not an event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// not a JSON object
    #[error("the body is not valid JSON: {0}")]
    Syntax(serde_json::Error),
    /// JSON, but neither `object_kind` nor `event_name` names a known event
    #[error(
        "unknown event {found}: `object_kind` or `event_name` must be one of GitLab's, such as \"push\" or \"merge_request\""
    )]
    UnknownKind {
        /// the unknown value, shortened for an error message
        found: String,
    },
    /// a known event with a field of the wrong type
    #[error("the {kind} event cannot be read: {source}")]
    Shape {
        /// the kind named in the body
        kind: &'static str,
        /// which field, and where
        source: serde_json::Error,
    },
}

/// The fields that decide an event's kind: `object_kind`, or `event_name` where it is absent.
#[derive(Deserialize)]
struct Envelope {
    object_kind: Option<Value>,
    event_name: Option<Value>,
    event_type: Option<String>,
    object_attributes: Option<Flags>,
}

#[derive(Deserialize)]
struct Flags {
    #[serde(default)]
    confidential: Option<Value>,
    #[serde(default, rename = "type")]
    type_name: Option<Value>,
}

impl Event {
    /// Parses a webhook body.
    ///
    /// Fails when it is not a JSON object, names no known event, or a field that is
    /// read has the wrong type; the message names the field and its position.
    pub fn parse(json: &str) -> Result<Self, EventError> {
        Self::parse_shared(json.into())
    }

    /// [`parse`](Self::parse) without a copy of the text.
    pub fn parse_shared(json: Arc<str>) -> Result<Self, EventError> {
        if let Some(kind) = leading_kind(&json)
            && let Ok(body) = Body::parse(kind, &json)
        {
            return Ok(Self {
                kind,
                confidential: false,
                body,
                json,
            });
        }
        let envelope = serde_json::from_str(&json).map_err(EventError::Syntax)?;
        let text = Arc::clone(&json);
        Self::build(&envelope, json, |kind| Body::parse(kind, &text))
    }

    /// An event from a body that is parsed already; the same rules as [`parse`](Self::parse).
    pub fn from_value(value: &Value) -> Result<Self, EventError> {
        let envelope = Envelope::deserialize(value).map_err(EventError::Syntax)?;
        let json = value.to_string().into();
        Self::build(&envelope, json, |kind| Body::read(kind, value))
    }

    fn build(
        envelope: &Envelope,
        json: Arc<str>,
        body: impl FnOnce(Kind) -> Result<Body, serde_json::Error>,
    ) -> Result<Self, EventError> {
        let kind = envelope.kind()?;
        let body = body(kind).map_err(|source| EventError::Shape {
            kind: kind.name(),
            source,
        })?;
        Ok(Self {
            kind,
            confidential: envelope.is_confidential(),
            body,
            json,
        })
    }

    /// The whole body as JSON text.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// [`json`](Self::json) for another owner, not copied.
    pub fn shared_json(&self) -> Arc<str> {
        Arc::clone(&self.json)
    }

    /// The trigger that enables this event, where GitLab has one for its kind.
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

    /// The issue or merge request that the event is about, if the body has its number and page.
    pub fn item(&self) -> Option<Item> {
        match &self.body {
            Body::Issue(issue) => issue.item(self.confidential),
            Body::MergeRequest(merge_request) => merge_request.item(self.confidential),
            Body::Note(note) => note.item(self.confidential),
            Body::Other(_) if self.kind == Kind::Emoji => {
                // An emoji's body names its target as a comment's does.
                let note: Note = serde_json::from_str(&self.json).ok()?;
                note.item(self.confidential)
            }
            _ => None,
        }
    }

    /// The full path of the project as its host names it, such as `group/project`.
    ///
    /// System hooks have it at the top level:
    /// <https://docs.gitlab.com/administration/system_hooks/>.
    pub fn project_path(&self) -> Option<&str> {
        let other = match &self.body {
            Body::Other(other) => Some(other),
            _ => None,
        };
        self.project()
            .map(|project| project.path_with_namespace.as_str())
            .filter(|path| !path.is_empty())
            .or_else(|| other?.path_with_namespace.as_deref())
            .or_else(|| other?.project_path_with_namespace.as_deref())
    }
}

impl Body {
    fn parse(kind: Kind, json: &str) -> Result<Self, serde_json::Error> {
        let mut text = serde_json::Deserializer::from_str(json);
        let body = Self::read(kind, &mut text)?;
        text.end()?;
        Ok(body)
    }

    fn read<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Self, D::Error> {
        match kind {
            Kind::Push | Kind::TagPush => Deserialize::deserialize(from).map(Self::Push),
            Kind::MergeRequest => Deserialize::deserialize(from).map(Self::MergeRequest),
            Kind::Issue | Kind::WorkItem | Kind::Incident => {
                Deserialize::deserialize(from).map(Self::Issue)
            }
            Kind::Note => Deserialize::deserialize(from).map(Self::Note),
            Kind::Pipeline => Deserialize::deserialize(from).map(Self::Pipeline),
            Kind::WikiPage => Deserialize::deserialize(from).map(Self::WikiPage),
            Kind::Deployment => Deserialize::deserialize(from).map(Self::Deployment),
            Kind::Alert => Deserialize::deserialize(from).map(Self::Alert),
            Kind::Vulnerability => Deserialize::deserialize(from).map(Self::Vulnerability),
            Kind::GroupMention => Deserialize::deserialize(from).map(Self::GroupMention),
            _ => Deserialize::deserialize(from).map(Self::Other),
        }
    }
}

/// The kind of a body that starts with `object_kind`, as GitLab's do, for the kinds that need no
/// other field to be recognized: such a body is parsed once, without its [`Envelope`].
fn leading_kind(json: &str) -> Option<Kind> {
    let rest = json.strip_prefix(r#"{"object_kind":""#)?;
    let (name, _) = rest.split_at_checked(rest.find('"')?)?;
    let unambiguous = [
        Kind::Push,
        Kind::TagPush,
        Kind::MergeRequest,
        Kind::Pipeline,
    ];
    unambiguous.into_iter().find(|kind| kind.name() == name)
}

impl Envelope {
    fn kind(&self) -> Result<Kind, EventError> {
        let name = self.object_kind.as_ref().or(self.event_name.as_ref());
        let kind = name
            .and_then(Value::as_str)
            .and_then(Kind::from_name)
            .ok_or_else(|| EventError::UnknownKind {
                found: name.map_or_else(|| "without a name".to_owned(), shorten),
            })?;
        // GitLab's webhooks send incidents as work items of that type; Crosstie has a kind and a
        // trigger for them, as GitLab's own integrations do.
        let is_incident = kind == Kind::WorkItem
            && self.flag(|flags| flags.type_name.as_ref()) == Some(&Value::from("Incident"));
        Ok(if is_incident { Kind::Incident } else { kind })
    }

    fn is_confidential(&self) -> bool {
        self.flag(|flags| flags.confidential.as_ref()) == Some(&Value::Bool(true))
            || self
                .event_type
                .as_deref()
                .is_some_and(|event_type| event_type.contains("confidential"))
    }

    fn flag(&self, get: impl FnOnce(&Flags) -> Option<&Value>) -> Option<&Value> {
        self.object_attributes.as_ref().and_then(get)
    }
}

/// A sender's value, short enough for an error message.
fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
    fn an_error_names_what_is_wrong_with_a_body() {
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
    fn an_incident_is_distinguished_from_other_work_items() {
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
    fn the_position_of_object_kind_does_not_matter() {
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
    fn the_text_stays_byte_for_byte() {
        let json = r#"{"object_kind":"push", "extra": [1, 2]}"#;
        assert_eq!(Event::parse(json).unwrap().json(), json);
    }

    #[test]
    fn a_parsed_body_gives_the_same_event_as_its_text() {
        for json in [
            r#"{"object_kind":"push","ref":"refs/heads/x","commits":[{"id":"a"}]}"#,
            r#"{"object_kind":"issue","object_attributes":{"confidential":true,"iid":7}}"#,
            r#"{"event_name":"project_create","path_with_namespace":"g/p"}"#,
        ] {
            let event = Event::from_value(&serde_json::from_str(json).unwrap()).unwrap();
            let parsed = Event::parse(json).unwrap();
            assert_eq!(format!("{event:?}"), format!("{parsed:?}"));
        }
        let errors = [
            (json!({}), "unknown event without a name"),
            (json!({"object_kind": "push", "commits": 7}), "push event"),
            (json!("push"), "not valid JSON"),
        ];
        for (value, expected) in errors {
            let error = Event::from_value(&value).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn the_projects_path_is_found_wherever_a_body_has_it() {
        for json in [
            r#"{"object_kind":"push","project":{"path_with_namespace":"g/p"}}"#,
            r#"{"event_name":"project_create","path_with_namespace":"g/p"}"#,
            r#"{"event_name":"user_add_to_team","project":null,"project_path_with_namespace":"g/p"}"#,
        ] {
            assert_eq!(Event::parse(json).unwrap().project_path(), Some("g/p"));
        }
        let event = Event::parse(r#"{"object_kind":"push","path_with_namespace":"g/p"}"#);
        assert_eq!(event.unwrap().project_path(), None);
    }
}
