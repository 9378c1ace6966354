//! Parts of sentences that several messages share.

use crate::Context;
use crate::chat::rich::RichText;
use model::event::User;

/// The project's name, leading to its page.
pub(super) fn project(context: &Context) -> RichText {
    let project = &context.project;
    RichText::new().link(
        project.name_with_namespace.as_str(),
        project.links.project(),
    )
}

/// `Ada Lovelace (ada)`, or the part that is set; empty without a user.
pub(super) fn person(user: Option<&User>) -> String {
    let Some(user) = user else {
        return String::new();
    };
    match (user.name.trim(), user.username.trim()) {
        ("", username) => username.to_owned(),
        (name, "") => name.to_owned(),
        (name, username) => format!("{name} ({username})"),
    }
}

/// The user's name; the host may not send it.
pub(super) fn actor_name(user: Option<&User>) -> String {
    let name = person(user);
    if name.is_empty() {
        "Someone".into()
    } else {
        name
    }
}

/// The first eight digits of a hash.
pub(super) fn short(sha: &str) -> &str {
    sha.get(..8).unwrap_or(sha)
}

/// The first line of a title.
pub(super) fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

/// The URL in the event if it is one, else the fallback.
pub(super) fn address(in_event: &str, fallback: String) -> String {
    if in_event.starts_with("http") {
        in_event.to_owned()
    } else {
        fallback
    }
}
