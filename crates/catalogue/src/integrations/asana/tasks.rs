//! Finding the tasks that a text mentions.

/// A task named in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// its ID as it stands there
    pub id: String,
    /// whether the text closes it
    pub is_closed: bool,
}

/// The tasks a text names, each once, in order.
pub(super) fn named(text: &str) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let (mut rest, mut before) = (text, String::new());
    while let Some(next) = rest.chars().next() {
        let Some((id, after)) = reference(rest) else {
            before.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        let is_closed = ends_with_closing(&before);
        match tasks.iter_mut().find(|task| task.id == id) {
            Some(known) => known.is_closed |= is_closed,
            None => tasks.push(Task {
                id: id.to_owned(),
                is_closed,
            }),
        }
        before.clear();
        rest = after;
    }
    tasks
}

/// The ID at the head of a text that begins with a reference, and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let id = match text.strip_prefix('#') {
        Some(id) => id,
        None => in_address(text)?,
    };
    let end = id.find(|letter: char| !is_word(letter)).unwrap_or(id.len());
    (end > 0).then(|| id.split_at(end))
}

/// What follows the address of a task up to its ID, in each of the three forms Asana has had.
fn in_address(text: &str) -> Option<&str> {
    let path = past(text, "https://app.asana.com/")?;
    if let Some(old) = past(path, "0/") {
        return past(past_digits(old)?, "/");
    }
    let workspace = past_digits(past(path, "1/")?)?;
    match past(workspace, "/project/") {
        Some(project) => past(past_digits(project)?, "/task/"),
        None => past(workspace, "/task/"),
    }
}

/// What follows a word, whatever its case.
fn past<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

fn past_digits(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    (rest.len() < text.len()).then_some(rest)
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// Whether the last word begins with a closing one.
fn ends_with_closing(text: &str) -> bool {
    let text = text.trim_end().to_ascii_lowercase();
    let word = text
        .rsplit(|letter: char| !is_word(letter))
        .next()
        .unwrap_or_default();
    ["fix", "close", "closi"]
        .iter()
        .any(|closing| word.starts_with(closing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_reference_is_found() {
        for (text, expected) in [
            ("#12 and #ab_1.", "12 ab_1"),
            ("Fixes #12", "12!"),
            ("closing\n#12, #13", "12! 13"),
            ("fix it: #12", "12"),
            ("prefix #12", "12"),
            ("#12 again, closes #12", "12!"),
            ("https://app.asana.com/0/77/12 x", "12"),
            (
                "Close https://app.asana.com/1/5/project/6/task/12?focus=true",
                "12!",
            ),
            ("HTTPS://APP.ASANA.COM/1/5/task/12", "12"),
            ("https://app.asana.com/1/5/project/6/list", ""),
            ("https://app.asana.com/0/x/12", ""),
            ("# 12 ## ü#", ""),
            ("", ""),
        ] {
            let found = named(text);
            let found: Vec<String> = found
                .iter()
                .map(|task| format!("{}{}", task.id, if task.is_closed { "!" } else { "" }))
                .collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
