//! Comments.

use super::about;
use super::answer::{Answer, Refusal, json_answer};
use super::call::Call;
use super::fields::Fields;
use super::time::time;
use super::version::Version;
use crate::jira::body::Body;
use crate::jira::document;
use crate::jira::product::Flavour;
use crate::jira::state::{Comment, Issue};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// The longest comment, in characters of wiki text.
const LONGEST: usize = 32_767;
/// How many comments a page holds unless asked otherwise, and at most.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;

/// What may stand in the body of a comment's call: what can be set, and what an answer
/// holds, so that an answer can be sent back.
const FIELDS: [&str; 11] = [
    "body",
    "visibility",
    "properties",
    "jsdPublic",
    "self",
    "id",
    "author",
    "updateAuthor",
    "renderedBody",
    "created",
    "updated",
];

pub(super) fn list(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let start = call.number("startAt", 0)?;
    let most = call.number("maxResults", PAGE)?.min(LARGEST_PAGE);
    // A plus sign that was not encoded arrives as a blank.
    let newest_first = match call.query.get("orderBy").map(str::trim_start) {
        None | Some("created" | "+created") => false,
        Some("-created") => true,
        Some(_) => {
            return Err(Refusal::bad(
                "Comments can be ordered by created, +created or -created.",
            ));
        }
    };
    let shown = |comment: &Comment| json(call, issue, comment);
    let page: Vec<_> = if newest_first {
        issue
            .comments
            .iter()
            .rev()
            .skip(start)
            .take(most)
            .map(shown)
            .collect()
    } else {
        issue
            .comments
            .iter()
            .skip(start)
            .take(most)
            .map(shown)
            .collect()
    };
    let answer = json!({
        "startAt": start,
        "maxResults": most,
        "total": issue.comments.len(),
        "comments": page,
    });
    Ok(json_answer(StatusCode::OK, &answer))
}

pub(super) fn show(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let found = issue
        .comments
        .iter()
        .find(|comment| Some(comment.id) == call.id());
    let comment = found
        .ok_or_else(|| Refusal::with_message(StatusCode::NOT_FOUND, "There is no such comment."))?;
    Ok(json_answer(StatusCode::OK, &json(call, issue, comment)))
}

pub(super) fn create(call: &Call) -> Answer {
    let given = call.object()?;
    let now = call.now();
    let mut state = call.state();
    call.issue(&state)?;
    if let Some(unknown) = given.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(Refusal::bad(format!(
            "Unrecognized field \"{unknown}\" in a comment."
        )));
    }
    let visibility = visibility(&given)?;
    let body = body(call.api.version, given.get("body"))?;
    let id = state.next_id();
    let issue = call.issue_mut(&mut state)?;
    let comment = Comment {
        id,
        body,
        visibility,
        created: now,
    };
    let answer = json(call, issue, &comment);
    issue.comments.push(comment);
    issue.updated = now;
    Ok(json_answer(StatusCode::CREATED, &answer))
}

fn body(version: Version, given: Option<&Value>) -> Result<Body, Refusal> {
    let empty = || Refusal::field("comment", "Comment body can not be empty!");
    let given = given.filter(|given| !given.is_null()).ok_or_else(empty)?;
    let body = match (version, given) {
        (Version::Two, Value::String(text)) => Body::Wiki(text.clone()),
        (Version::Two, _) => {
            return Err(Refusal::bad(
                "body of a comment must be a string in version 2.",
            ));
        }
        (Version::Three, document) => match document::check(document) {
            Ok(()) => Body::Document(document.clone()),
            Err(why) => {
                return Err(Refusal::field(
                    "comment",
                    format!("Comment body is not valid: {why}"),
                ));
            }
        },
    };
    if body.is_blank() {
        return Err(empty());
    }
    if body.wiki().chars().count() > LONGEST {
        let why =
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.";
        return Err(Refusal::field("comment", why));
    }
    Ok(body)
}

fn visibility(given: &Map<String, Value>) -> Result<Option<Value>, Refusal> {
    let Some(visibility) = Fields::of(given, "a comment").object("visibility")? else {
        return Ok(None);
    };
    let fields = Fields::of(visibility, "visibility");
    let kind = fields.text("type")?;
    if !matches!(kind.as_deref(), Some("group" | "role")) {
        return Err(Refusal::field(
            "commentLevel",
            "The type of visibility must be group or role.",
        ));
    }
    let value = fields
        .text("value")?
        .or(fields.text("identifier")?)
        .filter(|value| !value.is_empty());
    match value {
        Some(value) => Ok(Some(json!({"type": kind, "value": value}))),
        None => Err(Refusal::field(
            "commentLevel",
            "The visibility must name a group or role.",
        )),
    }
}

/// A comment in the language of the call's version.
pub(super) fn json(call: &Call, issue: &Issue, comment: &Comment) -> Value {
    let person = about::user(call);
    let body = match call.api.version {
        Version::Two => comment.body.wiki().into(),
        Version::Three => comment.body.document(),
    };
    let mut shown = json!({
        "self": format!("{}/issue/{}/comment/{}", call.base(), issue.id, comment.id),
        "id": comment.id.to_string(),
        "author": person,
        "body": body,
        "updateAuthor": person,
        "created": time(comment.created),
        "updated": time(comment.created),
    });
    if let Some(visibility) = &comment.visibility {
        shown["visibility"] = visibility.clone();
    }
    if call.api.jira.flavour() == Flavour::Cloud {
        shown["jsdPublic"] = true.into();
    }
    shown
}
