//! # irker (IRC gateway)
//!
//! ## What it does
//!
//! Notifies IRC channels about every push to a branch, through an irker daemon: who pushed how many
//! commits, where to compare them, and the first three of them.
//!
//! ## Set-up
//!
//! 1. Run irker's daemon, `irkerd`, where Crosstie can reach it. It has no passwords: let it listen
//!    on an address that nobody else reaches.
//! 2. Start Crosstie with `--outbound-allow localhost`, or whatever host the daemon is on: Crosstie
//!    does not connect to its own machine or to private networks unless it was permitted to.
//! 3. Enter the recipients and, if they are not whole addresses, the IRC server they are on.
//! 4. Save, then run the test: it announces a sample push.
//!
//! A recipient is a whole address, `irc://irc.example.net:6697/#channel`, or what follows the
//! default address: `#channel`, `nick,isnick` for a person, `channel?key=word` for a channel with a
//! key. Recipients are separated by blanks or commas.
//!
//! ## Events
//!
//! - **Push to a branch**: a line when the branch is new or gone, a line with the number of commits
//!   and a link, and a line for each of the first three.
//!
//! ## Limits
//!
//! Lines are cut at 400 bytes, because IRC takes no more than 512. Control characters are taken out
//! of texts that people wrote. The daemon never answers: that it has read the lines is all that is
//! known, and it waits a second between two of them. Addresses of recipients are no secrets; do not
//! put passwords into them.

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Failure, FieldError, Integration, Plan, Setting, Skip, Step,
    Values, answers, sample,
};
use model::Event;
use model::Kind;
use model::event::{Body, Commit, Push};
use outbound::{Answer, Lines};
use serde_json::json;
use std::fmt::Write as _;
use std::net::Ipv6Addr;
use url::Url;

settings! {
    /// Host where the irker daemon listens.
    server_host: Setting::host("Server host", "localhost"),
    /// Port where the irker daemon listens.
    server_port: Setting::port("Server port", 6_659),
    /// IRC server of the recipients that do not name theirs, for example
    /// `irc://irc.example.net:6697/`.
    default_irc_uri: Setting::text("Default IRC URI"),
    /// Channels and people, separated by blanks or commas: `#channel` or
    /// `irc://irc.example.net:6697/#channel`.
    recipients: Setting::text("Recipients").required(),
    /// Colour the parts of each line.
    colorize_messages: Setting::boolean("Colorize messages", false),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "irker",
    title: "irker (IRC gateway)",
    summary: "Announces pushes on IRC channels through an irker daemon.",
    category: Category::Chat,
    source: include_str!("irker.rs"),
    docs_url: "https://gitlab.com/esr/irker",
    settings: SETTINGS,
    kinds: &[Kind::Push],
    validate,
    address: |values| lines(values, String::new()).url(),
    deliver: Some(Deliver::Plan(&Irker)),
    example: &[
        ("server_host", "irker.example.com"),
        ("default_irc_uri", "irc://irc.example.net:6697/"),
        ("recipients", "#shop, ada,isnick"),
    ],
    good_answer: (200, ""),
    ..Integration::DEFAULT
};

/// Commits of a push that are named.
const NAMED: usize = 3;
/// Bytes of a line's text: IRC takes 512 with command, channel and sender.
const LINE: usize = 400;
/// Bytes of one part of a line that a person chose, so that none crowds out the rest.
const PART: usize = 120;

struct Irker;

impl Plan for Irker {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let Body::Push(push) = &event.body else {
            return Err("irker announces pushes alone".into());
        };
        let message = PushMessage {
            push,
            context,
            colours: values.flag("colorize_messages"),
        };
        let message_lines = message.lines();
        if message_lines.is_empty() {
            return Err(
                "the push brings no commits, and neither makes nor removes a branch".into(),
            );
        }
        let to = recipients(values);
        let mut text = String::new();
        for line in message_lines {
            let _ = writeln!(text, "{}", json!({ "to": to, "privmsg": cut(line, LINE) }));
        }
        Ok(vec![Step::new("lines", lines(values, text))])
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        sample::steps(self, values, context)
    }

    fn judge(&self, answer: &Answer, context: &Context) -> Result<Option<String>, Failure> {
        if answer.body.is_empty() {
            return answers::success(answer, context.now);
        }
        Err(Failure::give_up(
            "the service at this host and port sends a response, which irker never does: check both",
        ))
    }
}

/// Text for the daemon that the settings name.
fn lines(values: &Values, text: String) -> Lines {
    let host = values.text("server_host");
    let host = if host.parse::<Ipv6Addr>().is_ok() {
        format!("[{host}]")
    } else {
        host
    };
    // Anything else is refused when it is saved.
    let port = u16::try_from(values.integer("server_port")).unwrap_or_default();
    Lines { host, port, text }
}

/// The recipients' addresses; what cannot be one is left out.
fn recipients(values: &Values) -> Vec<String> {
    let (written, base) = (values.text("recipients"), values.text("default_irc_uri"));
    let mut found = Vec::new();
    for item in split(&written) {
        let address = if is_address(&item) {
            item
        } else if is_server(&base) && !item.contains("://") {
            format!("{}/{item}", base.trim_end_matches('/'))
        } else {
            continue;
        };
        if is_address(&address) && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// Parts at blanks and commas, but for the comma of irker's `nick,isnick`.
fn split(text: &str) -> Vec<String> {
    const PERSON: &str = "isnick";
    let mut items: Vec<String> = Vec::new();
    let mut after_comma = false;
    for part in text.split_inclusive(|c: char| c == ',' || c.is_whitespace()) {
        let item = part.trim_end_matches(|c: char| c == ',' || c.is_whitespace());
        match items.last_mut() {
            Some(last) if after_comma && item == PERSON => *last = format!("{last},{PERSON}"),
            _ if item.is_empty() => {}
            _ => items.push(item.to_owned()),
        }
        after_comma = part.ends_with(',') && !item.is_empty();
    }
    items
}

/// Whether this is the address of an IRC server.
fn is_server(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "irc" | "ircs")
            && url.host_str().is_some_and(|host| !host.is_empty())
    })
}

/// Whether this is the address of a channel or person on an IRC server.
fn is_address(text: &str) -> bool {
    let names_somebody = |url: Url| {
        url.fragment().is_some_and(|channel| !channel.is_empty()) || url.path().len() > 1
    };
    is_server(text) && Url::parse(text).is_ok_and(names_somebody)
}

fn validate(values: &Values) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let base = values.text("default_irc_uri");
    if !base.is_empty() && !is_server(&base) {
        errors.push(FieldError::new(
            "default_irc_uri",
            "must be the address of an IRC server, such as irc://irc.example.net:6697/",
        ));
    }
    if !values.text("recipients").is_empty() && recipients(values).is_empty() {
        errors.push(FieldError::new(
            "recipients",
            "are all invalid: write irc://irc.example.net:6697/#channel, or #channel and the default IRC URI",
        ));
    }
    errors
}

/// The message about a push, line by line.
struct PushMessage<'a> {
    push: &'a Push,
    context: &'a Context,
    colours: bool,
}

/// mIRC's codes for the parts of a line.
const REPOSITORY: &str = "\x0304";
const BRANCH: &str = "\x0305";
const LINK: &str = "\x0302\x1f";
const HASH: &str = "\x0314";
const FILES: &str = "\x0312";
const COUNT: &str = "\x02";
const PLAIN: &str = "\x0f";

impl PushMessage<'_> {
    fn lines(&self) -> Vec<String> {
        let commits = self.push.commits.iter().take(NAMED);
        let mut lines: Vec<String> = self.branch().into_iter().chain(self.count()).collect();
        lines.extend(commits.map(|commit| self.commit(commit)));
        lines
    }

    /// That the branch is new or gone, if it is.
    fn branch(&self) -> Option<String> {
        let (start, branch) = (self.start(), self.branch_name());
        if self.push.is_deletion() {
            Some(format!("{start} has deleted the branch {branch}"))
        } else if self.push.is_creation() {
            let sentence = format!("{start} has created a new branch {branch}");
            Some(self.linked(sentence, &self.context.project.links.branches()))
        } else {
            None
        }
    }

    /// How many commits were pushed, if any were.
    fn count(&self) -> Option<String> {
        let count = self.push.total_commits_count;
        if count == 0 {
            return None;
        }
        let number = self.painted(COUNT, &count.to_string());
        let noun = if count == 1 { "commit" } else { "commits" };
        let sentence = format!(
            "{} pushed {number} new {noun} to {}",
            self.start(),
            self.branch_name()
        );
        Some(self.linked(sentence, &self.comparison()))
    }

    fn commit(&self, commit: &Commit) -> String {
        let files = commit.added.len() + commit.modified.len() + commit.removed.len();
        let noun = if files == 1 { "file" } else { "files" };
        format!(
            "{}/{} {} {} ({}): {}",
            self.repository(),
            self.branch_name(),
            self.painted(HASH, &clean(short(&commit.id))),
            clean(&commit.author.name),
            self.painted(FILES, &format!("{files} {noun}")),
            cut(clean_whole(commit.title()), LINE),
        )
    }

    /// The page that shows what is new.
    fn comparison(&self) -> String {
        let (push, project) = (self.push, &self.context.project);
        let (links, branch) = (&project.links, push.ref_name());
        match (push.is_creation(), branch == project.default_branch) {
            (true, true) => links.branch(branch),
            (true, false) => links.compare(&project.default_branch, short(&push.after)),
            (false, _) => links.compare(short(&push.before), short(&push.after)),
        }
    }

    /// `[repository] user`
    fn start(&self) -> String {
        let push = self.push;
        let user = if push.user_name.is_empty() {
            &push.user_username
        } else {
            &push.user_name
        };
        format!("[{}] {}", self.repository(), clean(user))
    }

    fn repository(&self) -> String {
        self.painted(REPOSITORY, &clean(&self.context.project.name))
    }

    fn branch_name(&self) -> String {
        self.painted(BRANCH, &clean(self.push.ref_name()))
    }

    /// With a link after it, which is left out when it would have to be cut.
    fn linked(&self, sentence: String, link: &str) -> String {
        let linked = format!("{sentence}: {}", self.painted(LINK, &clean_whole(link)));
        if linked.len() > LINE {
            sentence
        } else {
            linked
        }
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colours {
            format!("{code}{text}{PLAIN}")
        } else {
            text.to_owned()
        }
    }
}

/// The first eight characters of a hash.
fn short(sha: &str) -> &str {
    sha.char_indices()
        .nth(8)
        .map_or(sha, |(end, _)| &sha[..end])
}

/// A part that a person chose: of one line, without codes, not too long.
fn clean(text: &str) -> String {
    cut(clean_whole(text), PART)
}

/// Line breaks and tabs as blanks; no control codes, and none that turn the direction of writing.
fn clean_whole(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let on_one_line = text.chars().map(|c| if breaks(c) { ' ' } else { c });
    on_one_line
        .filter(|c| !c.is_control() && !turns(*c))
        .collect()
}

/// At most so many bytes, cut at a character.
fn cut(text: String, most: usize) -> String {
    const MARK: &str = "…";
    if text.len() <= most {
        return text;
    }
    let room = most - MARK.len();
    let end = (0..=room)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or_default();
    format!("{}{MARK}", &text[..end])
}

#[cfg(test)]
mod tests;
