//! The issue or merge request on the Git host that an event is about.

use super::issue::Issue;
use super::merge_request::MergeRequest;
use super::note::Note;

/// An issue or merge request on the Git host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `#` for an issue, `!` for a merge request
    pub sign: char,
    /// number within the project
    pub number: i64,
    /// its page
    pub url: String,
    /// title; empty when confidential
    pub title: String,
}

impl Issue {
    /// The issue.
    pub(super) fn item(&self, confidential: bool) -> Option<Item> {
        let it = &self.attributes;
        let hidden = confidential || it.confidential;
        item('#', it.iid, &it.url, visible(&it.title, hidden))
    }
}

impl MergeRequest {
    /// The merge request.
    pub(super) fn item(&self, confidential: bool) -> Option<Item> {
        let it = &self.attributes;
        item('!', it.iid, &it.url, visible(&it.title, confidential))
    }
}

impl Note {
    /// The issue or merge request that the comment is on. On older hosts it has no page in the
    /// body; its page is then the comment's, without the fragment.
    pub(super) fn item(&self, confidential: bool) -> Option<Item> {
        let page = |url: &str| match url {
            "" => {
                let comment = &self.attributes.url;
                comment.split_once('#').map(|(page, _)| page.to_owned())
            }
            url => Some(url.to_owned()),
        };
        if let Some(it) = &self.issue {
            let hidden = confidential || it.confidential;
            return item('#', it.iid, &page(&it.url)?, visible(&it.title, hidden));
        }
        let it = self.merge_request.as_ref()?;
        let title = visible(&it.title, confidential);
        item('!', it.iid, &page(&it.url)?, title)
    }
}

/// A title, unless it is confidential.
fn visible(title: &str, hidden: bool) -> &str {
    if hidden { "" } else { title }
}

/// An item, if it has a number and a page.
fn item(sign: char, number: i64, url: &str, title: &str) -> Option<Item> {
    (number > 0 && !url.is_empty()).then(|| Item {
        sign,
        number,
        url: url.to_owned(),
        title: title.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn an_item_is_found_in_its_own_events_and_in_those_on_it() {
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
                r#"{"object_kind":"emoji","object_attributes":{"url":"PAGE#note_1"},"issue":{"iid":7,"title":"Slow"}}"#,
                Some(('#', "Slow")),
            ),
            (
                r#"{"object_kind":"emoji","object_attributes":{},"merge_request":{"iid":7,"url":"PAGE","title":"New"}}"#,
                Some(('!', "New")),
            ),
            (
                r#"{"object_kind":"note","object_attributes":{},"issue":{"iid":7,"url":"PAGE","title":"Leak","confidential":true}}"#,
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
