//! Which branches a project wants to be told of: the setting `branches_to_be_notified`,
//! which chat and mail share.

use crate::Values;
use model::Project;

/// The setting's name.
const SETTING: &str = "branches_to_be_notified";

/// The values that the setting may have.
pub const CHOICES: &[&str] = &["all", "default", "protected", "default_and_protected"];

/// What each of [`CHOICES`] means.
pub const MEANINGS: &[&str] = &[
    "every branch",
    "the default branch",
    "protected branches",
    "the default branch and protected ones",
];

/// Why a branch's event is not wanted, if it is not.
///
/// `protected_on_host` is what the event says of the branch; failing that, Crosstie's own list of
/// protected branches counts.
pub fn skip(
    values: &Values,
    project: &Project,
    branch: &str,
    protected_on_host: Option<bool>,
) -> Option<String> {
    let is_default = branch == project.default_branch;
    let is_protected = protected_on_host.unwrap_or_else(|| project.protects(branch));
    let wanted = values.text(SETTING);
    let (is_wanted, kind) = match wanted.as_str() {
        "all" => (true, ""),
        "default" => (is_default, "the default branch"),
        "protected" => (is_protected, "protected"),
        "default_and_protected" => (
            is_default || is_protected,
            "the default branch, nor protected",
        ),
        other => {
            return Some(format!(
                "`{SETTING}` is `{other}`, which stands for no branch"
            ));
        }
    };
    (!is_wanted).then(|| format!("branch `{branch}` is not {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Setting};
    use serde_json::{Map, json};
    use std::collections::BTreeMap;

    static SETTINGS: &[Setting] =
        &[Setting::choice("Branches", "all", CHOICES, MEANINGS)
            .named(SETTING, &["Which branches."])];

    fn skipped(wanted: &str, branch: &str, protected_on_host: Option<bool>) -> Option<String> {
        let mut plain = Map::new();
        plain.insert(SETTING.into(), json!(wanted));
        let values = Values::new(SETTINGS, plain, BTreeMap::new(), Map::new());
        let mut project = Context::made_up().project;
        project.protected_branches = vec!["release/*".into()];
        skip(&values, &project, branch, protected_on_host)
    }

    #[test]
    fn each_choice_lets_its_branches_through() {
        for (wanted, through) in [
            ("all", [true, true, true, true]),
            ("default", [true, false, false, false]),
            ("protected", [false, true, true, false]),
            ("default_and_protected", [true, true, true, false]),
            ("none", [false, false, false, false]),
        ] {
            let found = [
                skipped(wanted, "main", None),
                skipped(wanted, "release/1", None),
                skipped(wanted, "wip", Some(true)),
                skipped(wanted, "release/1", Some(false)),
            ];
            assert_eq!(found.map(|reason| reason.is_none()), through, "{wanted}");
        }
    }

    #[test]
    fn what_was_never_set_has_the_default_of_its_integration() {
        let values = Values::new(SETTINGS, Map::new(), BTreeMap::new(), Map::new());
        let project = Context::made_up().project;
        assert_eq!(skip(&values, &project, "wip", None), None);
    }

    #[test]
    fn the_reason_is_said_in_words() {
        for (wanted, reason) in [
            ("default", "branch `wip` is not the default branch"),
            ("protected", "branch `wip` is not protected"),
            (
                "default_and_protected",
                "branch `wip` is not the default branch, nor protected",
            ),
            (
                "",
                "`branches_to_be_notified` is ``, which stands for no branch",
            ),
        ] {
            assert_eq!(skipped(wanted, "wip", None).unwrap(), reason);
        }
    }
}
