//! The objects of refs, from `git cat-file` (<https://git-scm.com/docs/git-cat-file#_batch_output>).

use super::refs;
use std::collections::HashMap;

/// An object in the output of `--batch-check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// its hash
    pub(super) id: String,
    /// `commit`, `tag`, `tree` or `blob`
    pub(super) kind: String,
}

/// The objects of `--batch-check`, in the order of its input; `None` for missing ones.
pub(super) fn parse_names(output: &[u8]) -> Vec<Option<Named>> {
    let text = String::from_utf8_lossy(output);
    let name = |line: &str| {
        let mut words = line.split(' ');
        let id = refs::hash(words.next()?.as_bytes())?;
        let kind = words.next().filter(|word| *word != "missing")?.to_owned();
        Some(Named { id, kind })
    };
    text.lines().map(name).collect()
}

/// The annotation of a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Annotation {
    /// the message, without a signature
    pub(super) message: String,
    /// name of the tagger
    pub(super) tagger: Option<String>,
}

/// The tags in the output of `--batch`, by hash, without a truncated one.
pub(super) fn parse_tags(output: &[u8]) -> HashMap<String, Annotation> {
    let mut tags = HashMap::new();
    let mut rest = output;
    while let Some((object, after)) = next_object(rest) {
        if object.kind == "tag" {
            tags.insert(object.id, annotation(object.content));
        }
        rest = after;
    }
    tags
}

struct Object<'a> {
    id: String,
    /// or `missing`, without content
    kind: String,
    content: &'a [u8],
}

/// The first object, and the bytes after it.
fn next_object(bytes: &[u8]) -> Option<(Object<'_>, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header = String::from_utf8_lossy(&bytes[..end]);
    let mut after = &bytes[end + 1..];
    let mut words = header.split(' ');
    let id = words.next()?.to_owned();
    let kind = words.next()?.to_owned();
    let mut content: &[u8] = &[];
    if kind != "missing" {
        let size: usize = words.next()?.parse().ok()?;
        content = after.get(..size)?;
        // A line break follows the content.
        after = after.get(size.checked_add(1)?..)?;
    }
    Some((Object { id, kind, content }, after))
}

fn annotation(content: &[u8]) -> Annotation {
    let text = String::from_utf8_lossy(content);
    let (headers, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let tagger = headers
        .lines()
        .find_map(|line| line.strip_prefix("tagger "))
        .and_then(|person| person.split(" <").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    Annotation {
        message: body[..signature_start(body)].to_owned(),
        tagger,
    }
}

/// The start of the signature that git appends to the message, or the message's length.
fn signature_start(body: &str) -> usize {
    const BEGINNINGS: [&str; 4] = [
        "-----BEGIN PGP SIGNATURE-----",
        "-----BEGIN PGP MESSAGE-----",
        "-----BEGIN SIGNED MESSAGE-----",
        "-----BEGIN SSH SIGNATURE-----",
    ];
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        if BEGINNINGS.iter().any(|mark| line.starts_with(mark)) {
            return start;
        }
        start += line.len();
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn names_have_the_order_of_the_input() {
        let output = format!("{A} commit 12\n{B} missing\n{B}^{{}} missing\n{B} tag 9\n");
        let names = parse_names(output.as_bytes());
        assert_eq!(names.len(), 4);
        assert_eq!(names[0].as_ref().unwrap().kind, "commit");
        assert_eq!((&names[1], &names[2]), (&None, &None));
        assert_eq!(names[3].as_ref().unwrap().id, B);
    }

    fn batch(kind: &str, content: &str) -> String {
        format!("{A} {kind} {}\n{content}\n", content.len())
    }

    #[test]
    fn a_tag_gives_its_message_without_the_signature() {
        let signed = "object x\ntag v1\ntagger Ada L <a@x> 1 +0000\n\nFirst\n\nmore\n-----BEGIN PGP SIGNATURE-----\nxx\n";
        let tags = parse_tags(batch("tag", signed).as_bytes());
        assert_eq!(tags[A].message, "First\n\nmore\n");
        assert_eq!(tags[A].tagger.as_deref(), Some("Ada L"));
    }

    #[test]
    fn missing_other_and_truncated_objects_are_skipped() {
        let good = batch("tag", "object x\n\nhello\n");
        let output = format!(
            "{B} missing\n{}{good}{B} tag 999\nobj",
            batch("blob", "x\n")
        );
        let tags = parse_tags(output.as_bytes());
        assert_eq!(tags.len(), 1);
        assert_eq!(tags[A].message, "hello\n");
        assert_eq!(tags[A].tagger, None);
    }
}
