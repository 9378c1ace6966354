//! Web links, which Jira's API calls remote links.

use super::answer::{Answer, Refusal, json_answer, nothing};
use super::call::Call;
use super::fields::Fields;
use crate::jira::state::{Issue, Link};
use crate::jira::text::is_web_address;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// The longest title, relationship and `globalId`, in characters.
const LONGEST: usize = 255;

pub(super) fn list(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let answer = match call.query.get("globalId") {
        None => issue
            .links
            .iter()
            .map(|link| json_of(call, issue, link))
            .collect(),
        Some(wanted) => {
            let found = issue
                .links
                .iter()
                .find(|link| link.global_id.as_deref() == Some(wanted));
            json_of(call, issue, found.ok_or_else(no_such_link)?)
        }
    };
    Ok(json_answer(StatusCode::OK, &answer))
}

pub(super) fn show(call: &Call) -> Answer {
    let state = call.state();
    let issue = call.issue(&state)?;
    let link = &issue.links[position(call, issue)?];
    Ok(json_answer(StatusCode::OK, &json_of(call, issue, link)))
}

/// Makes a link; one of the same `globalId` on this issue is replaced instead.
pub(super) fn create(call: &Call) -> Answer {
    let given = call.object()?;
    let now = call.now();
    let mut state = call.state();
    call.issue(&state)?;
    let mut link = read(&given)?;
    let new_id = state.next_id();
    let issue = call.issue_mut(&mut state)?;
    issue.updated = now;
    let present = issue
        .links
        .iter_mut()
        .find(|old| old.global_id.is_some() && old.global_id == link.global_id);
    let (status, id) = if let Some(present) = present {
        link.id = present.id;
        *present = link;
        (StatusCode::OK, present.id)
    } else {
        link.id = new_id;
        issue.links.push(link);
        (StatusCode::CREATED, new_id)
    };
    Ok(json_answer(
        status,
        &json!({"id": id, "self": address(call, issue, id)}),
    ))
}

/// Replaces a link: what is not given is gone.
pub(super) fn change(call: &Call) -> Answer {
    let given = call.object()?;
    let now = call.now();
    let mut state = call.state();
    let issue = call.issue_mut(&mut state)?;
    let position = position(call, issue)?;
    let mut link = read(&given)?;
    link.id = issue.links[position].id;
    let taken = |old: &Link| {
        old.id != link.id && old.global_id.is_some() && old.global_id == link.global_id
    };
    if issue.links.iter().any(taken) {
        return Err(Refusal::field(
            "globalId",
            "Another link of this issue has this globalId.",
        ));
    }
    issue.links[position] = link;
    issue.updated = now;
    Ok(nothing())
}

pub(super) fn delete(call: &Call) -> Answer {
    let now = call.now();
    let mut state = call.state();
    let issue = call.issue_mut(&mut state)?;
    let position = position(call, issue)?;
    issue.links.remove(position);
    issue.updated = now;
    Ok(nothing())
}

fn position(call: &Call, issue: &Issue) -> Result<usize, Refusal> {
    issue
        .links
        .iter()
        .position(|link| Some(link.id) == call.id())
        .ok_or_else(no_such_link)
}

fn no_such_link() -> Refusal {
    Refusal::with_message(
        StatusCode::NOT_FOUND,
        "There is no such remote link on this issue.",
    )
}

fn read(given: &Map<String, Value>) -> Result<Link, Refusal> {
    let none = Map::new();
    let fields = Fields::of(given, "a remote link");
    let object = Fields::of(fields.object("object")?.unwrap_or(&none), "object");
    let status = Fields::of(object.object("status")?.unwrap_or(&none), "status");
    let link = Link {
        id: 0,
        global_id: fields.text("globalId")?,
        relationship: fields.text("relationship")?,
        application: texts(&fields, "application", &["type", "name"])?,
        url: object.text("url")?.unwrap_or_default(),
        title: object.text("title")?.unwrap_or_default(),
        summary: object.text("summary")?,
        icon: texts(&object, "icon", &["url16x16", "title"])?,
        resolved: status.flag("resolved")?,
        status_icon: texts(&status, "icon", &["url16x16", "title", "link"])?,
    };
    check(&link)?;
    Ok(link)
}

/// The known texts of an inner object.
fn texts(fields: &Fields, name: &str, supported: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let mut out = Map::new();
    if let Some(object) = fields.object(name)? {
        let object = Fields::of(object, name);
        for field in supported {
            if let Some(text) = object.text(field)? {
                out.insert((*field).to_owned(), text.into());
            }
        }
    }
    Ok(out)
}

fn check(link: &Link) -> Result<(), Refusal> {
    let mut errors = Map::new();
    let mut wrong = |field: &str, why: String| {
        errors.entry(field).or_insert(why.into());
    };
    for (field, text) in [("title", &link.title), ("url", &link.url)] {
        if text.trim().is_empty() {
            wrong(field, format!("'{field}' is required."));
        }
    }
    if !is_web_address(&link.url) {
        wrong(
            "url",
            "'url' must be an absolute http or https address.".into(),
        );
    }
    let limited = [
        ("title", Some(&link.title)),
        ("globalId", link.global_id.as_ref()),
        ("relationship", link.relationship.as_ref()),
    ];
    for (field, text) in limited {
        if text.is_some_and(|text| text.chars().count() > LONGEST) {
            wrong(
                field,
                format!("'{field}' must not be longer than {LONGEST} characters."),
            );
        }
    }
    for icon in [&link.icon, &link.status_icon] {
        for field in ["url16x16", "link"] {
            let given = icon.get(field).and_then(Value::as_str);
            if given.is_some_and(|url| !is_web_address(url)) {
                wrong(
                    field,
                    format!("'{field}' must be an absolute http or https address."),
                );
            }
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::fields(errors))
    }
}

fn address(call: &Call, issue: &Issue, id: u64) -> String {
    format!("{}/issue/{}/remotelink/{id}", call.base(), issue.key)
}

fn json_of(call: &Call, issue: &Issue, link: &Link) -> Value {
    let mut status = json!({"icon": link.status_icon});
    if let Some(resolved) = link.resolved {
        status["resolved"] = resolved.into();
    }
    let mut object =
        json!({"url": link.url, "title": link.title, "icon": link.icon, "status": status});
    if let Some(summary) = &link.summary {
        object["summary"] = summary.as_str().into();
    }
    let mut shown = json!({
        "id": link.id,
        "self": address(call, issue, link.id),
        "application": link.application,
        "object": object,
    });
    for (name, text) in [
        ("globalId", &link.global_id),
        ("relationship", &link.relationship),
    ] {
        if let Some(text) = text {
            shown[name] = text.as_str().into();
        }
    }
    shown
}
