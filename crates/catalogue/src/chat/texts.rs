//! The message of each kind of event, written once for all chats.

mod code;
mod notices;
mod parts;
mod pipeline;
mod talk;

use super::message::Message;
use super::rich::RichText;
use crate::{Context, Skip};
use model::Event;
use model::event::Body;

/// The message of an event, or why there is none.
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

/// The message of a test.
pub fn test_message(context: &Context) -> Message {
    let sentence = RichText::new().text("This is a test from Crosstie: messages about ");
    Message::of(
        sentence
            .then(parts::project(context))
            .text(" will arrive here."),
    )
}
