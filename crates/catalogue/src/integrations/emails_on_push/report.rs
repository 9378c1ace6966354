//! The content of an email on push, before it is rendered.

use crate::{Context, Skip};
use model::event::{Commit, Push};
use model::{Change, ChangedFile, Comparison};
use outbound::{header_text, is_mail_address};
use url::{Host, Url};

/// Maximum number of commits listed.
const COMMITS: usize = 100;
/// Maximum files listed.
const FILES: usize = 1_000;

/// The content of a mail.
pub(super) struct Report<'a> {
    /// who pushed, for humans
    pub(super) pusher: String,
    /// what was done to the ref
    pub(super) action: Action,
    /// `branch` or `tag`
    pub(super) kind: &'static str,
    /// the ref's short name
    pub(super) name: &'a str,
    /// `group/project`
    pub(super) path: &'a str,
    /// the project's page
    pub(super) home: &'a str,
    /// where to see it all
    pub(super) link: Option<String>,
    /// oldest first
    pub(super) commits: &'a [Commit],
    /// how many there are in truth; `None` if nobody knows
    pub(super) count: Option<u64>,
    /// the changed files
    pub(super) files: Vec<File<'a>>,
    /// whether there are more
    pub(super) more_files: bool,
    /// the changes themselves
    pub(super) diffs: Diffs<'a>,
    push: &'a Push,
}

/// What was done to a ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// it is new
    Created,
    /// it is gone
    Deleted,
    /// it got commits
    Pushed,
    /// it lost commits
    SetBack,
    /// it stands elsewhere; what lies between is not seen
    Moved,
}

/// A changed file as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File<'a> {
    pub(super) change: Change,
    pub(super) path: &'a str,
    /// its earlier path, if that was another
    pub(super) old_path: Option<&'a str>,
    /// lines that came and went, if they were counted
    pub(super) lines: Option<(usize, usize)>,
    pub(super) is_binary: bool,
}

/// The changes themselves.
pub(super) enum Diffs<'a> {
    /// not wanted or not seen
    Hidden,
    /// more than a mail shows
    TooLarge,
    /// here they are
    Shown(&'a [ChangedFile]),
}

impl<'a> Report<'a> {
    /// Looks at a push; `Err` is why no mail is sent.
    pub(super) fn new(
        push: &'a Push,
        context: &'a Context,
        comparison: Option<&'a Comparison>,
        with_diffs: bool,
    ) -> Result<Self, Skip> {
        let action = action(push, comparison)?;
        let (commits, count) = commits(push, comparison, action);
        let (files, more_files) = match comparison {
            Some(comparison) => compared_files(comparison),
            None => listed_files(commits),
        };
        let diffs = match comparison {
            Some(comparison) if with_diffs && comparison.too_large => Diffs::TooLarge,
            Some(comparison) if with_diffs && !comparison.files.is_empty() => {
                Diffs::Shown(&comparison.files)
            }
            _ => Diffs::Hidden,
        };
        let newest = commits.len().saturating_sub(COMMITS);
        Ok(Self {
            pusher: pusher(push, commits),
            action,
            kind: if push.is_tag() { "tag" } else { "branch" },
            name: push.ref_name(),
            path: &context.project.full_path,
            home: context.project.links.project(),
            link: link(push, context, action, count, commits),
            commits: &commits[newest..],
            count,
            files,
            more_files,
            diffs,
            push,
        })
    }

    /// GitLab's subject.
    pub(super) fn subject(&self) -> String {
        let Self {
            path, name, kind, ..
        } = self;
        match self.action {
            Action::Created => format!("[Git][{path}] Pushed new {kind} {name}"),
            Action::Deleted => format!("[Git][{path}] Deleted {kind} {name}"),
            Action::Moved => format!("[Git][{path}] Moved {kind} {name}"),
            Action::Pushed | Action::SetBack => {
                format!("[Git][{path}][{name}] {}", self.commits_in_words())
            }
        }
    }

    fn commits_in_words(&self) -> String {
        let title = self.commits.first().map(Commit::title).unwrap_or_default();
        let (count, is_reverse) = (self.count, self.action == Action::SetBack);
        let words = match (count, is_reverse) {
            (Some(1), false) => return title.to_owned(),
            (Some(count), false) => format!("{count} commits"),
            (Some(1), true) => "Deleted 1 commit".to_owned(),
            (Some(count), true) => format!("Deleted {count} commits"),
            (None, _) => "Deleted commits".to_owned(),
        };
        if title.is_empty() {
            words
        } else {
            format!("{words}: {title}")
        }
    }

    /// What was done, to stand between the pusher's name and the ref.
    pub(super) fn deed(&self) -> &'static str {
        match self.action {
            Action::Created => "pushed new",
            Action::Deleted => "deleted",
            Action::Pushed => "pushed to",
            Action::SetBack => "set back",
            Action::Moved => "moved",
        }
    }

    /// How many commits are not listed.
    pub(super) fn more_commits(&self) -> u64 {
        self.count
            .unwrap_or_default()
            .saturating_sub(self.commits.len() as u64)
    }

    /// The pusher's own address, if mail may be sent in its name.
    pub(super) fn sender(&self, wanted: bool, context: &Context) -> Option<String> {
        let address_in_event = self.push.user_email.as_str();
        let in_commit = || {
            let own = self.commits.iter().rev();
            let own = own.map(|commit| &commit.author);
            own.into_iter()
                .find(|author| header_text(&author.name) == self.pusher)
                .map_or("", |author| &author.email)
        };
        let address = if is_mail_address(address_in_event) {
            address_in_event
        } else {
            in_commit()
        };
        (wanted && may_send_as(address, &context.external_url)).then(|| address.to_owned())
    }
}

fn action(push: &Push, comparison: Option<&Comparison>) -> Result<Action, Skip> {
    if push.is_creation() && push.is_deletion() || push.before == push.after {
        return Err("the ref stands where it stood".into());
    }
    if push.is_creation() {
        return Ok(Action::Created);
    }
    if push.is_deletion() {
        return Ok(Action::Deleted);
    }
    match comparison {
        _ if !push.commits.is_empty() || push.total_commits_count > 0 => Ok(Action::Pushed),
        Some(found) if found.commits_count == 0 => {
            Err("there are no commits between the two sides of the push".into())
        }
        Some(found) if found.is_reverse => Ok(Action::SetBack),
        Some(_) => Ok(Action::Pushed),
        None if push.is_tag() => Ok(Action::Moved),
        // A branch that moved and got nothing has lost something.
        None => Ok(Action::SetBack),
    }
}

fn commits<'a>(
    push: &'a Push,
    comparison: Option<&'a Comparison>,
    action: Action,
) -> (&'a [Commit], Option<u64>) {
    match comparison {
        _ if action == Action::Deleted => (&[], Some(0)),
        Some(found) if push.commits.is_empty() => (&found.commits, Some(found.commits_count)),
        None if matches!(action, Action::SetBack | Action::Moved) => (&[], None),
        _ => {
            let count = push.total_commits_count.max(push.commits.len() as u64);
            (&push.commits, Some(count))
        }
    }
}

/// Who pushed, by the best name there is.
fn pusher(push: &Push, commits: &[Commit]) -> String {
    let author = commits.last().map(|commit| commit.author.name.as_str());
    let names = [
        push.user_name.as_str(),
        &push.user_username,
        author.unwrap_or_default(),
    ];
    let names = names.map(header_text).into_iter();
    let mut names = names.filter(|name| !name.is_empty());
    names.next().unwrap_or_else(|| "Someone".to_owned())
}

fn link(
    push: &Push,
    context: &Context,
    action: Action,
    count: Option<u64>,
    commits: &[Commit],
) -> Option<String> {
    let links = &context.project.links;
    match (action, count, commits) {
        (Action::Deleted, ..) => None,
        (Action::Created, ..) if push.is_tag() => Some(links.tag(push.ref_name())),
        (Action::Created, ..) => Some(links.branch(push.ref_name())),
        (Action::Pushed, Some(1), [commit]) => Some(links.commit(&commit.id)),
        (Action::SetBack, ..) => Some(links.compare(&push.after, &push.before)),
        _ => Some(links.compare(&push.before, &push.after)),
    }
}

fn compared_files(comparison: &Comparison) -> (Vec<File<'_>>, bool) {
    let files = comparison.files.iter().map(|file| File {
        change: file.change,
        path: &file.path,
        old_path: (file.old_path != file.path).then_some(file.old_path.as_str()),
        lines: (!comparison.too_large && !file.is_binary).then_some((file.added, file.removed)),
        is_binary: file.is_binary,
    });
    (files.take(FILES).collect(), comparison.more_files)
}

/// The files that the commits say they touch; the latest word about a file counts.
fn listed_files(commits: &[Commit]) -> (Vec<File<'_>>, bool) {
    let mut files = std::collections::BTreeMap::new();
    for commit in commits {
        let lists = [
            (&commit.added, Change::Added),
            (&commit.modified, Change::Modified),
            (&commit.removed, Change::Deleted),
        ];
        for (paths, change) in lists {
            for path in paths {
                files
                    .entry(path.as_str())
                    .and_modify(|seen| *seen = together(*seen, change))
                    .or_insert(change);
            }
        }
    }
    let more = files.len() > FILES;
    let list = files.into_iter().take(FILES).map(|(path, change)| File {
        change,
        path,
        old_path: None,
        lines: None,
        is_binary: false,
    });
    (list.collect(), more)
}

/// What two changes after another come to.
fn together(first: Change, second: Change) -> Change {
    match (first, second) {
        (Change::Added, Change::Modified) => Change::Added,
        (Change::Deleted, Change::Added) => Change::Modified,
        (_, last) => last,
    }
}

/// Whether mail may be sent from an address: its domain is the server's own or a parent.
pub(super) fn may_send_as(address: &str, external_url: &str) -> bool {
    let Some((_, domain)) = address
        .rsplit_once('@')
        .filter(|_| is_mail_address(address))
    else {
        return false;
    };
    let host = Url::parse(external_url).ok();
    let Some(Host::Domain(host)) = host.as_ref().and_then(Url::host) else {
        return false;
    };
    let domain = domain.to_ascii_lowercase();
    let is_parent = domain.contains('.') && host.ends_with(&format!(".{domain}"));
    host == domain || is_parent
}
