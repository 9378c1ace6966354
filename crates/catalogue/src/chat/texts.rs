//! What is said of each kind of event, once for all chats: chat facts, section 2.

mod code;
mod notices;
mod pipeline;
mod talk;

use super::message::Message;
use super::rich::Rich;
use crate::{Context, Skip};
use model::Event;
use model::event::{Body, User};

/// The message of an event; `Err` says why there is none.
pub fn message(event: &Event, context: &Context) -> Result<Message, Skip> {
    match &event.body {
        Body::Push(push) => Ok(code::push(push, context)),
        Body::MergeRequest(merge_request) => Ok(code::merge_request(merge_request, context)),
        Body::Issue(issue) => Ok(talk::issue(event.kind, issue, context)),
        Body::Note(note) => Ok(talk::note(note, context)),
        Body::GroupMention(mention) => Ok(talk::group_mention(mention, context)),
        Body::Pipeline(pipeline) => Ok(pipeline::pipeline(pipeline, context)),
        Body::WikiPage(page) => Ok(notices::wiki_page(page, context)),
        Body::Deployment(deployment) => Ok(notices::deployment(deployment, context)),
        Body::Alert(alert) => Ok(notices::alert(alert, context)),
        Body::Vulnerability(vulnerability) => Ok(notices::vulnerability(vulnerability, context)),
        Body::Other(_) => Err(no_message(event)),
    }
}

/// Why an event has no message, if so.
pub fn skip_reason(event: &Event) -> Option<Skip> {
    matches!(event.body, Body::Other(_)).then(|| no_message(event))
}

fn no_message(event: &Event) -> Skip {
    Skip(format!(
        "there is no message for {} events",
        event.kind.title()
    ))
}

/// What is said to try the settings.
pub fn trial(context: &Context) -> Message {
    let sentence = Rich::new().text("This is a test from Crosstie: messages of ");
    Message::saying(sentence.then(project(context)).text(" arrive here."))
}

/// The project's name, leading to its page.
fn project(context: &Context) -> Rich {
    let project = &context.project;
    Rich::new().link(
        project.name_with_namespace.as_str(),
        project.links.project(),
    )
}

/// `Ada Lovelace (ada)`, or what is known of it; empty when nobody is.
fn person(user: Option<&User>) -> String {
    let Some(user) = user else {
        return String::new();
    };
    match (user.name.trim(), user.username.trim()) {
        ("", username) => username.to_owned(),
        (name, "") => name.to_owned(),
        (name, username) => format!("{name} ({username})"),
    }
}

/// Who did it, where the host may not say.
fn somebody(user: Option<&User>) -> String {
    let name = person(user);
    if name.is_empty() {
        "Somebody".into()
    } else {
        name
    }
}

/// The first eight digits of a hash.
fn short(sha: &str) -> &str {
    sha.get(..8).unwrap_or(sha)
}

/// The first line of a title.
fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

/// The first address if it leads anywhere, else the second.
fn address(said: &str, known: String) -> String {
    if said.starts_with("http") {
        said.to_owned()
    } else {
        known
    }
}
