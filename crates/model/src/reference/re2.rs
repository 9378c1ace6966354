//! Translates RE2's syntax (<https://github.com/google/re2/wiki/Syntax>) to that of the `regex` crate.
//!
//! The two engines are related and agree on nearly everything. Where they differ, RE2 is right,
//! because GitLab uses it: its classes are ASCII, `\Q…\E` quotes, and `[`, `&`, `~` inside brackets
//! and `\<`, `\>` are plain characters. Extensions of `regex` stay available.

use std::str::Chars;

/// An expression that the `regex` crate matches as RE2 matches the original.
pub(super) struct Translated {
    pub(super) expression: String,
    /// Whether there is a `|` outside all brackets.
    pub(super) alternatives: bool,
}

pub(super) fn translate(pattern: &str) -> Translated {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars();
    let (mut depth, mut alternatives) = (0_usize, false);
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(&mut rest, &mut out, false),
            '[' => class(&mut rest, &mut out),
            _ => {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    '|' => alternatives |= depth == 0,
                    _ => {}
                }
                out.push(c);
            }
        }
    }
    Translated {
        expression: out,
        alternatives,
    }
}

/// The text after a backslash.
fn escape(rest: &mut Chars<'_>, out: &mut String, in_class: bool) {
    let Some(c) = rest.next() else {
        out.push('\\');
        return;
    };
    match c {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        's' => out.push_str(r"[\t\n\f\r ]"),
        'S' => out.push_str(r"[^\t\n\f\r ]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'B' if !in_class => out.push_str(r"(?-u:\B)"),
        '<' | '>' => out.push(c),
        'Q' if !in_class => quote(rest, out),
        _ => out.extend(['\\', c]),
    }
}

/// `\Q…\E`, or up to the end if nothing closes it.
fn quote(rest: &mut Chars<'_>, out: &mut String) {
    let (quoted, after) = rest
        .as_str()
        .split_once(r"\E")
        .unwrap_or((rest.as_str(), ""));
    out.push_str(&regex::escape(quoted));
    *rest = after.chars();
}

/// A bracketed class, from after its `[` to its `]`.
fn class(rest: &mut Chars<'_>, out: &mut String) {
    out.push('[');
    if let Some(after) = rest.as_str().strip_prefix('^') {
        out.push('^');
        *rest = after.chars();
    }
    if let Some(after) = rest.as_str().strip_prefix(']') {
        out.push_str(r"\]");
        *rest = after.chars();
    }
    while let Some(c) = rest.next() {
        match c {
            '\\' => escape(rest, out, true),
            '[' => match named(rest.as_str()) {
                Some((name, after)) => {
                    out.extend(["[:", name, ":]"]);
                    *rest = after.chars();
                }
                None => out.push_str(r"\["),
            },
            '&' | '~' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        if c == ']' {
            return;
        }
    }
}

/// The name in `[:alpha:]`, from after its first bracket, and the text after the last.
fn named(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix(':')?.split_once(":]")?;
    name.trim_start_matches('^')
        .bytes()
        .all(|byte| byte.is_ascii_lowercase())
        .then_some((name, after))
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn means_what_re2_means() {
        for (pattern, yes, no) in [
            (r"^\d$", "1", "١"),
            (r"^\D$", "١", "1"),
            (r"^\w\W$", "a-", "ä-"),
            (r"^[\w-]+$", "a-b_1", "a+b"),
            (r"^[^\W]$", "a", "ä"),
            (r"^[\d-z]+$", "1-z", "y"),
            (r"^[\D]$", "ä", "1"),
            (r"^\s$", "\t", "\u{b}"),
            (r"ä\bb", "äb", "ä b"),
            (r"a\Bb", "ab", "a b"),
            (r"^\Qa.b[\E+$", "a.b[[", "axb["),
            (r"^\Qa.b", "a.b", "axb"),
            (r"^\<a\>$", "<a>", "a"),
            (r"^[[]$", "[", "]"),
            (r"^[]x]$", "]", "["),
            (r"^[^]x]$", "[", "]"),
            (r"^[[:upper:]_]$", "A", "a"),
            (r"^[[:^upper:]]$", "a", "A"),
            (r"^[a[:]+$", "a[:", "b"),
            (r"^[a&&b~~]+$", "a&~b", "c"),
            (r"^[\]]$", "]", "["),
            (r"^\\d$", r"\d", "1"),
            (r"^\-\#\_$", "-#_", "-#"),
        ] {
            let expression = Regex::new(&translate(pattern).expression).unwrap();
            assert!(expression.is_match(yes), "{pattern} {yes}");
            assert!(!expression.is_match(no), "{pattern} {no}");
        }
    }

    #[test]
    fn sees_alternatives_outside_brackets_only() {
        for (pattern, expected) in [
            ("a|b", true),
            ("(a|b)", false),
            ("[|]", false),
            (r"\|", false),
            ("(a)|b", true),
            (")|", true),
            (r"\Q|\E", false),
        ] {
            assert_eq!(translate(pattern).alternatives, expected, "{pattern}");
        }
    }
}
