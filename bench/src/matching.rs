//! Reading texts: commit messages for keys and closing phrases.

use crate::bodies::{self, Dice};
use crate::report::{Aim, Row};
use crate::scale::Scale;
use anyhow::Result;
use model::reference::{KeyPattern, closing, mentioned};
use regex::Regex;
use std::hint::black_box;
use std::time::Instant;

/// How often all texts are read for one figure.
const TIMES: usize = 5;

/// Megabytes in a second that texts are read with.
pub(crate) fn run(scale: Scale) -> Result<Vec<Row>> {
    let messages: Vec<String> = (0..scale.of(20_000, 500))
        .map(|number| bodies::message(number, &mut Dice::new(number)))
        .collect();
    let pattern = KeyPattern::default();
    let expression = Regex::new(r"[A-Z][A-Z_0-9]+-\d+")?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds() {
        bare.push(speed(&messages, |text| expression.find_iter(text).count()));
        let both = |text: &str| mentioned(&pattern, text).len() + closing(&pattern, text).len();
        ours.push(speed(&messages, both));
    }
    Ok(vec![Row {
        what: "commit messages read for keys and closing phrases (bare: one expression)".to_owned(),
        unit: "MB/s",
        ours,
        bare,
        aim: Aim::AtLeast(100.0),
    }])
}

/// Megabytes in a second, all texts read once to warm up and then several times.
fn speed(texts: &[String], read: impl Fn(&str) -> usize) -> f64 {
    let all = || {
        texts
            .iter()
            .map(|text| black_box(read(text)))
            .sum::<usize>()
    };
    let bytes: usize = texts.iter().map(String::len).sum();
    black_box(all());
    let begun = Instant::now();
    for _ in 0..TIMES {
        black_box(all());
    }
    (bytes * TIMES) as f64 / 1e6 / begun.elapsed().as_secs_f64()
}
