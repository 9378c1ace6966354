//! The issues and merge requests of the source host that an event tells of.

use super::{Body, Event, Kind, Note};

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

impl Event {
    /// The issue or merge request that the event is about, where it names its number and page.
    ///
    /// An event about something on an issue (a comment, an emoji) carries the issue without its
    /// page on older hosts; the page is then the comment's, without the comment.
    pub fn item(&self) -> Option<Item> {
        match &self.body {
            Body::Issue(event) => {
                let issue = &event.attributes;
                let hidden = self.confidential || issue.confidential;
                item('#', issue.iid, &issue.url, visible(&issue.title, hidden))
            }
            Body::MergeRequest(event) => {
                let it = &event.attributes;
                item('!', it.iid, &it.url, visible(&it.title, self.confidential))
            }
            Body::Note(note) => self.commented(note),
            // Its body names what it is on as a comment's does.
            Body::Other(_) if self.kind == Kind::Emoji => {
                self.commented(&serde_json::from_str(self.json()).ok()?)
            }
            _ => None,
        }
    }

    /// What a comment is on.
    fn commented(&self, note: &Note) -> Option<Item> {
        let page = |url: &str| match url {
            "" => {
                let comment = &note.attributes.url;
                comment.split_once('#').map(|(page, _)| page.to_owned())
            }
            url => Some(url.to_owned()),
        };
        if let Some(issue) = &note.issue {
            let hidden = self.confidential || issue.confidential;
            return item(
                '#',
                issue.iid,
                &page(&issue.url)?,
                visible(&issue.title, hidden),
            );
        }
        let it = note.merge_request.as_ref()?;
        item(
            '!',
            it.iid,
            &page(&it.url)?,
            visible(&it.title, self.confidential),
        )
    }
}

/// A title, unless only few may see it.
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
