//! The anchors of references, as GitLab writes them.

use super::escape::{self, Reach};
use crate::references::{References, Target, address_part};
use crate::trackers::NUMBER;
use std::fmt::Write;

const BEHAVIOUR: &str = "data-container=\"body\" data-placement=\"top\" data-reference-type=";

/// The start tags of a text's references, prepared.
#[derive(Default)]
pub(super) struct Anchors {
    project_id: i64,
    trackers: Vec<Anchor>,
}

/// The start tag for a tracker's issues: what stands before, between and after the id.
struct Anchor {
    address: Vec<String>,
    middle: String,
    end: String,
}

impl Anchors {
    pub(super) fn new(references: &References) -> Self {
        let project_id = references.project_id();
        let anchor = |(title, address): (&str, &str)| {
            let parts = address.split(NUMBER).map(|part| {
                let mut escaped = String::new();
                escape::address(part, &mut escaped);
                escaped
            });
            let mut end = format!("\" {BEHAVIOUR}\"external_issue\" title=\"Issue in ");
            escape::attribute(title, &mut end);
            end.push_str("\" class=\"gfm gfm-issue has-tooltip\">");
            Anchor {
                address: parts.collect(),
                middle: format!("\" data-project=\"{project_id}\" data-external-issue=\""),
                end,
            }
        };
        Self {
            project_id,
            trackers: references.trackers().map(anchor).collect(),
        }
    }

    /// Writes the start tag of a reference.
    pub(super) fn write_start(&self, target: Target<'_>, out: &mut String) {
        out.push_str("<a href=\"");
        match target {
            Target::Tracker(tracker, id) => {
                let anchor = &self.trackers[tracker];
                for (index, part) in anchor.address.iter().enumerate() {
                    if index > 0 {
                        out.extend(address_part(id));
                    }
                    out.push_str(part);
                }
                out.push_str(&anchor.middle);
                escape::attribute(id, out);
                out.push_str(&anchor.end);
            }
            Target::Own(item) => {
                if escape::reach(&item.url) == Reach::Outside {
                    escape::address(&item.url, out);
                }
                let kind = if item.sign == '!' {
                    "merge_request"
                } else {
                    "issue"
                };
                let (project, number) = (self.project_id, item.number);
                let _ = write!(
                    out,
                    "\" data-project=\"{project}\" data-iid=\"{number}\" {BEHAVIOUR}\"{kind}\" title=\""
                );
                escape::attribute(&item.title, out);
                let _ = write!(out, "\" class=\"gfm gfm-{kind} has-tooltip\">");
            }
        }
    }
}

/// Writes the text of a reference's link: its name, or the title of an own issue that asks for it.
pub(super) fn write_text(name: &str, target: Target<'_>, out: &mut String) {
    match target {
        Target::Own(item) if name.ends_with(['+', 's']) => {
            let name = name.trim_end_matches(['+', 's']);
            if item.title.is_empty() {
                escape::text(name, out);
            } else {
                escape::text(&item.title, out);
                let _ = write!(out, " ({name})");
            }
        }
        _ => escape::text(name, out),
    }
}
