//! Made-up events in the shape GitLab sends them: pushes of one to eight commits, and some merge
//! requests, of three to ten kilobytes. The same number always makes the same event.

use serde_json::{Value, json};

/// Stands before an event's number wherever a tool may show it.
const MARK: &str = "zq";
/// Digits of a number.
const DIGITS: usize = 8;

const WORDS: [&str; 32] = [
    "handle", "empty", "answer", "of", "the", "parser", "when", "cache", "is", "cold", "and",
    "retry", "with", "a", "longer", "timeout", "because", "users", "saw", "stale", "pages",
    "after", "deploy", "move", "search", "index", "to", "its", "own", "module", "without", "locks",
];
const FOLDERS: [&str; 6] = [
    "app/models",
    "lib/search",
    "spec/requests",
    "config",
    "docs/user",
    "src/net/http",
];
const PEOPLE: [(&str, &str); 4] = [
    ("Ada Lovelace", "ada"),
    ("Grace Hopper", "grace"),
    ("Jürgen Groß", "juergen"),
    ("王小明", "xiaoming"),
];

/// The number that an event's text carries, found again in what a tool was sent.
pub(crate) fn number_in(text: &[u8]) -> Option<usize> {
    let at = text.windows(MARK.len() + DIGITS).find(|window| {
        window.starts_with(MARK.as_bytes()) && window[MARK.len()..].iter().all(u8::is_ascii_digit)
    })?;
    std::str::from_utf8(&at[MARK.len()..]).ok()?.parse().ok()
}

/// The event of that number.
pub(crate) fn event(number: usize) -> String {
    let mut dice = Dice::new(number);
    if dice.below(8) == 0 {
        merge_request(number, &mut dice).to_string()
    } else {
        push(number, &mut dice).to_string()
    }
}

/// A commit message: a title, often a text, in one of three a key, in one of six a closing phrase.
pub(crate) fn message(number: usize, dice: &mut Dice) -> String {
    let title = format!("{MARK}{number:0DIGITS$} {}", dice.words(6));
    let paragraphs = dice.below(4);
    let mut message = title;
    for _ in 0..paragraphs {
        let length = 20 + dice.below(40);
        message.push_str("\n\n");
        message.push_str(&dice.words(length));
    }
    let last = match dice.below(6) {
        0 => format!("\n\nCloses PROJ-{}", dice.below(900) + 1),
        1 => format!("\n\nSee `code` and OPS-{}.", dice.below(900) + 1),
        _ => String::new(),
    };
    message + &last
}

/// Numbers that look thrown, the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: usize) -> Self {
        Self((seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap_or_default() % limit
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| WORDS[self.below(WORDS.len())]).collect();
        words.join(" ")
    }

    fn sha(&mut self) -> String {
        let parts: Vec<String> = (0..4)
            .map(|_| format!("{:010x}", self.next() & 0xff_ffff_ffff))
            .collect();
        parts.concat()
    }

    fn files(&mut self) -> Vec<String> {
        let count = 1 + self.below(8);
        let file = |_| {
            let folder = FOLDERS[self.below(FOLDERS.len())];
            format!("{folder}/{}_{}.rb", self.words(1), self.words(1))
        };
        (0..count).map(file).collect()
    }
}

fn push(number: usize, dice: &mut Dice) -> Value {
    let (before, after) = (dice.sha(), dice.sha());
    let (name, username) = PEOPLE[dice.below(PEOPLE.len())];
    let count = 1 + dice.below(8);
    let commits: Vec<Value> = (0..count).map(|_| commit(number, dice)).collect();
    json!({
        "object_kind": "push", "event_name": "push", "before": before, "after": after,
        "ref": "refs/heads/main", "ref_protected": true, "checkout_sha": after, "message": null,
        "user_id": 4, "user_name": name, "user_username": username, "user_email": null,
        "user_avatar": "https://www.gravatar.com/avatar/1?s=80&d=identicon", "project_id": 15,
        "project": project(), "commits": commits, "total_commits_count": count,
        "push_options": {}, "repository": repository(),
    })
}

fn commit(number: usize, dice: &mut Dice) -> Value {
    let sha = dice.sha();
    let message = message(number, dice);
    let (name, username) = PEOPLE[dice.below(PEOPLE.len())];
    json!({
        "id": sha, "title": message.lines().next(), "message": message,
        "timestamp": "2026-01-02T03:04:05+01:00",
        "url": format!("https://gitlab.example.com/bench/project/-/commit/{sha}"),
        "author": { "name": name, "email": format!("{username}@example.com") },
        "added": dice.files(), "modified": dice.files(), "removed": [],
    })
}

fn merge_request(number: usize, dice: &mut Dice) -> Value {
    let (name, username) = PEOPLE[dice.below(PEOPLE.len())];
    let user = json!({
        "id": 4, "name": name, "username": username, "email": "[REDACTED]",
        "avatar_url": "https://www.gravatar.com/avatar/1?s=40&d=identicon",
    });
    let iid = dice.below(5_000) + 1;
    json!({
        "object_kind": "merge_request", "event_type": "merge_request", "user": user, "project": project(),
        "object_attributes": {
            "id": 99_000 + iid, "iid": iid, "action": "open", "state": "opened", "draft": false,
            "title": format!("{MARK}{number:0DIGITS$} {}", dice.words(5)), "description": message(number, dice),
            "source_branch": format!("topic-{iid}"), "target_branch": "main", "source_project_id": 15,
            "target_project_id": 15, "author_id": 4, "assignee_ids": [4], "reviewer_ids": [6],
            "created_at": "2026-01-02 03:04:05 UTC", "updated_at": "2026-01-02 03:04:05 UTC",
            "merge_status": "checking", "detailed_merge_status": "checking", "work_in_progress": false,
            "url": format!("https://gitlab.example.com/bench/project/-/merge_requests/{iid}"),
            "source": project(), "target": project(), "last_commit": commit(number, dice),
            "merge_params": { "force_remove_source_branch": "1" }, "labels": [],
        },
        "labels": [], "changes": { "merge_status": { "previous": "preparing", "current": "checking" } },
        "repository": repository(), "assignees": [user], "reviewers": [user],
    })
}

fn project() -> Value {
    json!({
        "id": 15, "name": "Project", "description": "What the benchmark pretends to work on",
        "web_url": "https://gitlab.example.com/bench/project", "avatar_url": null,
        "git_ssh_url": "git@gitlab.example.com:bench/project.git",
        "git_http_url": "https://gitlab.example.com/bench/project.git", "namespace": "Bench",
        "visibility_level": 0, "path_with_namespace": "bench/project", "default_branch": "main",
        "ci_config_path": null, "homepage": "https://gitlab.example.com/bench/project",
        "url": "git@gitlab.example.com:bench/project.git",
        "ssh_url": "git@gitlab.example.com:bench/project.git",
        "http_url": "https://gitlab.example.com/bench/project.git",
    })
}

fn repository() -> Value {
    json!({
        "name": "Project", "url": "git@gitlab.example.com:bench/project.git",
        "description": "What the benchmark pretends to work on",
        "homepage": "https://gitlab.example.com/bench/project",
        "git_http_url": "https://gitlab.example.com/bench/project.git",
        "git_ssh_url": "git@gitlab.example.com:bench/project.git", "visibility_level": 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Event, Kind};

    #[test]
    fn events_are_read_by_the_model_vary_in_size_and_carry_their_number() {
        let events: Vec<String> = (0..200).map(event).collect();
        let merge_requests = events
            .iter()
            .filter(|json| Event::parse(json).unwrap().kind == Kind::MergeRequest);
        assert!((5..60).contains(&merge_requests.count()));
        let mean = events.iter().map(String::len).sum::<usize>() / events.len();
        assert!((3_000..8_000).contains(&mean), "{mean}");
        for (number, json) in events.iter().enumerate() {
            assert_eq!(number_in(json.as_bytes()), Some(number));
        }
    }
}
