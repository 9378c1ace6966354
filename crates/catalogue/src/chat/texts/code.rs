//! Pushes and merge requests.

use super::super::message::{Details, Message};
use super::parts::{actor_name, address, first_line, project, short};
use crate::Context;
use crate::chat::rich::RichText;
use model::event::{Commit, MergeRequest, Push};

/// The most commits listed.
const COMMITS: usize = 20;

pub(super) fn push(push: &Push, context: &Context) -> Message {
    let who = [&push.user_name, &push.user_username]
        .into_iter()
        .find(|name| !name.trim().is_empty());
    let who = who.map_or("Someone", |name| name.trim());
    let (noun, name) = (
        if push.is_tag() { "tag" } else { "branch" },
        push.ref_name(),
    );
    let links = &context.project.links;
    let page = if push.is_tag() {
        links.tag(name)
    } else {
        links.history(name)
    };
    let project = project(context);
    if push.is_deletion() {
        let sentence = RichText::new().text(format!("{who} removed {noun} {name} from "));
        return Message::of(sentence.then(project));
    }
    if push.is_creation() {
        let sentence = RichText::new()
            .text(format!("{who} pushed new {noun} "))
            .link(name, &page);
        return Message::of(sentence.text(" to ").then(project));
    }
    let changes = links.compare(&push.before, &push.after);
    let sentence = RichText::new()
        .text(format!("{who} pushed to {noun} "))
        .link(name, &page)
        .text(" of ")
        .then(project)
        .text(" (")
        .link("Compare changes", &changes)
        .text(")");
    Message {
        details: Details::text(commits(push, context)),
        ..Message::of(sentence)
    }
}

/// A line for each of the newest commits, and how many more there are.
fn commits(push: &Push, context: &Context) -> RichText {
    let first = push.commits.len().saturating_sub(COMMITS);
    let shown = &push.commits[first..];
    let mut text = RichText::new();
    for (index, commit) in shown.iter().enumerate() {
        let joint = if index == 0 { "" } else { "\n" };
        text = text.text(joint).then(line(commit, context));
    }
    let more = push.total_commits_count.saturating_sub(shown.len() as u64);
    if more == 0 || shown.is_empty() {
        return text;
    }
    let noun = if more == 1 { "commit" } else { "commits" };
    text.text(format!("\n… and {more} more {noun}"))
}

fn line(commit: &Commit, context: &Context) -> RichText {
    let page = address(&commit.url, context.project.links.commit(&commit.id));
    let author = commit.author.name.trim();
    let by = if author.is_empty() {
        String::new()
    } else {
        format!(" - {author}")
    };
    RichText::new()
        .link(short(&commit.id), &page)
        .text(format!(": {}{by}", commit.title()))
}

pub(super) fn merge_request(merge_request: &MergeRequest, context: &Context) -> Message {
    let attributes = &merge_request.attributes;
    let verb = match attributes.action.as_str() {
        "approved" => "approved",
        "unapproved" => "unapproved",
        "approval" => "added their approval to",
        "unapproval" => "removed their approval from",
        "reopen" => "reopened",
        _ if attributes.state.is_empty() => "changed",
        _ => attributes.state.as_str(),
    };
    let own_url = context.project.links.merge_request(attributes.iid);
    let page = address(&attributes.url, own_url.unwrap_or_default());
    let sentence = RichText::new()
        .text(format!(
            "{} {verb} merge request ",
            actor_name(merge_request.user.as_ref())
        ))
        .link(
            format!("!{} {}", attributes.iid, first_line(&attributes.title)),
            &page,
        )
        .text(" in ");
    Message::of(sentence.then(project(context)))
}
