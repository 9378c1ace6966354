//! The setting `branches_to_be_notified`, shared by all that tell of branches.

use crate::Values;
use model::Project;

/// What the setting may be.
pub(crate) const CHOICES: &[&str] = &["all", "default", "protected", "default_and_protected"];

/// What each of them means.
pub(crate) const MEANINGS: &[&str] = &[
    "all branches",
    "the default branch",
    "protected branches",
    "the default branch and protected branches",
];

/// Why nothing is told of a branch, if nothing is to be.
///
/// Whether it is protected is known best by the host where the event says so.
pub(crate) fn skip(
    values: &Values,
    project: &Project,
    branch: &str,
    protected_on_host: Option<bool>,
) -> Option<String> {
    let is_default = branch == project.default_branch;
    let is_protected = || protected_on_host.unwrap_or(false) || project.protects(branch);
    let (wanted, words) = match wanted(values).as_str() {
        "all" => return None,
        "default" => (is_default, "the default branch"),
        "protected" => (is_protected(), "a protected branch"),
        "default_and_protected" => (
            is_default || is_protected(),
            "the default branch or a protected one",
        ),
        other => {
            return Some(format!(
                "`branches_to_be_notified` is `{other}`, which names no branch"
            ));
        }
    };
    (!wanted).then(|| format!("branch `{branch}` is not {words}"))
}

/// Why a push is passed over by `restrict_to_branch`, a list of names with commas between, if it
/// is; a blank list names all.
pub(crate) fn restricted(values: &Values, branch: &str) -> Option<String> {
    let list = values.text("restrict_to_branch");
    let is_named = list.split(',').any(|name| name.trim() == branch);
    (!list.is_empty() && !is_named)
        .then(|| format!("branch `{branch}` is not among those that `restrict_to_branch` names"))
}

/// The setting's value; where it was never set, what its forerunner says.
fn wanted(values: &Values) -> String {
    let forerunner = "notify_only_default_branch";
    if !values.is_set("branches_to_be_notified") && values.is_set(forerunner) {
        let only_default = values.flag(forerunner);
        return if only_default { "default" } else { "all" }.to_owned();
    }
    values.text("branches_to_be_notified")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Setting};
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    static SETTINGS: &[Setting] = &[
        Setting::choice("Branches", "default", CHOICES, MEANINGS)
            .named("branches_to_be_notified", &["Branches."]),
        Setting::boolean("Only default", false).named("notify_only_default_branch", &["Old."]),
    ];

    fn told(set: Value, branch: &str, protected_on_host: Option<bool>) -> bool {
        let Value::Object(plain) = set else {
            panic!("an object")
        };
        let values = Values::new(SETTINGS, plain, BTreeMap::new(), Map::new());
        let mut project = Context::made_up().project;
        project.protected_branches = vec!["release/*".into()];
        skip(&values, &project, branch, protected_on_host).is_none()
    }

    #[test]
    fn each_choice_lets_its_branches_through() {
        let rows = [
            ("all", [true, true, true]),
            ("default", [true, false, false]),
            ("protected", [false, true, false]),
            ("default_and_protected", [true, true, false]),
            ("nonsense", [false, false, false]),
        ];
        for (choice, expected) in rows {
            let set = json!({"branches_to_be_notified": choice});
            let seen = ["main", "release/1", "wip"].map(|branch| told(set.clone(), branch, None));
            assert_eq!(seen, expected, "{choice}");
        }
        assert!(told(
            json!({"branches_to_be_notified": "protected"}),
            "wip",
            Some(true)
        ));
        assert!(told(
            json!({"branches_to_be_notified": "protected"}),
            "release/1",
            Some(false)
        ));
    }

    #[test]
    fn a_list_restricts_to_the_branches_it_names() {
        static LIST: &[Setting] =
            &[Setting::text("Restrict").named("restrict_to_branch", &["Branches."])];
        for (list, branch, expected) in [
            ("", "wip", true),
            ("main, release/1 ", "release/1", true),
            ("main,release/1", "release", false),
            ("Main", "main", false),
        ] {
            let plain = Map::from_iter([("restrict_to_branch".to_owned(), json!(list))]);
            let values = Values::new(LIST, plain, BTreeMap::new(), Map::new());
            assert_eq!(
                restricted(&values, branch).is_none(),
                expected,
                "{list} {branch}"
            );
        }
    }

    #[test]
    fn the_forerunner_counts_until_the_setting_is_made() {
        assert!(!told(json!({}), "wip", None));
        assert!(told(
            json!({"notify_only_default_branch": false}),
            "wip",
            None
        ));
        assert!(!told(
            json!({"notify_only_default_branch": true}),
            "wip",
            None
        ));
        assert!(told(
            json!({"notify_only_default_branch": true, "branches_to_be_notified": "all"}),
            "wip",
            None
        ));
    }
}
