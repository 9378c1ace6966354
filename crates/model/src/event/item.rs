//! The issues and merge requests of the source host that an event tells of.

use super::parts::or_empty;
use super::{Event, Kind};
use serde::Deserialize;

/// An issue or merge request of the source host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `#` for an issue, `!` for a merge request
    pub sign: char,
    /// number within its project
    pub number: i64,
    /// its page
    pub url: String,
    /// title; empty when only few may see it
    pub title: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    object_attributes: Option<Attributes>,
    issue: Option<Attributes>,
    merge_request: Option<Attributes>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    iid: Option<i64>,
    #[serde(deserialize_with = "or_empty")]
    url: String,
    #[serde(deserialize_with = "or_empty")]
    title: String,
    #[serde(deserialize_with = "or_empty")]
    confidential: bool,
}

impl Event {
    /// The issue or merge request that the event is about, where it names its number and page.
    ///
    /// An event about something on an issue (a comment, an emoji) carries the issue without its
    /// page on older hosts; the page is then the comment's, without the comment.
    pub fn item(&self) -> Option<Item> {
        let is_one = match self.kind {
            Kind::Issue | Kind::WorkItem | Kind::Incident => Some('#'),
            Kind::MergeRequest => Some('!'),
            Kind::Note | Kind::Emoji => None,
            _ => return None,
        };
        let parts: Parts = serde_json::from_str(self.json()).ok()?;
        if let Some(sign) = is_one {
            return parts.object_attributes?.item(sign, self.confidential);
        }
        let issue = parts.issue.map(|issue| ('#', issue));
        let (sign, mut on) = issue.or_else(|| {
            parts
                .merge_request
                .map(|merge_request| ('!', merge_request))
        })?;
        if on.url.is_empty() {
            on.url = parts.object_attributes?.url;
            on.url.truncate(on.url.find('#')?);
        }
        on.item(sign, self.confidential)
    }
}

impl Attributes {
    fn item(self, sign: char, confidential: bool) -> Option<Item> {
        let hidden = confidential || self.confidential;
        Some(Item {
            sign,
            number: self.iid?,
            title: if hidden { String::new() } else { self.title },
            url: Some(self.url).filter(|url| !url.is_empty())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_known_from_its_own_events_and_from_what_happens_on_it() {
        let page = "https://git.test/g/p/-/issues/7";
        let rows = [
            (
                r#"{"object_kind":"issue","object_attributes":{"iid":7,"url":"PAGE","title":"Slow"}}"#,
                Some(('#', "Slow")),
            ),
            (
                r#"{"object_kind":"work_item","object_attributes":{"iid":7,"url":"PAGE","title":"Task"}}"#,
                Some(('#', "Task")),
            ),
            (
                r#"{"object_kind":"incident","object_attributes":{"iid":7,"url":"PAGE","title":null}}"#,
                Some(('#', "")),
            ),
            (
                r#"{"object_kind":"issue","object_attributes":{"iid":7,"url":"PAGE","title":"Leak","confidential":true}}"#,
                Some(('#', "")),
            ),
            (
                r#"{"object_kind":"note","object_attributes":{"url":"PAGE#note_1"},"issue":{"iid":7,"title":"Slow"}}"#,
                Some(('#', "Slow")),
            ),
            (
                r#"{"object_kind":"note","event_type":"confidential_note","object_attributes":{},"issue":{"iid":7,"url":"PAGE","title":"Leak"}}"#,
                Some(('#', "")),
            ),
            (
                r#"{"object_kind":"merge_request","object_attributes":{"iid":7,"url":"PAGE","title":"New"}}"#,
                Some(('!', "New")),
            ),
            (
                r#"{"object_kind":"note","object_attributes":{"url":"x"},"commit":{}}"#,
                None,
            ),
            (
                r#"{"object_kind":"issue","object_attributes":{"iid":7}}"#,
                None,
            ),
            (
                r#"{"object_kind":"issue","object_attributes":{"url":"PAGE"}}"#,
                None,
            ),
            (r#"{"object_kind":"push","issue":{"iid":7}}"#, None),
        ];
        for (json, expected) in rows {
            let item = Event::parse(&json.replace("PAGE", page)).unwrap().item();
            let expected = expected.map(|(sign, title)| Item {
                sign,
                number: 7,
                url: page.into(),
                title: title.into(),
            });
            assert_eq!(item, expected, "{json}");
        }
    }
}
