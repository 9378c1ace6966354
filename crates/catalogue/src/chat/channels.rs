//! Which channels an event goes to.

use crate::{FieldError, Values};
use model::{Event, Kind};

/// The most channels for one event.
pub const MOST: usize = 10;

/// The settings that may name an event's channels, the most special first.
pub fn settings(event: &Event) -> &'static [&'static str] {
    match (event.kind, event.confidential) {
        (Kind::Push, _) => &["push_channel"],
        (Kind::TagPush, _) => &["tag_push_channel"],
        (Kind::Issue | Kind::WorkItem, false) => &["issue_channel"],
        (Kind::Issue | Kind::WorkItem, true) => &["confidential_issue_channel", "issue_channel"],
        (Kind::MergeRequest, _) => &["merge_request_channel"],
        (Kind::Note, false) => &["note_channel"],
        (Kind::Note, true) => &["confidential_note_channel", "note_channel"],
        (Kind::Pipeline, _) => &["pipeline_channel"],
        (Kind::WikiPage, _) => &["wiki_page_channel"],
        (Kind::Deployment, _) => &["deployment_channel"],
        (Kind::Alert, _) => &["alert_channel"],
        (Kind::Incident, _) => &["incident_channel"],
        (Kind::Vulnerability, _) => &["vulnerability_channel"],
        (Kind::GroupMention, false) => &["group_mention_channel"],
        (Kind::GroupMention, true) => &["group_confidential_mention_channel"],
        _ => &[],
    }
}

/// The channels an event goes to; none where the tool is to choose.
pub fn of(event: &Event, values: &Values) -> Vec<String> {
    let named = settings(event).iter().map(|name| values.text(name));
    let text = named
        .filter(|text| !text.is_empty())
        .chain([values.text("channel")])
        .next();
    split(&text.unwrap_or_default())
}

/// Every channel that the settings name.
pub fn all(values: &Values) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for channel in values
        .named("channel")
        .iter()
        .flat_map(|(_, text)| split(text))
    {
        if !found.contains(&channel) {
            found.push(channel);
        }
    }
    found
}

/// What is wrong with the settings that name channels.
pub fn check(values: &Values) -> Vec<FieldError> {
    let named = values.named("channel");
    let too_many = named.iter().filter(|(_, text)| split(text).len() > MOST);
    too_many
        .map(|(field, _)| FieldError::new(field, format!("cannot have more than {MOST} channels")))
        .collect()
}

fn split(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        if !found.iter().any(|other| other == name) {
            found.push(name.to_owned());
        }
    }
    found
}
