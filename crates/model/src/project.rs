//! A project, as integrations see it.

use crate::source::Links;

/// What an integration may read about a project.
#[derive(Clone, Debug)]
pub struct Project {
    /// Crosstie's id
    pub id: i64,
    /// display name without its groups
    pub name: String,
    /// display name with its groups: `Group / Sub / Project`
    pub name_with_namespace: String,
    /// `group/sub/project`
    pub full_path: String,
    /// the branch on which closing references close issues
    pub default_branch: String,
    /// names and wildcard patterns (`*`: any text) of branches protected in Crosstie
    pub protected_branches: Vec<String>,
    /// links to its pages on the Git host
    pub links: Links,
}

impl Project {
    /// Whether a branch is protected in Crosstie.
    pub fn protects(&self, branch: &str) -> bool {
        self.protected_branches
            .iter()
            .any(|pattern| wildcard_match(pattern, branch))
    }
}

/// Whether a text matches a pattern in which `*` matches any text.
fn wildcard_match(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::wildcard_match;

    #[test]
    fn a_star_matches_any_text() {
        for (pattern, text, expected) in [
            ("main", "main", true),
            ("main", "maine", false),
            ("release/*", "release/1.2", true),
            ("release/*", "release", false),
            ("*-stable", "1-2-stable", true),
            ("*-stable", "1-2-stable-ee", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("**", "x", true),
        ] {
            assert_eq!(wildcard_match(pattern, text), expected, "{pattern} {text}");
        }
    }
}
