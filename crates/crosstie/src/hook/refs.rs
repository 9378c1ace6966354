//! The refs of a push, from the input of a post-receive hook
//! (<https://git-scm.com/docs/githooks#post-receive>).

use std::borrow::Cow;

/// One line of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefUpdate {
    /// object before; zeros for a new ref
    pub(super) old: String,
    /// object after; zeros for a deleted ref
    pub(super) new: String,
    /// full name, which may be invalid UTF-8
    pub(super) name: Vec<u8>,
}

/// The kinds of refs that are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefKind {
    /// under `refs/heads/`
    Branch,
    /// under `refs/tags/`
    Tag,
}

impl RefUpdate {
    /// Branch or tag; other refs (notes, reviews) are not reported.
    pub(super) fn kind(&self) -> Option<RefKind> {
        if self.name.starts_with(b"refs/heads/") {
            Some(RefKind::Branch)
        } else if self.name.starts_with(b"refs/tags/") {
            Some(RefKind::Tag)
        } else {
            None
        }
    }

    /// Whether the ref is new.
    pub(super) fn is_creation(&self) -> bool {
        is_zeros(&self.old)
    }

    /// Whether the ref was deleted.
    pub(super) fn is_deletion(&self) -> bool {
        is_zeros(&self.new)
    }

    /// The name as text, with U+FFFD for invalid UTF-8.
    pub(super) fn shown_name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.name)
    }
}

/// The branches and tags of a push, and the number of invalid lines.
pub(super) fn parse(input: &[u8]) -> (Vec<RefUpdate>, usize) {
    let mut updates = Vec::new();
    let mut invalid = 0;
    for line in input.split(|byte| *byte == b'\n') {
        match parse_line(line) {
            Some(update) if update.kind().is_some() => updates.push(update),
            Some(_) => {}
            None if line.is_empty() => {}
            None => invalid += 1,
        }
    }
    (updates, invalid)
}

fn parse_line(line: &[u8]) -> Option<RefUpdate> {
    let mut fields = line.splitn(3, |byte| *byte == b' ');
    let old = hash(fields.next()?)?;
    let new = hash(fields.next()?)?;
    let name = fields.next().filter(|name| !name.is_empty())?.to_vec();
    (old.len() == new.len()).then_some(RefUpdate { old, new, name })
}

/// The bytes as the full hash of an object, SHA-1 or SHA-256.
pub(super) fn hash(bytes: &[u8]) -> Option<String> {
    let well_formed = matches!(bytes.len(), 40 | 64) && bytes.iter().all(u8::is_ascii_hexdigit);
    well_formed.then(|| String::from_utf8_lossy(bytes).into_owned())
}

fn is_zeros(hash: &str) -> bool {
    hash.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_and_tags_are_returned_and_other_refs_ignored() {
        let (zero, one) = ("0".repeat(40), "1".repeat(40));
        let input = format!(
            "{zero} {one} refs/heads/a b\n{one} {zero} refs/tags/v1\n{one} {one} refs/notes/x\n"
        );
        let (updates, invalid) = parse(input.as_bytes());
        assert_eq!((updates.len(), invalid), (2, 0));
        assert_eq!(updates[0].name, b"refs/heads/a b");
        assert_eq!(updates[0].kind(), Some(RefKind::Branch));
        assert!(updates[0].is_creation() && !updates[0].is_deletion());
        assert_eq!(updates[1].kind(), Some(RefKind::Tag));
        assert!(updates[1].is_deletion() && !updates[1].is_creation());
    }

    #[test]
    fn long_hashes_and_names_with_invalid_utf_8_are_returned() {
        let mut input = format!("{} {} refs/heads/", "0".repeat(64), "a".repeat(64)).into_bytes();
        input.extend_from_slice(b"\xff\n");
        let (updates, invalid) = parse(&input);
        assert_eq!((updates.len(), invalid), (1, 0));
        assert!(updates[0].is_creation());
        assert_eq!(updates[0].shown_name(), "refs/heads/\u{fffd}");
    }

    #[test]
    fn invalid_lines_are_counted() {
        let one = "1".repeat(40);
        let input = format!(
            "--all\n{one} {one}\n{one} {one} \n{one} {} refs/heads/x\n\n",
            "1".repeat(64)
        );
        assert_eq!(parse(input.as_bytes()), (Vec::new(), 4));
    }
}
