//! What an event asks to be done in Jira; pure.

use super::settings::{api_base, key_pattern, transition_ids};
use super::text::short;
use crate::{Context, Skip, Values};
use model::event::{Body, Commit, MergeRequest, Push};
use model::reference::{self, KeyPattern};
use model::{Event, Trigger};
use url::Url;

/// Commits of one push that are announced, newest kept (GitLab's own limit).
const COMMITS: usize = 100;
/// A first push of the default branch with more commits than this brings in old history, which closes nothing.
const HISTORY: u64 = 20;
/// Characters of a title kept in comments and links; Jira takes 255 in a link.
const TITLE: usize = 200;

/// Something to do on one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// the key
    pub key: String,
    /// what to do there
    pub intent: Intent,
    /// what is talked about
    pub entity: Entity,
}

/// What to do on an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// say that it was mentioned
    Mention,
    /// bring an earlier mention up to date, say nothing new
    Refresh,
    /// move it to done and say with what it was solved
    Close,
    /// move it to done; say nothing if it is done already
    CloseQuietly,
}

/// A commit or merge request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entity {
    /// what it is
    pub noun: Noun,
    /// its page
    pub url: String,
    /// its title
    pub title: String,
    /// who wrote it
    pub author: String,
    /// their page, where the host has one
    pub author_url: Option<String>,
    /// the branch it is on
    pub branch: String,
    /// whether it has reached its end (merged, closed)
    pub over: bool,
}

/// What an entity is, with its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    /// the full hash
    Commit(String),
    /// the number
    MergeRequest(i64),
}

/// All there is to do, and what is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// in order
    pub tasks: Vec<Task>,
    /// for the delivery's note
    pub left_out: Vec<String>,
}

/// What an event asks for; `Err` is the reason why it asks for nothing.
pub(super) fn work(event: &Event, values: &Values, context: &Context) -> Result<Work, Skip> {
    if api_base(values).is_empty() {
        return Err("no Jira URL is set".into());
    }
    let pattern =
        key_pattern(values).map_err(|error| format!("{} {}", error.field, error.message))?;
    let closes =
        values.flag("jira_issue_transition_automatic") || !transition_ids(values).is_empty();
    let scan = Scan {
        pattern,
        closes,
        context,
    };
    match &event.body {
        Body::Push(push) => scan.push(push),
        Body::MergeRequest(merge_request) => scan.merge_request(merge_request),
        _ => Err(format!("Jira does not use {} events", event.kind.title()).into()),
    }
}

/// The note on commits that the source left out of a long push; each host has its own limit.
fn truncation(push: &Push) -> Option<String> {
    let sent = push.commits.len() as u64;
    let total = push.total_commits_count;
    (total > sent).then(|| {
        format!(
            "the event contains only the {sent} newest of {total} commits; the others were not read"
        )
    })
}

struct Scan<'a> {
    pattern: KeyPattern,
    closes: bool,
    context: &'a Context,
}

impl Scan<'_> {
    fn push(&self, push: &Push) -> Result<Work, Skip> {
        let branch = push.branch().ok_or("a tag was pushed, not a branch")?;
        if push.is_deletion() {
            return Err(format!("branch `{branch}` was deleted").into());
        }
        if push.commits.is_empty() {
            return Err(format!("the push to `{branch}` brought no new commits").into());
        }
        let on_default = branch == self.context.project.default_branch;
        let imports_history = push.is_creation() && push.total_commits_count > HISTORY;
        let may_close = self.closes && on_default && !imports_history;
        let with_keys: Vec<Vec<Task>> = push
            .commits
            .iter()
            .map(|commit| self.commit(push, commit, branch, may_close))
            .filter(|tasks| !tasks.is_empty())
            .collect();
        if with_keys.is_empty() {
            let cut = truncation(push).map(|cut| format!("; {cut}"));
            let why = self.no_keys(push.commits.len()) + &cut.unwrap_or_default();
            return Err(why.into());
        }
        let older = with_keys.len().saturating_sub(COMMITS);
        let too_many = (older > 0).then(|| {
            format!(
                "the {older} oldest of {} commits with issue keys were left out",
                with_keys.len()
            )
        });
        Ok(Work {
            left_out: too_many.into_iter().chain(truncation(push)).collect(),
            tasks: with_keys.into_iter().skip(older).flatten().collect(),
        })
    }

    /// Why there is nothing to do for these commits.
    fn no_keys(&self, commits: usize) -> String {
        if self.context.is_enabled(Trigger::Commit) {
            let plural = if commits == 1 { "" } else { "s" };
            format!("no issue key in {commits} commit message{plural}")
        } else {
            "`commit_events` is disabled, and no issue is to be closed".into()
        }
    }

    fn commit(&self, push: &Push, commit: &Commit, branch: &str, may_close: bool) -> Vec<Task> {
        let by_merge_request = is_merge_of_request(&commit.message);
        let closing = if may_close {
            reference::closing(&self.pattern, &commit.message)
        } else {
            Vec::new()
        };
        let comments_enabled = self.context.is_enabled(Trigger::Commit) && !by_merge_request;
        let close = if comments_enabled {
            Intent::Close
        } else {
            Intent::CloseQuietly
        };
        let mentioned = if comments_enabled {
            reference::mentioned(&self.pattern, &commit.message)
        } else {
            Vec::new()
        };
        tasks(
            closing,
            close,
            mentioned,
            Intent::Mention,
            &self.commit_entity(push, commit, branch),
        )
    }

    fn commit_entity(&self, push: &Push, commit: &Commit, branch: &str) -> Entity {
        let links = &self.context.project.links;
        let pusher_wrote_it = commit.author.name == push.user_name;
        let author = if commit.author.name.is_empty() {
            &push.user_name
        } else {
            &commit.author.name
        };
        Entity {
            noun: Noun::Commit(commit.id.clone()),
            url: web_address(&commit.url).unwrap_or_else(|| links.commit(&commit.id)),
            title: short(commit.title(), TITLE),
            author: author_name(author),
            author_url: pusher_wrote_it
                .then(|| links.user(&push.user_username))
                .flatten(),
            branch: branch.to_owned(),
            over: false,
        }
    }

    fn merge_request(&self, event: &MergeRequest) -> Result<Work, Skip> {
        let attributes = &event.attributes;
        let mention = match attributes.action.as_str() {
            "open" | "reopen" | "merge" | "" => Intent::Mention,
            "close" => Intent::Refresh,
            "update" if text_changed(event) => Intent::Mention,
            "update" => {
                return Err("neither title nor description of the merge request changed".into());
            }
            other => {
                let why = format!(
                    "the merge request action `{}` is not sent to Jira",
                    short(other, 40)
                );
                return Err(why.into());
            }
        };
        let text = format!("{}\n\n{}", attributes.title, attributes.description);
        let on_default = attributes.target_branch == self.context.project.default_branch;
        let closing = if self.closes && on_default && attributes.is_merge() {
            let head = attributes
                .last_commit
                .as_ref()
                .map_or("", |commit| commit.message.as_str());
            reference::closing(&self.pattern, &format!("{text}\n\n{head}"))
        } else {
            Vec::new()
        };
        let mentioned = reference::mentioned(&self.pattern, &text);
        if mentioned.is_empty() && closing.is_empty() {
            return Err("no issue key in title and description of the merge request".into());
        }
        let comments_enabled = self.context.is_enabled(Trigger::MergeRequests);
        let close = if comments_enabled {
            Intent::Close
        } else {
            Intent::CloseQuietly
        };
        let mentioned = if comments_enabled {
            mentioned
        } else {
            Vec::new()
        };
        let tasks = tasks(
            closing,
            close,
            mentioned,
            mention,
            &self.merge_request_entity(event)?,
        );
        if tasks.is_empty() {
            return Err("`merge_requests_events` is disabled, and no issue is to be closed".into());
        }
        Ok(Work {
            tasks,
            left_out: Vec::new(),
        })
    }

    fn merge_request_entity(&self, event: &MergeRequest) -> Result<Entity, Skip> {
        let attributes = &event.attributes;
        let user = event.user.clone().unwrap_or_default();
        Ok(Entity {
            noun: Noun::MergeRequest(attributes.iid),
            url: web_address(&attributes.url).ok_or("the merge request has no web address")?,
            title: short(&attributes.title, TITLE),
            author: author_name(&user.name),
            author_url: self.context.project.links.user(&user.username),
            branch: attributes.source_branch.clone(),
            over: attributes.is_merge() || matches!(attributes.state.as_str(), "merged" | "closed"),
        })
    }
}

/// One task per key; a key that is closed is not also mentioned.
fn tasks(
    closing: Vec<String>,
    close: Intent,
    mentioned: Vec<String>,
    mention: Intent,
    entity: &Entity,
) -> Vec<Task> {
    let others: Vec<_> = mentioned
        .into_iter()
        .filter(|key| !closing.contains(key))
        .collect();
    let closing = closing.into_iter().map(|key| (key, close));
    closing
        .chain(others.into_iter().map(|key| (key, mention)))
        .map(|(key, intent)| Task {
            key,
            intent,
            entity: entity.clone(),
        })
        .collect()
}

/// GitLab's merge commits end in `See merge request group/project!12`; the merge request has its
/// own comment.
fn is_merge_of_request(message: &str) -> bool {
    message.lines().any(|line| {
        line.strip_prefix("See merge request ")
            .is_some_and(|rest| rest.contains('!'))
    })
}

/// Whether an update changed title or description; assumed where the host does not report changes.
fn text_changed(event: &MergeRequest) -> bool {
    event
        .changes
        .as_ref()
        .is_none_or(|changes| changes.contains_key("title") || changes.contains_key("description"))
}

/// An http or https address, or nothing: the text comes from a stranger.
fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| text.to_owned())
}

fn author_name(name: &str) -> String {
    let name = short(name.trim(), 100);
    if name.is_empty() {
        "Someone".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::SETTINGS;
    use super::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn context(off: &[Trigger]) -> Context {
        Context {
            disabled_triggers: off.to_vec(),
            ..Context::sample()
        }
    }

    fn look(
        event: &Value,
        settings: Value,
        off: &[Trigger],
    ) -> Result<Vec<(String, Intent)>, String> {
        let Value::Object(mut plain) = settings else {
            panic!("an object")
        };
        plain.insert("url".into(), "https://jira.test".into());
        let values = Values::new(SETTINGS, plain, BTreeMap::new(), serde_json::Map::new());
        let event = Event::parse(&event.to_string()).unwrap();
        let work = work(&event, &values, &context(off)).map_err(|skip| skip.0)?;
        Ok(work
            .tasks
            .into_iter()
            .map(|task| (task.key, task.intent))
            .collect())
    }

    fn push(branch: &str, before: &str, messages: &[&str]) -> Value {
        let commits: Vec<_> = messages
            .iter()
            .enumerate()
            .map(|(index, message)| json!({"id": format!("{index:040}"), "message": message, "author": {"name": "Ada"}}))
            .collect();
        json!({
            "object_kind": "push", "ref": format!("refs/heads/{branch}"), "before": before, "after": "1",
            "user_name": "Ada", "user_username": "ada", "commits": commits, "total_commits_count": messages.len(),
        })
    }

    fn merge_request(action: &str, target: &str, changes: &Value) -> Value {
        json!({
            "object_kind": "merge_request", "user": {"name": "Ada", "username": "ada"}, "changes": changes,
            "object_attributes": {
                "iid": 7, "title": "AB-1 better", "description": "Closes AB-2", "action": action,
                "url": "https://git.test/g/p/-/merge_requests/7", "source_branch": "x", "target_branch": target,
            },
        })
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is compared with a result")]
    fn keys(list: &[(&str, Intent)]) -> Result<Vec<(String, Intent)>, String> {
        Ok(list
            .iter()
            .map(|(key, intent)| ((*key).to_owned(), *intent))
            .collect())
    }

    fn auto() -> Value {
        json!({"jira_issue_transition_automatic": true})
    }

    #[test]
    fn a_mention_on_any_branch_and_a_closing_on_the_default_branch() {
        let messages = &["AB-1 start", "Fixes AB-2, AB-3\n\nsee AB-1"];
        let mentions = [
            ("AB-1", Intent::Mention),
            ("AB-2", Intent::Mention),
            ("AB-3", Intent::Mention),
            ("AB-1", Intent::Mention),
        ];
        assert_eq!(
            look(&push("wip", "1", messages), auto(), &[]),
            keys(&mentions)
        );
        let closings = [
            ("AB-1", Intent::Mention),
            ("AB-2", Intent::Close),
            ("AB-3", Intent::Close),
            ("AB-1", Intent::Mention),
        ];
        assert_eq!(
            look(&push("main", "1", messages), auto(), &[]),
            keys(&closings)
        );
        let by_id = json!({"jira_issue_transition_id": "31"});
        assert_eq!(
            look(&push("main", "1", messages), by_id, &[]),
            keys(&closings)
        );
        assert_eq!(
            look(&push("main", "1", &["Fixes AB-2"]), json!({}), &[]),
            keys(&[("AB-2", Intent::Mention)]),
            "without transitions a closing phrase is a mention"
        );
    }

    #[test]
    fn switched_off_commits_are_silent_but_still_close() {
        let off = &[Trigger::Commit];
        assert_eq!(
            look(&push("main", "1", &["Fixes AB-2, see AB-1"]), auto(), off),
            keys(&[("AB-2", Intent::CloseQuietly)])
        );
        assert!(
            look(&push("wip", "1", &["AB-1"]), auto(), off)
                .unwrap_err()
                .contains("`commit_events` is disabled")
        );
    }

    #[test]
    fn skip_reasons_are_returned() {
        let zeros = "0".repeat(40);
        for (event, reason) in [
            (
                json!({"object_kind": "push", "ref": "refs/heads/x", "after": zeros}),
                "branch `x` was deleted",
            ),
            (push("x", "1", &[]), "brought no new commits"),
            (
                push("x", "1", &["nothing", "here"]),
                "no issue key in 2 commit messages",
            ),
            (
                merge_request("update", "main", &json!({"labels": {}})),
                "neither title nor description",
            ),
            (merge_request("approved", "main", &json!({})), "`approved`"),
        ] {
            let why = look(&event, auto(), &[]).unwrap_err();
            assert!(why.contains(reason), "{why}");
        }
    }

    #[test]
    fn the_first_push_of_a_long_history_closes_nothing() {
        let zeros = "0".repeat(40);
        let many = vec!["Fixes AB-1"; 21];
        let tasks = look(&push("main", &zeros, &many), auto(), &[]).unwrap();
        assert!(tasks.iter().all(|(_, intent)| *intent == Intent::Mention));
        let few = look(&push("main", &zeros, &["Fixes AB-1"]), auto(), &[]);
        assert_eq!(few, keys(&[("AB-1", Intent::Close)]));
    }

    #[test]
    fn only_the_newest_hundred_commits_with_keys_are_announced() {
        let mut messages = vec!["AB-1"; 150];
        messages.extend(vec!["nothing"; 50]);
        let tasks = look(&push("x", "1", &messages), json!({}), &[]).unwrap();
        assert_eq!(tasks.len(), 100);
    }

    #[test]
    fn a_merge_request_speaks_when_opened_and_closes_when_merged() {
        let both = keys(&[("AB-1", Intent::Mention), ("AB-2", Intent::Mention)]);
        assert_eq!(
            look(&merge_request("open", "main", &json!({})), auto(), &[]),
            both
        );
        assert_eq!(
            look(&merge_request("merge", "other", &json!({})), auto(), &[]),
            both
        );
        assert_eq!(
            look(&merge_request("merge", "main", &json!({})), auto(), &[]),
            keys(&[("AB-2", Intent::Close), ("AB-1", Intent::Mention)])
        );
        assert_eq!(
            look(&merge_request("close", "main", &json!({})), auto(), &[]),
            keys(&[("AB-1", Intent::Refresh), ("AB-2", Intent::Refresh)])
        );
        let off = &[Trigger::MergeRequests];
        assert!(
            look(&merge_request("open", "main", &json!({})), auto(), off)
                .unwrap_err()
                .contains("is disabled")
        );
        assert_eq!(
            look(&merge_request("merge", "main", &json!({})), auto(), off),
            keys(&[("AB-2", Intent::CloseQuietly)])
        );
    }

    #[test]
    fn the_hosts_merge_commit_leaves_the_word_to_the_merge_request() {
        let message = "Merge branch 'AB-9' into 'main'\n\nCloses AB-2\n\nSee merge request g/p!7";
        assert_eq!(
            look(&push("main", "1", &[message]), auto(), &[]),
            keys(&[("AB-2", Intent::CloseQuietly)])
        );
    }

    #[test]
    fn a_hostile_address_is_replaced() {
        let mut event = push("x", "1", &["AB-1"]);
        event["commits"][0]["url"] = "javascript:alert(1)".into();
        let values = Values::new(
            SETTINGS,
            serde_json::Map::from_iter([("url".to_owned(), json!("https://jira.test"))]),
            BTreeMap::new(),
            serde_json::Map::new(),
        );
        let event = Event::parse(&event.to_string()).unwrap();
        let work = work(&event, &values, &context(&[])).unwrap();
        assert!(
            work.tasks[0]
                .entity
                .url
                .starts_with("https://git.test/group/project/-/commit/000")
        );
    }
}
