//! # Emails on push
//!
//! ## What it does
//!
//! Sends a mail to each recipient when somebody pushes to a branch or a tag: who pushed, the commits
//! with their whole messages, the changed files, and the changes themselves. The mails of one branch
//! are one thread.
//!
//! ## Set-up
//!
//! 1. The administrator names a mail server with `--smtp-url` (see [the operations
//!    guide](../../operations.md)). Without it the settings can be saved, and every push is skipped
//!    with that reason.
//! 2. Enter the recipients and save. The test sends a short mail to the first of them.
//! 3. Changes are shown for a bare repository on the server's machine: set `repository_path` of the
//!    project's source, and install the hook with `crosstie hook install`. For other sources a mail
//!    lists commits and files.
//!
//! ```text
//! curl --request PUT --header "PRIVATE-TOKEN: $TOKEN" \
//!      --data-urlencode "recipients=team@example.com lead@example.com" \
//!      "https://crosstie.example.com/api/v4/projects/group%2Fproject/integrations/emails-on-push"
//! ```
//!
//! ## Events
//!
//! - **Push to a branch** that is wanted: new commits, a new branch, a deleted one, or one that was
//!   set back, with the commits it lost.
//! - **Tag**: a new, deleted or moved one, whatever the branches.
//!
//! The sender is the server's own address with the pusher's name. With *Send from committer* it is the
//! pusher's address, if its domain is that of the server or a parent of it: for
//! `git.corp.example.com` these are `git.corp.example.com`, `corp.example.com` and `example.com`.
//!
//! ## Limits
//!
//! At most 750 recipients; what is no address is passed over, and an address has to be ASCII. Each
//! recipient gets a mail once, however often a delivery is tried, unless the connection breaks before
//! the mail server has confirmed it; the second mail then has the same `Message-ID`. One recipient
//! whom the mail server refuses does not keep the others from theirs; the delivery's note names them.
//! A mail shows at most 100 commits, 5000 characters of a message and 1000 files. Changes in more
//! than 30 files, 5000 lines or 500 KB are not shown, and neither are those of files above 16 MB;
//! the mail then has the link to them.

mod excerpt;
mod page;
mod report;
mod text;

use crate::setting::settings;
use crate::{
    Category, Context, Deliver, Failure, FieldError, Integration, MailInput, MailSite, Plan,
    Setting, Skip, Step, Values, branches,
};
use excerpt::cut;
use model::event::Body;
use model::{Event, Kind, Trigger};
use outbound::{Answer, Mail, MailMessage, header_text, is_mail_address};
use report::Report;
use std::collections::HashSet;
use std::sync::Arc;

settings! {
    /// Mail addresses, separated by blanks or line breaks.
    recipients: Setting::text("Recipients").required().max(1_000_000),
    /// Leave out the diffs, and show only commits and files.
    disable_diffs: Setting::boolean("Disable code diffs", false),
    /// Send from the pusher's address where its domain belongs to this server.
    send_from_committer_email: Setting::boolean("Send from committer", false),
    /// Branches whose pushes are sent. Tags are always sent.
    branches_to_be_notified: Setting::choice(
        "Branches for which notifications are to be sent", "all", branches::CHOICES, branches::MEANINGS,
    ),
}

/// The catalogue's entry.
pub static INTEGRATION: Integration = Integration {
    slug: "emails-on-push",
    title: "Emails on push",
    summary: "Mails commits and changes to a list of recipients on each push.",
    category: Category::Notification,
    source: include_str!("emails_on_push.rs"),
    docs_url: "https://www.rfc-editor.org/rfc/rfc5321",
    settings: SETTINGS,
    triggers: &[Trigger::Push, Trigger::TagPush],
    kinds: &[Kind::Push, Kind::TagPush],
    validate,
    deliver: Some(Deliver::Mail(|input| Box::new(Emails(input)))),
    example: &[("recipients", "team@example.com")],
    ..Integration::DEFAULT
};

/// Maximum number of recipients.
const RECIPIENTS: usize = 750;
/// Wrong addresses that an error names.
const NAMED: usize = 3;
/// Characters of a subject.
const SUBJECT: usize = 200;

/// The addresses among the words of the setting, each once; upper and lower case alike.
fn recipients(values: &Values) -> Vec<String> {
    let text = values.text("recipients");
    let mut seen = HashSet::new();
    let words = text.split_whitespace().filter(|word| is_mail_address(word));
    let first = words.filter(|word| seen.insert(word.to_lowercase()));
    first.map(str::to_owned).collect()
}

fn validate(values: &Values) -> Vec<FieldError> {
    let text = values.text("recipients");
    let count = recipients(values).len();
    if count > RECIPIENTS {
        return vec![FieldError::new(
            "recipients",
            format!("can't exceed {RECIPIENTS}"),
        )];
    }
    if count > 0 || text.is_empty() {
        return Vec::new();
    }
    let words = text.split_whitespace().take(NAMED);
    let named: Vec<_> = words.map(|word| format!("`{}`", cut(word, 60))).collect();
    let message = format!(
        "hold no mail address that can be used: {} (write for example team@example.com)",
        named.join(", ")
    );
    vec![FieldError::new("recipients", message)]
}

/// The mails of one delivery.
struct Emails(MailInput);

impl Plan for Emails {
    fn steps(&self, event: &Event, values: &Values, context: &Context) -> Result<Vec<Step>, Skip> {
        let Body::Push(push) = &event.body else {
            return Err("it is no push".into());
        };
        let Some(site) = &self.0.site else {
            return Err("no mail server is set: an administrator names one with --smtp-url".into());
        };
        let unwanted =
            |branch| branches::skip_reason(values, &context.project, branch, push.ref_protected);
        if let Some(reason) = push.branch().and_then(unwanted) {
            return Err(reason);
        }
        let with_diffs = !values.flag("disable_diffs");
        let report = Report::new(push, context, self.0.comparison.as_ref(), with_diffs)?;
        let sender = report.sender(values.flag("send_from_committer_email"), context);
        let mut headers = headers(context, site);
        headers.push(("X-GitLab-Author", push.user_username.clone()));
        let root = thread(context, site, &push.reference);
        headers.extend([("In-Reply-To", root.clone()), ("References", root)]);
        headers.retain(|(_, value)| !value.is_empty());
        let message = MailMessage {
            from_name: report.pusher.clone(),
            from: sender.clone().unwrap_or_else(|| site.from.clone()),
            reply_to: sender,
            subject: cut(&header_text(&report.subject()), SUBJECT),
            date: context.now,
            headers,
            text: text::written(&report),
            html: page::written(&report),
        };
        Ok(mails(recipients(values), message, context, site))
    }

    fn test_steps(&self, values: &Values, context: &Context) -> Vec<Step> {
        let nowhere = MailSite {
            from: "crosstie@localhost".into(),
            relay: String::new(),
        };
        let site = self.0.site.as_ref().unwrap_or(&nowhere);
        let path = &context.project.full_path;
        let text = format!("This is a test. Pushes to {path} will be announced to this address.\n");
        let message = MailMessage {
            from_name: "Crosstie".into(),
            from: site.from.clone(),
            reply_to: None,
            subject: format!("[Git][{path}] Test of the mails on push"),
            date: context.now,
            headers: headers(context, site),
            html: format!("<p>{}</p>\n", page::escaped(text.trim_end())),
            text,
        };
        let first = recipients(values).into_iter().take(1).collect();
        mails(first, message, context, site)
    }

    fn judge(&self, answer: &Answer, _: &Context) -> Result<Option<String>, Failure> {
        let reply = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
        let reply = format!("{} {}", answer.status, cut(&reply, 200));
        match answer.status {
            200..=299 => Ok(None),
            ..500 => Err(Failure::retry(format!(
                "the mail server does not take it yet: {reply}"
            ))),
            _ => Err(Failure::give_up(format!(
                "the mail server refuses it: {reply}"
            ))),
        }
    }

    fn tolerates_lost_steps(&self) -> bool {
        true
    }
}

fn mails(
    recipients: Vec<String>,
    message: MailMessage,
    context: &Context,
    site: &MailSite,
) -> Vec<Step> {
    let message = Arc::new(message);
    let mail = |recipient: String| {
        let id = fingerprint(&recipient.to_lowercase());
        let mail = Mail {
            message_id: format!("<{}.{id}@{}>", context.delivery_key, domain(site)),
            message: Arc::clone(&message),
            recipient: recipient.clone(),
        };
        Step::new(recipient, mail)
    };
    recipients.into_iter().map(mail).collect()
}

/// The headers that every mail about the project has.
fn headers(context: &Context, site: &MailSite) -> Vec<(&'static str, String)> {
    let project = &context.project;
    let backwards: Vec<_> = project.full_path.rsplit('/').collect();
    let list = format!(
        "{} <{}.{}>",
        project.full_path,
        backwards.join("."),
        domain(site)
    );
    vec![
        ("X-GitLab-Project", project.name.clone()),
        ("X-GitLab-Project-Id", project.id.to_string()),
        ("X-GitLab-Project-Path", project.full_path.clone()),
        ("List-Id", list),
        ("Auto-Submitted", "auto-generated".to_owned()),
    ]
}

/// The message id, of a mail that never existed, that all mails about a ref reply to, so that mail
/// clients show them as one thread.
fn thread(context: &Context, site: &MailSite, reference: &str) -> String {
    let id = fingerprint(&format!("{} {reference}", context.external_url));
    format!("<push.{}.{id}@{}>", context.project.id, domain(site))
}

/// What stands behind the `@` of our own address, as an id may have it.
fn domain(site: &MailSite) -> String {
    let domain = site.from.rsplit('@').next().unwrap_or("localhost");
    domain.trim_matches(['[', ']']).replace(':', "-")
}

/// A short name of a text: FNV-1a, 64 bits.
fn fingerprint(text: &str) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
}

#[cfg(test)]
mod tests;
