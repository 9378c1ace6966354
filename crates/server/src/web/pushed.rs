//! What a page shows of a push, read from the stored event; odd bodies are tolerated.

use super::layout::Time;
use super::text;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use store::events::EventRow;
use store::{Reason, StoreError};

/// A push, as far as it is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Push {
    #[serde(rename = "ref", deserialize_with = "word")]
    reference: String,
    #[serde(deserialize_with = "word")]
    user_name: String,
    #[serde(deserialize_with = "word")]
    user_username: String,
    /// oldest first
    #[serde(deserialize_with = "or_empty")]
    pub(super) commits: Vec<Commit>,
}

/// A commit, as far as it is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Commit {
    /// its full hash
    #[serde(deserialize_with = "word")]
    pub(super) id: String,
    /// the whole message
    #[serde(deserialize_with = "word")]
    pub(super) message: String,
    #[serde(deserialize_with = "word")]
    timestamp: String,
    /// who wrote it
    #[serde(deserialize_with = "or_empty")]
    pub(super) author: Author,
    #[serde(deserialize_with = "words")]
    added: Vec<String>,
    #[serde(deserialize_with = "words")]
    modified: Vec<String>,
    #[serde(deserialize_with = "words")]
    removed: Vec<String>,
}

/// Who wrote a commit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Author {
    /// full name
    #[serde(deserialize_with = "word")]
    pub(super) name: String,
    /// mail address
    #[serde(deserialize_with = "word")]
    pub(super) email: String,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// it is new
    Added,
    /// it is another
    Modified,
    /// it is gone
    Removed,
}

impl Change {
    /// In one word.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Removed => "removed",
        }
    }
}

impl Push {
    /// The push that an event tells of.
    pub(super) fn read(event: &EventRow) -> Result<Self, StoreError> {
        serde_json::from_str(&event.body).map_err(|error| {
            StoreError::Broken(Reason::new(format!("event {}: {error}", event.id), error))
        })
    }

    /// Takes out the commit with that full hash in lower case.
    pub(super) fn take(&mut self, sha: &str) -> Option<Commit> {
        let is_it = |commit: &Commit| commit.id.eq_ignore_ascii_case(sha);
        let at = self.commits.iter().position(is_it)?;
        Some(self.commits.swap_remove(at))
    }

    /// `branch` or `tag`.
    pub(super) fn kind(&self) -> &'static str {
        if self.reference.starts_with("refs/tags/") {
            "tag"
        } else {
            "branch"
        }
    }

    /// The branch's or tag's name.
    pub(super) fn name(&self) -> String {
        let name = ["refs/heads/", "refs/tags/"]
            .into_iter()
            .find_map(|start| self.reference.strip_prefix(start));
        text::line(name.unwrap_or(&self.reference))
    }

    /// Who pushed, by the best name there is.
    pub(super) fn pusher(&self) -> String {
        let names = [&self.user_name, &self.user_username];
        let name = names.into_iter().find(|name| !name.trim().is_empty());
        text::line(name.map_or("somebody unknown", |name| name))
    }
}

impl Commit {
    /// The first line of the message that says something.
    pub(super) fn title(&self) -> &str {
        let lines = self.message.lines().map(str::trim);
        lines
            .into_iter()
            .find(|line| !line.is_empty())
            .unwrap_or("(no message)")
    }

    /// When it was made, if it says so.
    pub(super) fn time(&self) -> Option<Time> {
        self.timestamp.parse::<Timestamp>().ok().map(Time::from)
    }

    /// The files it touches.
    pub(super) fn files(&self) -> impl Iterator<Item = (Change, &str)> {
        let all = [
            (Change::Added, &self.added),
            (Change::Modified, &self.modified),
            (Change::Removed, &self.removed),
        ];
        all.into_iter()
            .flat_map(|(change, names)| names.iter().map(move |name| (change, name.as_str())))
    }
}

/// The first digits of a hash, as people write it.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..8).unwrap_or(sha)
}

/// The type's empty value where there is `null`.
fn or_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Text; empty where there is something else.
fn word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) => text,
        _ => String::new(),
    })
}

/// A list's texts.
fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let Value::Array(items) = Value::deserialize(from)? else {
        return Ok(Vec::new());
    };
    let text = |item| match item {
        Value::String(text) => Some(text),
        _ => None,
    };
    Ok(items.into_iter().filter_map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn odd_values_are_passed_over() {
        let push: Push = serde_json::from_value(json!({
            "ref": "refs/heads/a\u{202e}b", "user_name": null, "user_username": "ada",
            "commits": [{"id": "AB", "message": null, "timestamp": 5, "added": ["x", 1], "modified": "no",
                         "author": {"name": ["no"]}}, {"id": "CD", "author": null}],
        }))
        .unwrap();
        assert_eq!(push.name(), "a⟨U+202E⟩b");
        assert_eq!((push.pusher().as_str(), push.kind()), ("ada", "branch"));
        let commit = &push.commits[0];
        assert_eq!(commit.title(), "(no message)");
        assert!(commit.time().is_none());
        assert_eq!(commit.files().collect::<Vec<_>>(), [(Change::Added, "x")]);
    }

    #[test]
    fn a_commit_is_taken_out_by_its_hash() {
        let none: Push = serde_json::from_value(json!({"commits": null})).unwrap();
        assert!(none.commits.is_empty());
        let commits = json!({"commits": [{"id": "AA"}, {"id": "bb", "timestamp": "2026-02-03T04:05:06+01:00"}]});
        let mut push: Push = serde_json::from_value(commits).unwrap();
        assert!(push.take("cc").is_none());
        assert_eq!(push.take("aa").unwrap().id, "AA");
        let time = push.take("bb").unwrap().time().unwrap();
        assert_eq!(time.person, "3 Feb 2026, 03:05 UTC");
    }
}
