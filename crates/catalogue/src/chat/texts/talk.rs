//! Issues, comments and mentions.

use super::super::from_markdown::from_markdown;
use super::super::message::{Details, Message, Tone};
use super::parts::{actor_name, first_line, project, short};
use crate::Context;
use crate::chat::rich::RichText;
use model::Kind;
use model::event::{
    Commit, GroupMention, Issue, IssueAttributes, MergeRequestAttributes, Note, Snippet,
};

pub(super) fn issue(kind: Kind, issue: &Issue, context: &Context) -> Message {
    let attributes = &issue.attributes;
    let type_name = match attributes.type_name.as_str() {
        "" if kind == Kind::Incident => "Incident",
        "" => "Issue",
        name => name,
    };
    let state = match (attributes.action.as_str(), attributes.state.as_str()) {
        ("reopen", _) => "reopened",
        (_, "") => "changed",
        (_, state) => state,
    };
    let title = format!("#{} {}", attributes.iid, first_line(&attributes.title));
    let sentence = RichText::new()
        .text("[")
        .then(project(context))
        .text(format!("] {type_name} "))
        .link(title.as_str(), &attributes.url)
        .text(format!(" {state} by {}", actor_name(issue.user.as_ref())));
    let message = Message::of(sentence);
    if attributes.action != "open" {
        return message;
    }
    message.with(Details {
        title: Some((title, attributes.url.clone())),
        text: from_markdown(&attributes.description),
        tone: Tone::Attention,
        ..Details::default()
    })
}

pub(super) fn note(note: &Note, context: &Context) -> Message {
    let noteable = Noteable {
        commit: note.commit.as_ref(),
        issue: note.issue.as_ref(),
        merge_request: note.merge_request.as_ref(),
        snippet: note.snippet.as_ref(),
    };
    let (target, title) = noteable.name();
    let sentence = RichText::new()
        .text(format!("{} ", actor_name(note.user.as_ref())))
        .link(format!("commented on {target}"), &note.attributes.url)
        .text(" in ")
        .then(project(context));
    Message {
        details: Details::text(from_markdown(&note.attributes.note)),
        ..Message::of(titled(sentence, &title))
    }
}

pub(super) fn group_mention(mention: &GroupMention, context: &Context) -> Message {
    let attributes = &mention.attributes;
    let iid = attributes.iid;
    let (target, title) = match attributes.object_kind.as_str() {
        "issue" | "work_item" | "incident" => (format!("issue #{iid}"), attributes.title.clone()),
        "merge_request" => (format!("merge request !{iid}"), attributes.title.clone()),
        _ => Noteable {
            commit: mention.commit.as_ref(),
            issue: mention.issue.as_ref(),
            merge_request: mention.merge_request.as_ref(),
            snippet: None,
        }
        .name(),
    };
    let comment_text = if attributes.note.is_empty() {
        &attributes.description
    } else {
        &attributes.note
    };
    let sentence = RichText::new()
        .text("Group ")
        .link(mention.mentioned.name.as_str(), &mention.mentioned.url)
        .text(" was mentioned in ")
        .link(target, &attributes.url)
        .text(" of ")
        .then(project(context));
    Message {
        details: Details::text(from_markdown(comment_text)),
        ..Message::of(titled(sentence, &title))
    }
}

/// A sentence, and the title of what it is about.
fn titled(sentence: RichText, title: &str) -> RichText {
    let title = first_line(title);
    if title.is_empty() {
        sentence
    } else {
        sentence.text(": ").strong(title)
    }
}

/// What a comment is on.
struct Noteable<'a> {
    commit: Option<&'a Commit>,
    issue: Option<&'a IssueAttributes>,
    merge_request: Option<&'a MergeRequestAttributes>,
    snippet: Option<&'a Snippet>,
}

impl Noteable<'_> {
    /// Its kind and number, and its title.
    fn name(&self) -> (String, String) {
        if let Some(issue) = self.issue {
            (format!("issue #{}", issue.iid), issue.title.clone())
        } else if let Some(merge_request) = self.merge_request {
            (
                format!("merge request !{}", merge_request.iid),
                merge_request.title.clone(),
            )
        } else if let Some(commit) = self.commit {
            (
                format!("commit {}", short(&commit.id)),
                commit.title().to_owned(),
            )
        } else if let Some(snippet) = self.snippet {
            (format!("snippet ${}", snippet.id), snippet.title.clone())
        } else {
            ("something".to_owned(), String::new())
        }
    }
}
