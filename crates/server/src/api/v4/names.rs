//! Which names and paths things may have.

use crate::error::Problems;

/// Reserved paths: those of GitLab's and Crosstie's own pages.
const RESERVED: &[&str] = &[
    "-",
    ".well-known",
    "404.html",
    "422.html",
    "500.html",
    "502.html",
    "503.html",
    "admin",
    "api",
    "apple-touch-icon.png",
    "assets",
    "dashboard",
    "deploy.html",
    "explore",
    "favicon.ico",
    "favicon.png",
    "files",
    "groups",
    "health_check",
    "help",
    "hooks",
    "import",
    "jwt",
    "login",
    "metrics",
    "oauth",
    "profile",
    "projects",
    "public",
    "robots.txt",
    "s",
    "search",
    "sitemap",
    "sitemap.xml",
    "sitemap.xml.gz",
    "slash-command-logo.png",
    "snippets",
    "static",
    "unsubscribes",
    "uploads",
    "users",
    "v2",
];

/// Names that mean something behind a group's or project's path.
const RESERVED_BELOW: &[&str] = &[
    "-",
    "badges",
    "blame",
    "blob",
    "builds",
    "commits",
    "create",
    "create_dir",
    "edit",
    "files",
    "find_file",
    "new",
    "preview",
    "raw",
    "refs",
    "tree",
    "update",
    "wikis",
];

const LONGEST: usize = 255;

/// Checks a display name.
pub(super) fn check_name(name: &str, problems: &mut Problems) {
    if name.trim().is_empty() {
        problems.add("name", "can't be blank");
    } else if name.chars().count() > LONGEST {
        problems.add("name", "is too long (maximum is 255 characters)");
    } else if name.chars().any(char::is_control) {
        problems.add(
            "name",
            "can contain only letters, digits, emoji, punctuation and spaces",
        );
    }
}

/// Checks the last part of a path; `top` is whether it is the first one too.
pub(super) fn check_path(path: &str, top: bool, field: &str, problems: &mut Problems) {
    let reserved = if top { RESERVED } else { RESERVED_BELOW };
    if path.is_empty() {
        problems.add(field, "can't be blank");
    } else if path.len() > LONGEST {
        problems.add(field, "is too long (maximum is 255 characters)");
    } else if reserved.contains(&path.to_ascii_lowercase().as_str()) {
        problems.add(field, format!("{path} is a reserved name"));
    } else if !is_path(path) {
        problems.add(
            field,
            "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'",
        );
    }
}

fn is_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    path.bytes().all(plain)
        && !path.starts_with(['-', '.'])
        && !path.ends_with('.')
        && ![".git", ".atom"].iter().any(|end| lower.ends_with(end))
}

/// Checks a mail address: enough to send to, not more.
pub(super) fn check_email(email: &str, problems: &mut Problems) {
    let whole = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let plain = !email
        .chars()
        .any(|letter| letter.is_whitespace() || letter.is_control());
    if email.is_empty() {
        problems.add("email", "can't be blank");
    } else if !whole || !plain || email.len() > LONGEST {
        problems.add("email", "is invalid");
    }
}

/// A path made from a display name: `My Project!` becomes `my-project`.
pub(super) fn path_from(name: &str) -> String {
    let mut path = String::new();
    for letter in name.trim().chars() {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.') {
            path.push(letter.to_ascii_lowercase());
        } else if !path.is_empty() && !path.ends_with('-') {
            path.push('-');
        }
    }
    path.trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str, top: bool) -> bool {
        let mut problems = Problems::default();
        check_path(path, top, "path", &mut problems);
        problems.check().is_err()
    }

    #[test]
    fn paths_that_would_hide_something_are_refused() {
        for path in [
            "", "-a", ".a", "a.", "a.git", "a.ATOM", "a b", "a/b", "ä", "API", "hooks", "-",
        ] {
            assert!(refused(path, true), "{path}");
        }
        for path in ["a", "A1", "_x", "a.b-c_d", "apis", "12"] {
            assert!(!refused(path, true), "{path}");
        }
        assert!(!refused("api", false));
        assert!(refused("wikis", false) && refused("-", false));
    }

    #[test]
    fn a_path_is_made_from_a_name() {
        assert_eq!(path_from("My Project!"), "my-project");
        assert_eq!(path_from(" a & b.c "), "a-b.c");
        assert_eq!(path_from("!!!"), "");
    }

    #[test]
    fn mail_addresses_need_two_sides() {
        for (email, good) in [
            ("a@b", true),
            ("a", false),
            ("@b", false),
            ("a@b@c", false),
            ("a b@c", false),
        ] {
            let mut problems = Problems::default();
            check_email(email, &mut problems);
            assert_eq!(problems.check().is_ok(), good, "{email}");
        }
    }
}
