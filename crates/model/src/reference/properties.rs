//! Properties of every text and every pattern.

use proptest::prelude::*;

use super::key::distinct;
use super::*;
use std::collections::HashSet;

/// Text made of what matters here: keys, words, Markdown, signs, now and then anything at all.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "ABC-1", "MY_PROJ-22", "MY\\_PROJ\\-3", "X-1", "abc-4", "TICKET-12-34", "A&#66;C-5", "A&lowbar;B-6",
            "AB", "-", "1", "_", "C-", "ÖBB-7", "#8", "g/p#9",
        ]),
        4 => prop::sample::select(vec!["Closes ", "fixes: ", "issue ", "and ", " and ", ", ", "& ", "closing", ":"]),
        4 => prop::sample::select(vec![" ", "\n", "\n\n", "\r\n", "\t", "    ", "\u{a0}", "\0", "\u{200f}", "\\"]),
        4 => prop::sample::select(vec![
            "`", "```\n", "*", "**", "_", "[", "](", ")", "]: ", "<", ">", "<a>", "</a>", "<!--", "> ", "- ", "# ",
            "![", "|", "https://x/", "www.", "&", "\u{fffc}", "\u{fdd0}",
        ]),
    ];
    prop_oneof![8 => prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()), 1 => any::<String>()]
}

fn pattern() -> impl Strategy<Value = KeyPattern> {
    prop::sample::select(vec![
        ("", ""),
        ("#", ""),
        ("PFX|#", r"\d+"),
        ("", r"[a-z]+-\d+"),
        ("", r"\w*"),
        ("", r"[^ ]+"),
        ("", "(?s).*"),
        ("(?i)", ""),
    ])
    .prop_map(|(prefix, regex)| KeyPattern::new(prefix, regex).unwrap())
}

/// Expressions put together at random; most of them are wrong in some way.
fn expression() -> impl Strategy<Value = String> {
    let parts = r"a ä [ ] [^ ( ) (?: (?= (?i) (?x) # \ \d \W \b \B \Q \E \1 \p{ \x{ { } {2,3} {999} * + ? | . ^ $ - && ~~ [:alpha:] (?P<issue> (?P<x>";
    let part = prop::sample::select(
        parts
            .split(' ')
            .chain([" ", "\n", "\0"])
            .collect::<Vec<_>>(),
    );
    prop_oneof![4 => prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat()), 1 => any::<String>()]
}

proptest! {
    #[test]
    fn what_is_found_stands_there_and_matches(text in text(), times in 1..40_usize, pattern in pattern()) {
        let text = text.repeat(times);
        let found = pattern.find(&text);
        let mut end = 0;
        for reference in &found {
            prop_assert!(!reference.key.is_empty());
            prop_assert_eq!(&text[reference.range.clone()], reference.text);
            prop_assert!(reference.text.ends_with(reference.key));
            prop_assert!(reference.range.start >= end, "in order, not overlapping");
            end = reference.range.end;
        }
    }

    #[test]
    fn a_default_key_alone_is_found_again(text in text()) {
        let pattern = KeyPattern::default();
        for reference in pattern.find(&text) {
            prop_assert_eq!(pattern.find(reference.key).len(), 1);
        }
    }

    #[test]
    fn the_quick_look_overlooks_nothing(text in text()) {
        let pattern = KeyPattern::default();
        let thorough = prose(&text);
        prop_assert_eq!(mentioned(&pattern, &text), distinct(pattern.find(&thorough).iter().map(|found| found.key)));
    }

    #[test]
    fn what_is_closed_is_mentioned(text in text(), pattern in pattern()) {
        let mentioned = mentioned(&pattern, &text);
        let closed = closing(&pattern, &text);
        prop_assert!(closed.iter().all(|key| mentioned.contains(key)), "{:?} {:?}", closed, mentioned);
        prop_assert_eq!(HashSet::<&String>::from_iter(&mentioned).len(), mentioned.len());
        prop_assert_eq!(HashSet::<&String>::from_iter(&closed).len(), closed.len());
    }

    #[test]
    fn without_digits_there_is_no_key(text in text()) {
        let text: String = text.chars().filter(|c| !c.is_ascii_digit() && *c != '&').collect();
        prop_assert_eq!(mentioned(&KeyPattern::default(), &text), Vec::<String>::new());
    }

    #[test]
    fn code_hides_a_key(key in "[A-Z][A-Z0-9_]{1,5}-[0-9]{1,5}", before in "[a-z][a-z ]{0,9}", after in "[a-z ]{0,9}") {
        let pattern = KeyPattern::default();
        let text = format!("{before} {key} {after}");
        prop_assert_eq!(mentioned(&pattern, &text), std::slice::from_ref(&key));
        for hidden in [format!("{before} `{key}` {after}"), format!("{before}\n```\n{key}\n```\n{after}"), format!("    {key}")] {
            prop_assert!(mentioned(&pattern, &hidden).is_empty(), "{}", hidden);
        }
    }

    #[test]
    fn the_keys_written_out_are_the_same_keys(text in text()) {
        let pattern = KeyPattern::default();
        let keys = mentioned(&pattern, &text);
        prop_assert_eq!(mentioned(&pattern, &keys.join(" ")), keys.clone());
        let request = if keys.is_empty() { String::new() } else { format!("Closes {}", keys.join(", ")) };
        prop_assert_eq!(closing(&pattern, &request), keys);
    }

    #[test]
    fn paragraphs_keep_their_order(first in "[a-zA-Z0-9 ,.-]{0,40}", second in "[a-zA-Z0-9 ,.-]{0,40}") {
        let pattern = KeyPattern::default();
        // "1. ABC-1" is a list whose items the second paragraph may continue, but the keys stay
        let both = format!("x {first}\n\nx {second}");
        let (one, two) = (format!("x {first}"), format!("x {second}"));
        for keys in [mentioned, closing] {
            let apart: Vec<String> = keys(&pattern, &one).into_iter().chain(keys(&pattern, &two)).collect();
            prop_assert_eq!(keys(&pattern, &both), distinct(apart.iter().map(String::as_str)));
        }
    }

    #[test]
    fn a_pattern_works_or_says_why_not(prefix in expression(), regex in expression(), text in text()) {
        match KeyPattern::new(&prefix, &regex) {
            Ok(pattern) => {
                prop_assert!(pattern.find(&text).iter().all(|found| !found.key.is_empty()));
                prop_assert!(closing(&pattern, &text).len() <= mentioned(&pattern, &text).len());
            }
            Err(error) => prop_assert!(!error.to_string().trim().is_empty()),
        }
    }
}

/// Texts made to be slow: were any step quadratic, this would take minutes.
#[test]
fn long_texts_are_fast() {
    let pieces = [
        "A",
        "A-",
        "AB-1 ",
        "AB-1-",
        "> ",
        "[",
        "](",
        "![](",
        "*a ",
        "_a __b **c ",
        "`",
        "<",
        "<a>",
        "</a>",
        "<!-- ",
        "- ",
        "[a]: b\n\n",
        "\n",
        "a://",
        "www.",
        "fix ",
        "fix a/a",
        "fix #1, ",
        "Closes AB-1, ",
        "&#45;",
        "\u{a0}",
        "ä",
        "\0",
        "| a | b |\n|---|---|\n",
    ];
    let default = KeyPattern::default();
    let custom = KeyPattern::new("", r"(?:.*[^A-Z])|[A-Z]").unwrap();
    for piece in pieces {
        let text = format!("closes ABC-1\n\n{}", piece.repeat(100_000 / piece.len()));
        assert_eq!(closing(&default, &text)[0], "ABC-1", "{piece}");
        let mentioned = mentioned(&custom, &text);
        assert!(
            closing(&custom, &text)
                .iter()
                .all(|key| mentioned.contains(key)),
            "{piece}"
        );
    }
}
