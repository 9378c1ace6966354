//! Pipelines.

use super::super::message::{Author, Details, Field, Message, Tone};
use super::parts::{address, person, short};
use crate::Context;
use crate::chat::rich::RichText;
use crate::time;
use model::event::{Build, Pipeline};

/// The most failed jobs named.
const JOBS: usize = 10;

pub(super) fn pipeline(pipeline: &Pipeline, context: &Context) -> Message {
    let attributes = &pipeline.attributes;
    let links = &context.project.links;
    let (fate, tone) = match attributes.status.as_str() {
        "success" if attributes.detailed_status == "passed with warnings" => {
            ("has passed with warnings", Tone::Warning)
        }
        "success" => ("has passed", Tone::Good),
        _ => ("has failed", Tone::Danger),
    };
    let own_url = format!("{}/-/pipelines/{}", links.project(), attributes.id);
    let page = address(&attributes.url, own_url);
    let name = attributes.reference.as_str();
    let (noun, ref_page) = if attributes.tag {
        ("Tag", links.tag(name))
    } else {
        ("Branch", links.history(name))
    };
    let who = person(pipeline.user.as_ref());
    let who = if who.is_empty() {
        "API".to_owned()
    } else {
        who
    };
    let number = format!("#{}", attributes.id);
    let lasted = duration(attributes.duration);
    let summary = RichText::new()
        .link(context.project.name.as_str(), links.project())
        .text(": Pipeline ")
        .link(number.as_str(), &page)
        .text(format!(" of {} ", noun.to_lowercase()))
        .link(name, &ref_page)
        .text(format!(" by {who} {fate} in {lasted}"));
    let mut fields = vec![Field::short(noun, RichText::new().link(name, &ref_page))];
    fields.extend(commit(pipeline, context));
    fields.extend(failures(pipeline, &page, links.project()));
    fields.extend(more(pipeline));
    let picture = pipeline.user.as_ref().map(|user| user.avatar_url.clone());
    Message {
        summary,
        details_suffice: true,
        details: Some(Details {
            title: Some((format!("Pipeline {number} {fate} in {lasted}"), page)),
            tone,
            fields,
            author: Some(Author {
                name: who,
                picture: picture.unwrap_or_default(),
            }),
            footer: context.project.name_with_namespace.clone(),
            at: time::parse(&attributes.finished_at),
            ..Details::default()
        }),
    }
}

fn commit(pipeline: &Pipeline, context: &Context) -> Option<Field> {
    let commit = pipeline.commit.as_ref()?;
    let title = match commit.title() {
        "" => short(&commit.id),
        title => title,
    };
    let page = address(&commit.url, context.project.links.commit(&commit.id));
    Some(Field::short("Commit", RichText::new().link(title, &page)))
}

/// The stages and jobs that failed.
fn failures(pipeline: &Pipeline, page: &str, project: &str) -> Vec<Field> {
    let jobs = pipeline.failed_jobs();
    if jobs.is_empty() {
        return Vec::new();
    }
    let mut stages: Vec<&str> = Vec::new();
    for job in &jobs {
        if !stages.contains(&job.stage.as_str()) {
            stages.push(&job.stage);
        }
    }
    let failures = format!("{page}/failures");
    let stage_links = stages
        .iter()
        .map(|stage| RichText::new().link(*stage, page))
        .collect();
    let job_page = |job: &Build| format!("{project}/-/jobs/{}", job.id);
    let mut job_links: Vec<RichText> = jobs
        .iter()
        .take(JOBS)
        .map(|job| RichText::new().link(job.name.as_str(), &job_page(job)))
        .collect();
    if jobs.len() > JOBS {
        let more = format!("{} more", jobs.len() - JOBS);
        job_links.push(RichText::new().text("and ").link(more, &failures));
    }
    vec![
        Field::short(plural("Failed stage", stages.len()), listed(stage_links)),
        Field::short(plural("Failed job", jobs.len()), listed(job_links)),
    ]
}

fn more(pipeline: &Pipeline) -> Vec<Field> {
    let attributes = &pipeline.attributes;
    let rows = [
        ("Invalid CI config YAML file", &attributes.yaml_errors),
        ("Pipeline name", &attributes.name),
    ];
    let filled = rows.into_iter().filter(|(_, text)| !text.is_empty());
    filled
        .map(|(title, text)| Field {
            short: false,
            ..Field::short(title, RichText::new().text(text.as_str()))
        })
        .collect()
}

fn plural(noun: &str, count: usize) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

fn listed(parts: Vec<RichText>) -> RichText {
    let mut text = RichText::new();
    for (index, part) in parts.into_iter().enumerate() {
        text = text.text(if index == 0 { "" } else { ", " }).then(part);
    }
    text
}

/// `MM:SS`, from an hour on `HH:MM:SS`.
fn duration(seconds: Option<f64>) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes the nearest number that fits, and less than nothing becomes 0"
    )]
    let whole = seconds.unwrap_or_default().round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours == 0 {
        format!("{minutes:02}:{seconds:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_read_at_a_glance() {
        for (seconds, expected) in [
            (None, "00:00"),
            (Some(59.6), "01:00"),
            (Some(151.0), "02:31"),
            (Some(90_061.0), "25:01:01"),
            (Some(-3.0), "00:00"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
