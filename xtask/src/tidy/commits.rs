//! Rule: the form of commit subjects, `area: what changes`, at most 72 characters.

use std::path::Path;
use std::process::Command;

use super::violation::Violation;
use crate::sh::{self, Outcome};

/// Commits up to this one were made before the rule.
const BASE: &str = "adfe6487bc88a0c09ed03b8da363f560fd7bab40";

const MAX_LENGTH: usize = 72;

/// Checks the commits since the rule exists. A shallow clone may lack the base: then there is nothing
/// to check.
pub(super) fn subjects(root: &Path) -> Outcome<Vec<Violation>> {
    let git = |args: &[&str]| sh::read(Command::new("git").current_dir(root).args(args));
    if git(&["merge-base", "--is-ancestor", BASE, "HEAD"]).is_err() {
        return Ok(Vec::new());
    }
    let range = format!("{BASE}..HEAD");
    let log = git(&["log", "--no-merges", "--format=%h %s", &range])?;
    let log = String::from_utf8_lossy(&log);
    let commits = log.lines().filter_map(|line| line.split_once(' '));
    let wrong = commits.filter_map(|(hash, subject)| {
        let what = wrong(subject)?;
        Some(Violation::new(&format!("commit {hash}"), 1, what))
    });
    Ok(wrong.collect())
}

/// What is wrong with a subject, if anything.
fn wrong(subject: &str) -> Option<String> {
    let length = subject.chars().count();
    if length > MAX_LENGTH {
        return Some(format!(
            "its subject has {length} characters, at most {MAX_LENGTH}"
        ));
    }
    let is_area = |area: &str| {
        let ends = [area.chars().next(), area.chars().next_back()];
        ends.iter()
            .all(|end| end.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
            && area
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || " ,/_-.".contains(c))
    };
    let is_well_formed = subject.split_once(": ").is_some_and(|(area, change)| {
        is_area(area) && !change.trim().is_empty() && !change.ends_with('.')
    });
    (!is_well_formed).then(|| {
        format!("its subject is \"{subject}\": write `area: what changes`, such as `queue: release only own claims`")
    })
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn a_subject_names_its_area_and_is_short() {
        let long = format!("queue: {}", "x".repeat(66));
        for (subject, is_right) in [
            ("queue: release only own claims", true),
            ("catalogue, engine: capabilities", true),
            ("What is so from now on", false),
            ("Queue: release", false),
            ("queue:release", false),
            ("queue: ", false),
            ("queue: release.", false),
            (&long[..72], true),
            (&long, false),
        ] {
            assert_eq!(wrong(subject).is_none(), is_right, "{subject}");
        }
    }
}
