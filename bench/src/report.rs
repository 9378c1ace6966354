//! The table of what was measured.

use crate::figures::median;
use serde_json::{Value, json};

/// How the table is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// columns of text
    Terminal,
    /// for `docs/performance.md`
    Markdown,
    /// for programs
    Json,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// ours to bare, at least
    RatioAtLeast(f64),
    /// ours to bare, at most
    RatioAtMost(f64),
    /// ours, at least
    AtLeast(f64),
    /// ours, at most
    AtMost(f64),
    /// shown for what it tells
    Nothing,
}

/// One figure beside its bare loop, a value for each round.
#[derive(Debug)]
pub(crate) struct Row {
    pub what: String,
    pub unit: &'static str,
    pub ours: Vec<f64>,
    pub bare: Vec<f64>,
    pub aim: Aim,
}

impl Row {
    fn ratio(&self) -> f64 {
        median(&self.ours) / median(&self.bare)
    }

    fn aim(&self) -> (String, bool) {
        let (ours, ratio, unit) = (median(&self.ours), self.ratio(), self.unit);
        match self.aim {
            Aim::RatioAtLeast(aim) => (format!("≥ {aim} ×"), ratio >= aim),
            Aim::RatioAtMost(aim) => (format!("≤ {aim} ×"), ratio <= aim),
            Aim::AtLeast(aim) => (format!("≥ {aim} {unit}"), ours >= aim),
            Aim::AtMost(aim) => (format!("≤ {aim} {unit}"), ours <= aim),
            Aim::Nothing => (String::new(), true),
        }
    }

    fn cells(&self) -> [String; 6] {
        let (aim, held) = self.aim();
        let verdict = if held { "" } else { "  missed" };
        [
            self.what.clone(),
            self.unit.to_owned(),
            with_spread(&self.ours),
            with_spread(&self.bare),
            format!("{} ×", rounded(self.ratio())),
            format!("{aim}{verdict}"),
        ]
    }

    fn json(&self) -> Value {
        let (aim, held) = self.aim();
        json!({
            "what": self.what, "unit": self.unit, "ours": self.ours, "bare": self.bare,
            "ratio": self.ratio(), "aim": aim, "held": held,
        })
    }
}

const HEADINGS: [&str; 6] = ["figure", "unit", "Crosstie", "bare loop", "ratio", "aim"];

/// The rows in that form; each value is the median of its rounds, the spread behind it.
pub(crate) fn shown(rows: &[Row], form: Form) -> String {
    let cells = || rows.iter().map(Row::cells);
    match form {
        Form::Json => rows.iter().map(Row::json).collect::<Value>().to_string(),
        Form::Markdown => {
            let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
            let mut lines = vec![
                line(&HEADINGS.map(str::to_owned)),
                "|---|---|--:|--:|--:|---|".to_owned(),
            ];
            lines.extend(cells().map(|cells| line(&cells)));
            lines.join("\n")
        }
        Form::Terminal => {
            let mut table = vec![HEADINGS.map(str::to_owned)];
            table.extend(cells());
            let widths: [usize; 6] = std::array::from_fn(|column| {
                table
                    .iter()
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
            });
            let line = |row: &[String; 6]| {
                let padded = row
                    .iter()
                    .zip(widths)
                    .map(|(cell, width)| format!("{cell:<width$}"));
                padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
            };
            table.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

/// The median, and behind it the least and the greatest of several.
fn with_spread(values: &[f64]) -> String {
    let middle = rounded(median(values));
    if values.len() < 2 {
        return middle;
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    format!("{middle} ({}–{})", rounded(least), rounded(greatest))
}

/// Three digits that say something.
fn rounded(value: f64) -> String {
    let decimals = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_medians_spread_ratio_and_whether_the_aim_is_held() {
        let row = |aim| Row {
            what: "x".into(),
            unit: "ms",
            ours: vec![30.0, 10.0, 20.0],
            bare: vec![40.0],
            aim,
        };
        let shown_row = shown(&[row(Aim::RatioAtLeast(0.5))], Form::Markdown);
        assert!(
            shown_row.ends_with("| x | ms | 20.0 (10.0–30.0) | 40.0 | 0.50 × | ≥ 0.5 × |"),
            "{shown_row}"
        );
        for aim in [Aim::RatioAtMost(0.4), Aim::AtLeast(21.0), Aim::AtMost(19.0)] {
            assert!(
                shown(&[row(aim)], Form::Terminal).ends_with("missed"),
                "{aim:?}"
            );
        }
        assert!(shown(&[row(Aim::Nothing)], Form::Json).contains("\"held\":true"));
    }
}
