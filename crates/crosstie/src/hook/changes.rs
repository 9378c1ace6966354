//! The files changed by commits, from one `git diff-tree`.

use super::refs;
use std::collections::HashMap;

/// The files of one commit. A renamed file is in both `removed` and `added`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    /// added paths
    pub(super) added: Vec<String>,
    /// paths with changed content, mode or type
    pub(super) modified: Vec<String>,
    /// removed paths
    pub(super) removed: Vec<String>,
}

/// Parses `diff-tree --stdin -z --name-status`: a hash, then pairs of status and path
/// (<https://git-scm.com/docs/git-diff-tree#_raw_output_format>).
///
/// Commits without changes are not listed. Without `complete` output the last commit is
/// omitted, because its list may be truncated. `None` if the output has another format.
pub(super) fn parse(output: &[u8], complete: bool) -> Option<HashMap<String, Files>> {
    let mut lists: HashMap<String, Files> = HashMap::new();
    let mut current = None;
    let mut tokens = output.split(|byte| *byte == 0);
    while let Some(token) = tokens.next() {
        if let Some(id) = refs::hash(token) {
            lists.entry(id.clone()).or_default();
            current = Some(id);
        } else if let (Some(id), Some(path), [status]) = (&current, tokens.next(), token) {
            let files = lists.entry(id.clone()).or_default();
            let list = match status {
                b'A' => &mut files.added,
                b'D' => &mut files.removed,
                _ => &mut files.modified,
            };
            list.push(String::from_utf8_lossy(path).into_owned());
        } else if complete && !token.is_empty() {
            return None;
        }
    }
    if let (false, Some(id)) = (complete, current) {
        lists.remove(&id);
    }
    Some(lists)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    #[test]
    fn each_status_has_its_list_and_a_path_may_look_like_a_hash() {
        let output = format!("{A}\0A\0new\0M\0changed\0T\0type\0D\0{B}\0{B}\0A\0x\ny\0");
        let lists = parse(output.as_bytes(), true).unwrap();
        assert_eq!(lists[A].added, ["new"]);
        assert_eq!(lists[A].modified, ["changed", "type"]);
        assert_eq!(lists[A].removed, [B]);
        assert_eq!(lists[B].added, ["x\ny"]);
    }

    #[test]
    fn names_that_are_not_utf_8_are_replaced() {
        let output = [A.as_bytes(), b"\0A\0\xff.txt\0"].concat();
        assert_eq!(
            parse(&output, true).unwrap()[A].added,
            ["\u{fffd}.txt".to_owned()]
        );
    }

    #[test]
    fn a_list_that_may_be_truncated_is_omitted() {
        let output = format!("{A}\0A\0x\0{B}\0A\0y\0M");
        let lists = parse(output.as_bytes(), false).unwrap();
        assert_eq!(lists.keys().collect::<Vec<_>>(), [A]);
    }

    #[test]
    fn another_format_is_refused() {
        assert_eq!(parse(b"A\0x\0", true), None);
        assert_eq!(parse(b"", true), Some(HashMap::new()));
    }
}
