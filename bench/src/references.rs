//! Markdown with references that become links, beside the renderer alone.

use crate::bodies::{self, Dice};
use crate::report::{Aim, Row};
use crate::scale::Scale;
use anyhow::{Context, Result};
use catalogue::{References, Values, markdown};
use pulldown_cmark::{Options, Parser, html};
use serde_json::Map;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

/// The tracker whose references are looked for.
const TRACKER: &str = "custom-issue-tracker";
/// How often a text is rendered for one figure.
const TIMES: usize = 10;

/// Megabytes in a second that Markdown is rendered with.
pub(crate) fn run(scale: Scale) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (what, every) in [("few", 50), ("many", 3)] {
        let text = text(scale.of(3_000, 50), every);
        let references = references()?;
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..scale.rounds() {
            bare.push(speed(&text, |text| alone(text).len()));
            ours.push(speed(&text, |text| {
                markdown::render(text, &references).len()
            }));
        }
        rows.push(Row {
            what: format!("Markdown with {what} references (bare: the renderer alone)"),
            unit: "MB/s",
            ours,
            bare,
            aim: Aim::RatioAtLeast(0.7),
        });
    }
    Ok(rows)
}

fn references() -> Result<References> {
    let integration = catalogue::find(TRACKER).context("the tracker is gone")?;
    let tracker = integration.tracker.context("it is no tracker")?;
    let issues = (
        "issues_url".to_owned(),
        "https://tracker.test/issues/:id".into(),
    );
    let plain = Map::from_iter([issues]);
    let values = Values::new(integration.settings, plain, BTreeMap::new(), Map::new());
    let mut references = References::of_project(1);
    references.track(integration.title, tracker(&values));
    Ok(references)
}

/// Prose in paragraphs, lists and code, one of so many paragraphs with a reference.
fn text(paragraphs: usize, every: usize) -> String {
    let mut text = String::new();
    for number in 0..paragraphs {
        let prose = bodies::message(number, &mut Dice::new(number));
        let prose = prose.replace('-', " ");
        let line = prose.split_whitespace().collect::<Vec<_>>().join(" ");
        let reference = if number % every == 0 {
            " See API_32-143."
        } else {
            ""
        };
        let paragraph = match number % 5 {
            0 => format!("## Part {number}\n\n{line}{reference}\n\n"),
            1 => format!("- **{line}**\n- `code` and {line}{reference}\n\n"),
            _ => format!("{line} and _more_ of it.{reference}\n\n"),
        };
        text.push_str(&paragraph);
    }
    text
}

fn alone(text: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut out = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut out, Parser::new_ext(text, options));
    out
}

fn speed(text: &str, render: impl Fn(&str) -> usize) -> f64 {
    black_box(render(text));
    let begun = Instant::now();
    for _ in 0..TIMES {
        black_box(render(black_box(text)));
    }
    (text.len() * TIMES) as f64 / 1e6 / begun.elapsed().as_secs_f64()
}
