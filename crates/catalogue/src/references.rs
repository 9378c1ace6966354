//! The references of one text: which parts of it name an issue, and what they become.

use crate::trackers::{Pattern, Tracker, expression};
use model::event::Item;
use model::reference::has_digit_after;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use url::Url;

/// References that become links in one text: GitLab's limit.
pub const MAX_REFERENCES: usize = 1_000;

/// Numbers of one text that are looked up at most.
const MAX_NUMBERS: usize = 10_000;

/// Kept as it is in an address: what RFC 3986 calls unreserved.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An issue (`#143`) or merge request (`!12`) of the project itself.
static OWN: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?-u:\b{start-half}[#!][0-9]+(?:\+s?)?\b{end-half})"));

/// What text may refer to: the issues of a project's trackers, and its own.
///
/// Its own issues come first: one that is known wins over the tracker's of the same number.
#[derive(Default)]
pub struct References {
    project_id: i64,
    trackers: Vec<Linked>,
    own: HashMap<(char, i64), Item>,
}

struct Linked {
    title: &'static str,
    /// the address with `:id` in it; empty when it is none
    issue: String,
    pattern: Pattern,
}

/// What a reference is to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// an issue of a tracker: its place in the list of trackers, and the issue's id
    Tracker(usize, &'a str),
    /// an issue or merge request of the project's own
    Own(&'a Item),
}

/// A reference in a text.
#[derive(Clone, Debug)]
pub(crate) struct Link<'a> {
    /// where it stands, in bytes
    pub(crate) range: Range<usize>,
    /// what it is to
    pub(crate) target: Target<'a>,
}

impl References {
    /// Of a project that has neither trackers nor known issues yet.
    pub fn of_project(project_id: i64) -> Self {
        Self {
            project_id,
            ..Self::default()
        }
    }

    /// Adds a tracker under its title; an earlier one wins where two see a reference.
    pub fn track(&mut self, title: &'static str, tracker: Tracker) {
        let web = |url: &Url| matches!(url.scheme(), "http" | "https");
        let issue = tracker.issue;
        self.trackers.push(Linked {
            title,
            issue: if Url::parse(&issue).as_ref().is_ok_and(web) {
                issue
            } else {
                String::new()
            },
            pattern: tracker.pattern,
        });
    }

    /// Adds an issue or merge request of the project's own.
    pub fn know(&mut self, item: Item) {
        self.own.insert((item.sign, item.number), item);
    }

    /// The own issues and merge requests that a text may name, each once.
    pub fn own_in(text: &str) -> Vec<(char, i64)> {
        let names = OWN.find_iter(text).take(MAX_NUMBERS);
        let mut numbers: Vec<_> = names.filter_map(|name| own(name.as_str())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether no text can have a reference.
    pub(crate) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.trackers.is_empty()
    }

    /// The references in a text, in order, not overlapping.
    pub(crate) fn find<'a>(&'a self, text: &'a str) -> Vec<Link<'a>> {
        let mut links = Vec::new();
        let may_occur = || has_digit_after(text, b'#') || has_digit_after(text, b'!');
        if !self.own.is_empty() && may_occur() {
            let names = OWN.find_iter(text);
            links.extend(names.filter_map(|name| {
                let item = self.own.get(&own(name.as_str())?)?;
                Some(Link {
                    range: name.range(),
                    target: Target::Own(item),
                })
            }));
        }
        for (index, tracker) in self.trackers.iter().enumerate() {
            let found = tracker.pattern.find(text).into_iter();
            let found = found.map(|found| Link {
                range: found.range,
                target: Target::Tracker(index, found.id),
            });
            links = merged(links, found);
        }
        links
    }

    /// The issue of a tracker that an address as a whole names.
    pub(crate) fn whole<'a>(&'a self, text: &'a str) -> Option<Target<'a>> {
        // `#12` is a place on the same page
        if text.starts_with('#') {
            return None;
        }
        let mut trackers = self.trackers.iter().enumerate();
        trackers.find_map(|(index, tracker)| {
            let found = tracker.pattern.find(text).into_iter().next()?;
            (found.range == (0..text.len())).then_some(Target::Tracker(index, found.id))
        })
    }

    /// The project they are seen from.
    pub(crate) fn project_id(&self) -> i64 {
        self.project_id
    }

    /// The trackers by title and an issue's address, in their order.
    pub(crate) fn trackers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = self.trackers.iter();
        all.map(|tracker| (tracker.title, tracker.issue.as_str()))
    }
}

/// An issue's id as a part of its address.
pub(crate) fn address_part(id: &str) -> impl Iterator<Item = &str> {
    utf8_percent_encode(id, PART)
}

/// Sign and number of an own issue's name.
fn own(name: &str) -> Option<(char, i64)> {
    let sign = name.chars().next()?;
    let number = name[sign.len_utf8()..].trim_end_matches(['+', 's']);
    Some((sign, number.parse().ok()?))
}

/// Two lists in one, in order; of two that overlap, the first list's stays.
fn merged<'a>(first: Vec<Link<'a>>, second: impl Iterator<Item = Link<'a>>) -> Vec<Link<'a>> {
    if first.is_empty() {
        return second.collect();
    }
    let mut all = Vec::with_capacity(first.len());
    let mut first = first.into_iter().peekable();
    for link in second {
        while let Some(before) = first.next_if(|other| other.range.end <= link.range.start) {
            all.push(before);
        }
        let free = first
            .peek()
            .is_none_or(|other| other.range.start >= link.range.end);
        if free {
            all.push(link);
        }
    }
    all.extend(first);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trackers::{NUMBER, NUMBERS};
    use model::reference::KeyPattern;

    fn item(sign: char, number: i64) -> Item {
        Item {
            sign,
            number,
            url: format!("https://git.test/{number}"),
            title: "Title".into(),
        }
    }

    fn references() -> References {
        let mut references = References::of_project(7);
        let pattern = KeyPattern::new("", "T-[0-9]+").unwrap();
        references.track(
            "Tasks",
            Tracker {
                issue: "https://tasks.test/?id=:id".into(),
                pattern: Pattern::Keys(pattern),
            },
        );
        references.track(
            "Numbers",
            Tracker {
                issue: "https://numbers.test/:id/:id".into(),
                pattern: Pattern::Fixed(&NUMBERS),
            },
        );
        references.know(item('#', 143));
        references.know(item('!', 12));
        references
    }

    fn shown(references: &References, text: &str) -> Vec<String> {
        let links = references.find(text).into_iter();
        let shown = links.map(|link| {
            let name = &text[link.range];
            match link.target {
                Target::Own(item) => format!("{name} {}", item.url),
                Target::Tracker(index, id) => {
                    let (_, address) = references.trackers().nth(index).unwrap();
                    let id: String = address_part(id).collect();
                    format!("{name} {}", address.replace(NUMBER, &id))
                }
            }
        });
        shown.collect()
    }

    #[test]
    fn an_own_issue_wins_then_the_first_tracker() {
        let references = references();
        for (text, expected) in [
            ("#143", &["#143 https://git.test/143"][..]),
            ("#144", &["#144 https://numbers.test/144/144"]),
            ("!12 !13", &["!12 https://git.test/12"]),
            (
                "T-1 U-1",
                &[
                    "T-1 https://tasks.test/?id=T-1",
                    "U-1 https://numbers.test/1/1",
                ],
            ),
            (
                "U-9 #143 T-2 #143+",
                &[
                    "U-9 https://numbers.test/9/9",
                    "#143 https://git.test/143",
                    "T-2 https://tasks.test/?id=T-2",
                    "#143+ https://git.test/143",
                ],
            ),
            ("API-143", &["API-143 https://numbers.test/143/143"]),
            (
                "#99999999999999999999",
                &[
                    "#99999999999999999999 https://numbers.test/99999999999999999999/99999999999999999999",
                ],
            ),
        ] {
            assert_eq!(shown(&references, text), expected, "{text}");
        }
    }

    #[test]
    fn lookups_use_the_source() {
        let text = "#5 !2 #5 `#6` x#7 #8x \n- #9, (#10)";
        let expected = [('!', 2), ('#', 5), ('#', 6), ('#', 9), ('#', 10)];
        assert_eq!(References::own_in(text), expected);
    }

    #[test]
    fn an_id_cannot_leave_its_place_in_the_address() {
        let mut references = References::of_project(1);
        references.track(
            "Odd",
            Tracker {
                issue: "https://odd.test/:id".into(),
                pattern: Pattern::Keys(KeyPattern::new("", r"K\S+").unwrap()),
            },
        );
        assert_eq!(
            shown(&references, "K/../?a=\"b#c&d"),
            ["K/../?a=\"b#c&d https://odd.test/K%2F..%2F%3Fa%3D%22b%23c%26d"]
        );
        let mut references = References::of_project(1);
        references.track(
            "Bad",
            Tracker {
                issue: "javascript:alert(:id)".into(),
                pattern: Pattern::Fixed(&NUMBERS),
            },
        );
        assert_eq!(shown(&references, "#1"), ["#1 "]);
    }
}
