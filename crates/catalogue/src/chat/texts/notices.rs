//! Wiki pages, deployments, alerts and vulnerabilities.

use super::super::from_markdown::from_markdown;
use super::super::message::{Details, Field, Message, Tone};
use super::parts::{actor_name, person, project};
use crate::chat::rich::RichText;
use crate::{Context, time};
use jiff::Timestamp;
use model::event::{Alert, Deployment, Vulnerability, WikiPage};

pub(super) fn wiki_page(page: &WikiPage, context: &Context) -> Message {
    let attributes = &page.attributes;
    let verb = match attributes.action.as_str() {
        "create" => "created",
        "delete" => "deleted",
        _ => "edited",
    };
    let mut sentence = RichText::new()
        .text(format!("{} {verb} ", actor_name(page.user.as_ref())))
        .link("wiki page", &attributes.url);
    if attributes.diff_url.starts_with("http") && verb != "deleted" {
        sentence = sentence
            .text(" (")
            .link("Compare changes", &attributes.diff_url)
            .text(")");
    }
    let sentence = sentence
        .text(" in ")
        .then(project(context))
        .text(": ")
        .strong(attributes.title.as_str());
    Message {
        details: Details::text(from_markdown(&attributes.message)),
        ..Message::of(sentence)
    }
}

pub(super) fn deployment(deployment: &Deployment, context: &Context) -> Message {
    let environment = &deployment.environment;
    let (sentence, tone) = match deployment.status.as_str() {
        "running" => (format!("Starting deploy to {environment}"), Tone::Neutral),
        "success" => (format!("Deploy to {environment} succeeded"), Tone::Good),
        "failed" => (format!("Deploy to {environment} failed"), Tone::Danger),
        "canceled" => (format!("Deploy to {environment} canceled"), Tone::Warning),
        other => (format!("Deploy to {environment} is {other}"), Tone::Neutral),
    };
    let mut text = project(context);
    if let Some(id) = deployment.deployable_id {
        text = text
            .text(" with job ")
            .link(format!("#{id}"), &deployment.deployable_url);
    }
    let who = person(deployment.user.as_ref());
    if !who.is_empty() {
        text = text.text(" by ").link(who, &deployment.user_url);
    }
    if !deployment.short_sha.is_empty() {
        text = text
            .text("\n")
            .link(deployment.short_sha.as_str(), &deployment.commit_url)
            .text(format!(": {}", deployment.commit_title));
    }
    Message::of(RichText::new().text(sentence)).with(Details {
        text,
        tone,
        ..Details::default()
    })
}

pub(super) fn alert(alert: &Alert, context: &Context) -> Message {
    let attributes = &alert.attributes;
    let fact = |title: &str, text: String| Field::short(title, RichText::new().text(text));
    let mut fields = vec![
        fact("Severity", humanised(&attributes.severity)),
        fact("Events", attributes.events.to_string()),
        fact("Status", humanised(&attributes.status)),
    ];
    fields.extend(time::parse(&attributes.started_at).map(|at| fact("Start time", moment(at))));
    let sentence = RichText::new()
        .text("Alert firing in ")
        .then(project(context));
    Message::of(sentence).with(Details {
        title: Some((attributes.title.clone(), attributes.url.clone())),
        tone: Tone::Attention,
        fields,
        ..Details::default()
    })
}

pub(super) fn vulnerability(vulnerability: &Vulnerability, context: &Context) -> Message {
    let attributes = &vulnerability.attributes;
    let mut identifiers = RichText::new();
    for (index, named) in attributes.identifiers.iter().enumerate() {
        let joint = if index == 0 { "" } else { ", " };
        identifiers = identifiers
            .text(joint)
            .link(named.name.as_str(), &named.url);
    }
    let mut fields = vec![Field::short(
        "Severity",
        RichText::new().text(humanised(&attributes.severity)),
    )];
    if !identifiers.is_empty() {
        fields.push(Field::short("Identifiers", identifiers));
    }
    let sentence = RichText::new()
        .text("Vulnerability detected in ")
        .then(project(context));
    Message::of(sentence).with(Details {
        title: Some((attributes.title.clone(), attributes.url.clone())),
        tone: Tone::Attention,
        fields,
        ..Details::default()
    })
}

/// `April 23rd, 2020 1:06AM UTC`.
fn moment(at: Timestamp) -> String {
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    let ordinal = match at.day() {
        11..=13 => "th",
        day => match day % 10 {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        },
    };
    let (half, hour) = if at.hour() < 12 {
        ("AM", at.hour())
    } else {
        ("PM", at.hour() - 12)
    };
    let hour = if hour == 0 { 12 } else { hour };
    format!(
        "{} {}{ordinal}, {} {hour}:{:02}{half} UTC",
        at.strftime("%B"),
        at.day(),
        at.year(),
        at.minute()
    )
}

/// `not_started` becomes `Not started`.
fn humanised(word: &str) -> String {
    let spaced = word.replace('_', " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_words_are_for_humans() {
        for (at, expected) in [
            ("2020-04-23T01:06:00Z", "April 23rd, 2020 1:06AM UTC"),
            ("2020-04-11T12:00:00Z", "April 11th, 2020 12:00PM UTC"),
            ("2020-04-01T00:30:00Z", "April 1st, 2020 12:30AM UTC"),
        ] {
            assert_eq!(moment(at.parse().unwrap()), expected);
        }
        assert_eq!(humanised("not_started"), "Not started");
        assert_eq!(humanised(""), "");
    }
}
