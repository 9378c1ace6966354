//! What an integration needs to know of a project.

use crate::source::Links;

/// A project as the integrations see it.
#[derive(Clone, Debug)]
pub struct Project {
    /// Crosstie's own id
    pub id: i64,
    /// display name of the project alone
    pub name: String,
    /// human form with its groups, `Group / Sub / Project`
    pub name_with_namespace: String,
    /// `group/sub/project`
    pub full_path: String,
    /// the branch that closing references count on
    pub default_branch: String,
    /// names and patterns (`*` for anything) of the branches protected in Crosstie
    pub protected_branches: Vec<String>,
    /// how its host writes links
    pub links: Links,
}

impl Project {
    /// Whether a branch is protected here.
    pub fn protects(&self, branch: &str) -> bool {
        self.protected_branches
            .iter()
            .any(|pattern| fits(pattern, branch))
    }
}

/// Whether a text fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
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
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
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
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
